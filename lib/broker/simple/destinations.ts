import type { Warnings } from '../../channel/index.js';
import { DestinationIndex } from '../../destination/index.js';
import type { Message, MessageHeaders } from '../../message/index.js';
import type { HeldMessage } from './held-message.js';
import { LastValues } from './last-values.js';
import type { Outlet } from './outlet.js';
import { PersonalTopics } from './personal-topics.js';
import { QueueSubscription } from './queue-subscription.js';
import { Queues } from './queues.js';
import { quoted } from '../../exception/index.js';
import type { ResolvedOptions } from './simple-broker-options.js';
import type { SimpleBrokerStatistics } from './statistics.js';
import type { Subscription } from './subscription.js';
import { Topics } from './topics.js';

const USER_SUFFIX = '-user';

export interface DestinationsParts {
  readonly options: ResolvedOptions;
  readonly separator: string;
  readonly outlet: Outlet;
  readonly statistics: SimpleBrokerStatistics;
  readonly warnings: Warnings;
  hasSession(sessionId: string): boolean;
}

/**
 * All destinations of a broker, in three kinds: topics, queues, and those of one user or session, which are never queues.
 */
export class Destinations {
  private readonly topics: Topics;
  private readonly personal: PersonalTopics;
  private readonly queues: Queues;

  constructor(private readonly parts: DestinationsParts) {
    const { options, separator, statistics, warnings } = parts;
    const newIndex = <T>(): DestinationIndex<T> =>
      new DestinationIndex<T>({ separator, cacheLimit: options.cacheLimit });
    const lastValues =
      options.lastValue.length > 0
        ? new LastValues(options.lastValue, separator, options, statistics, warnings)
        : undefined;
    this.topics = new Topics({ ...parts, newIndex, lastValues });
    this.personal = new PersonalTopics({ index: newIndex(), separator });
    this.queues = new Queues({
      index: newIndex(),
      separator,
      limits: options,
      statistics,
      warnings,
      bury: (held, destination) => this.bury(held, destination),
    });
  }

  publish(message: Message): void {
    this.parts.statistics.published++;
    const { headers } = message;
    if (this.isPersonal(headers)) this.personal.publish(message, this.targetOf(headers));
    else if (this.isQueue(headers)) this.queues.publish(message);
    else this.topics.publish(message);
  }

  /** @throws SimpleBrokerLimitException when the queues of these messages have no room for all of them */
  checkRoom(messages: readonly Message[]): void {
    this.queues.checkRoom(messages.filter(({ headers }) => this.isQueue(headers)));
  }

  subscribe(subscription: Subscription, headers: MessageHeaders): void {
    if (subscription instanceof QueueSubscription) this.queues.subscribe(subscription);
    else if (this.isPersonal(headers)) this.personal.subscribe(subscription);
    else {
      this.personal.watch(subscription);
      this.topics.subscribe(subscription);
    }
  }

  unsubscribe(subscription: Subscription): void {
    if (subscription instanceof QueueSubscription) this.queues.unsubscribe(subscription);
    else {
      this.topics.unsubscribe(subscription);
      this.personal.unsubscribe(subscription);
    }
  }

  subscribeSystem(destination: string, listener: (message: Message) => void): () => void {
    const of = this.isBelowQueues(destination) ? this.queues : this.topics;
    return of.subscribeSystem(destination, listener);
  }

  /** Whether a message or subscription with these headers is one of a queue. */
  isQueue(headers: MessageHeaders): boolean {
    return this.isBelowQueues(headers.fields.destination!) && !this.isPersonal(headers);
  }

  /** Id of the session in a destination of the form `…-user<session id>`, if there is such a session. */
  sessionIdIn(destination: string): string | undefined {
    const at = destination.lastIndexOf(USER_SUFFIX);
    if (at < 0) return undefined;
    const sessionId = destination.slice(at + USER_SUFFIX.length);
    return this.parts.hasSession(sessionId) ? sessionId : undefined;
  }

  stop(): void {
    this.queues.stop();
  }

  private isPersonal({ fields: { origDestination, destination } }: MessageHeaders): boolean {
    return origDestination !== undefined || this.sessionIdIn(destination!) !== undefined;
  }

  private targetOf({
    fields: { targetSessionId, destination },
  }: MessageHeaders): string | undefined {
    return targetSessionId ?? this.sessionIdIn(destination!);
  }

  private isBelowQueues(destination: string): boolean {
    for (const prefix of this.parts.options.queues) if (destination.startsWith(prefix)) return true;
    return false;
  }

  private bury(held: HeldMessage, destination: string): void {
    const { statistics, warnings, options } = this.parts;
    const { deadLetterDestination } = options;
    statistics.deadLettered++;
    if (deadLetterDestination !== undefined && deadLetterDestination !== destination)
      return this.publishDead(held, destination, deadLetterDestination);
    warnings.warn(
      'dead',
      () =>
        `A message of the queue ${quoted(destination)} was not acknowledged in ${held.attempts} attempts: it is dropped`,
    );
  }

  private publishDead(held: HeldMessage, from: string, to: string): void {
    try {
      this.publish(deadLetter(held, from, to));
    } catch (error) {
      this.parts.warnings.warn(
        'dead letter',
        () => `A message was lost on its way to ${quoted(to)}: ${String(error)}`,
      );
    }
  }
}

function deadLetter({ message }: HeldMessage, from: string, to: string): Message {
  const headers = message.headers.clone();
  headers.fields.destination = to;
  headers.fields.native.set('original-destination', from);
  headers.freeze();
  return message.withHeaders(headers);
}
