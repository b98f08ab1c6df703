import { Inject, Injectable, type InjectionToken, type Provider } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { BrokerCounts } from '../stats-snapshot.js';
import { StompStats } from '../stomp-stats.js';

/**
 * When an instance is healthy.
 *
 * @publicApi
 */
export interface StompHealthOptions {
  /** Names of the brokers that have to be available. @default all */
  brokers?: readonly string[];
}

/**
 * Health of a STOMP instance for `@nestjs/terminus`: up while its brokers are available, with the number of sessions and
 * the state of each broker. A provider of a module that imports `TerminusModule` and sees `StompModule`.
 *
 * @publicApi
 */
@Injectable()
export class StompHealthIndicator {
  constructor(
    @Inject(HealthIndicatorService) private readonly health: HealthIndicatorService,
    @Inject(StompStats) private readonly stats: StompStats,
  ) {}

  /** @param key under which the result stands */
  isHealthy<Key extends string = 'stomp'>(
    key: Key = 'stomp' as Key,
    { brokers: wanted }: StompHealthOptions = {},
  ): HealthIndicatorResult<Key> {
    const indicator = this.health.check(key);
    const { sessions, brokers } = this.stats.snapshot();
    const data = { sessions: sessions.current, brokers: statesOf(brokers) };
    const isUp = (wanted ?? brokers.map(({ name }) => name)).every((name) =>
      brokers.some((one) => one.name === name && one.available),
    );
    return isUp ? indicator.up(data) : indicator.down(data);
  }
}

/**
 * A provider of the indicator for a named instance.
 *
 * @param provide token under which it is injected
 * @param stats `getStompToken(StompStats, name)`
 * @publicApi
 */
export function stompHealthIndicator(provide: InjectionToken, stats: InjectionToken): Provider {
  return {
    provide,
    inject: [HealthIndicatorService, stats],
    useFactory: (health: HealthIndicatorService, one: StompStats) =>
      new StompHealthIndicator(health, one),
  };
}

function statesOf(brokers: readonly BrokerCounts[]): Record<string, 'up' | 'down'> {
  return Object.fromEntries(
    brokers.map(({ name, available }) => [name, available ? 'up' : 'down'] as const),
  );
}
