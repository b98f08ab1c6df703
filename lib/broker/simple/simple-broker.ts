import { Logger } from '@nestjs/common';
import { Warnings, type HandlingResult } from '../../channel/index.js';
import { MessageConversionException, SimpMessageType, type Message } from '../../message/index.js';
import { brokerInUse } from '../broker-in-use.js';
import type { BrokerContext, MessageBroker } from '../message-broker.js';
import { errorText, quoted, reportRejection } from '../../exception/index.js';
import { RunningBroker } from './running-broker.js';
import {
  resolveOptions,
  type ResolvedOptions,
  type SimpleBrokerOptions,
} from './simple-broker-options.js';
import { SimpleBrokerStatistics } from './statistics.js';

/** How many messages of the application wait for the start. */
const MAX_EARLY_MESSAGES = 1000;

interface SystemSubscription {
  readonly destination: string;
  readonly listener: (message: Message) => void;
  leave: (() => void) | undefined;
}

/**
 * The broker inside this process (Spring: SimpleBrokerMessageHandler), to the letter of STOMP: acknowledgement,
 * transactions, and, where configured, queues, selectors and last values. What it holds is lost with the process.
 *
 * What comes from the application's channel before the first start waits for it; what comes after a stop is ignored. It
 * belongs to one application at a time: a start after a stop begins with nothing, its counts and the application's
 * subscriptions included.
 *
 * @publicApi
 */
export class SimpleBroker implements MessageBroker {
  readonly name: string;
  readonly destinationPrefixes: readonly string[];
  readonly isLocal = true;
  readonly statistics = new SimpleBrokerStatistics();
  private readonly options: ResolvedOptions;
  private readonly logger = new Logger('SimpleBroker');
  private readonly warnings = new Warnings(this.logger);
  private readonly systemSubscriptions = new Set<SystemSubscription>();
  private early: Message[] = [];
  private stopped = false;
  private context: BrokerContext | undefined;
  private running: RunningBroker | undefined;

  /** @throws StompException when an option makes no sense */
  constructor(options: SimpleBrokerOptions = {}) {
    this.options = resolveOptions(options);
    this.name = this.options.name;
    this.destinationPrefixes = this.options.destinations;
  }

  get available(): boolean {
    return this.running !== undefined;
  }

  /** @throws StompException while it runs */
  start(context: BrokerContext): void {
    if (this.running) throw brokerInUse(this.name, 'simpleBroker');
    this.context = context;
    Object.assign(this.statistics, new SimpleBrokerStatistics());
    this.running = new RunningBroker(context, this.options, this.statistics, this.warnings);
    for (const subscription of this.systemSubscriptions) this.enter(subscription);
    this.publishAvailability(true);
    for (const message of this.early) this.handleEarly(message);
    this.early = [];
  }

  stop(): void {
    if (!this.running) return;
    this.running.stop();
    this.running = undefined;
    this.stopped = true;
    this.systemSubscriptions.clear();
    this.statistics.resetGauges();
    this.publishAvailability(false);
  }

  handleMessage(message: Message): HandlingResult {
    const isPublished = message.headers.messageType === SimpMessageType.MESSAGE;
    if (isPublished) checkPayload(message);
    if (this.running) this.running.handleMessage(message);
    else if (!this.stopped && isPublished) this.keepEarly(message);
  }

  /** @returns how to leave. On a queue the application is a consumer like others: each message goes to one of them. */
  subscribeSystem(destination: string, listener: (message: Message) => void): () => void {
    const subscription: SystemSubscription = {
      destination,
      listener: (message) => this.call(listener, message),
      leave: undefined,
    };
    this.systemSubscriptions.add(subscription);
    this.enter(subscription);
    return () => {
      this.systemSubscriptions.delete(subscription);
      subscription.leave?.();
    };
  }

  private enter(subscription: SystemSubscription): void {
    const { destination, listener } = subscription;
    subscription.leave = this.running?.destinations.subscribeSystem(destination, listener);
  }

  private call(listener: (message: Message) => void, message: Message): void {
    try {
      reportRejection(listener(message), this.report);
    } catch (error) {
      this.report(error);
    }
  }

  private readonly report = (error: unknown): void => {
    const text = errorText(error);
    this.logger.error(
      `A listener of the application failed: ${text}`,
      error instanceof Error ? error.stack : undefined,
    );
  };

  private keepEarly(message: Message): void {
    this.early.push(message);
    if (this.early.length <= MAX_EARLY_MESSAGES) return;
    this.early.shift();
    this.warnings.warn(
      'early',
      () => `More than ${MAX_EARLY_MESSAGES} messages before the start: the oldest are dropped`,
    );
  }

  private handleEarly(message: Message): void {
    try {
      this.running?.handleMessage(message);
    } catch (error) {
      this.logger.error(`A message from before the start was refused: ${String(error)}`);
    }
  }

  private publishAvailability(available: boolean): void {
    const event = { type: 'brokerAvailability', available, broker: this.name } as const;
    this.context?.events.publish(event);
  }
}

/** A Buffer is what converters make: anything else came past them. */
function checkPayload(message: Message): void {
  if (message.hasOctets()) return;
  const { destination } = message.headers;
  throw new MessageConversionException(
    `A message to ${quoted(destination)} was not published: its payload is no Buffer but ${typeof message.payload}. ` +
      'Send with SimpMessagingTemplate, or give interceptors and channels a Buffer',
  );
}

/**
 * A broker inside this process.
 *
 * @publicApi
 * @throws StompException when an option makes no sense
 */
export function simpleBroker(options: SimpleBrokerOptions = {}): SimpleBroker {
  return new SimpleBroker(options);
}
