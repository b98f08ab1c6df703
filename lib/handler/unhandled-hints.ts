import { Logger } from '@nestjs/common';
import type { DestinationRouter } from '../destination/index.js';
import type { MappingType } from './mapping/mapping-registry.js';

const HINT_LIMIT = 100;

/** Tells once a destination, and not endlessly, that nobody handles what clients send below the application prefix. */
export class UnhandledHints {
  private readonly logger = new Logger('StompHandler');
  private readonly told = new Set<string>();

  constructor(private readonly router: DestinationRouter) {}

  /** @param isOfOtherType whether there is a handler for the other type of frame */
  tell(type: MappingType, destination: string, isOfOtherType: () => boolean): void {
    // Without prefixes, what no handler wants is meant for a broker.
    if (this.router.prefixes.application.length === 0 || this.told.size >= HINT_LIMIT) return;
    const { brokers, user } = this.router.route(destination);
    if (brokers.length > 0 || user) return;
    const shown = JSON.stringify(destination.slice(0, 200));
    const key = `${type} ${shown}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    const [frame, decorator, other] =
      type === 'message'
        ? ['SEND', '@MessageMapping', '@SubscribeMapping']
        : ['SUBSCRIBE', '@SubscribeMapping', '@MessageMapping'];
    const hint = isOfOtherType() ? `, only a ${other}` : '';
    this.logger.warn(`Nobody handles ${frame} to ${shown}: there is no ${decorator} for it${hint}`);
    if (this.told.size === HINT_LIMIT)
      this.logger.warn('More destinations that nobody handles will not be reported');
  }
}
