import { DestinationPattern, isPattern, type DestinationIndex } from '../../destination/index.js';
import type { Message } from '../../message/index.js';
import { nextMessageId } from './message-ids.js';
import type { Subscription } from './subscription.js';

export interface PersonalTopicsParts {
  readonly index: DestinationIndex<Subscription>;
  readonly separator: string;
}

/**
 * What user destinations are resolved to. Apart from the other topics, because a pattern of one session must not match
 * what is meant for another: a pattern gets the messages of its own session only.
 */
export class PersonalTopics {
  /** Patterns among the other topics, by session. */
  private readonly patterns = new Map<string, Map<Subscription, DestinationPattern>>();

  constructor(private readonly parts: PersonalTopicsParts) {}

  /** @param sessionId the session it is meant for; without one it goes to exact and resolved subscriptions only */
  publish(message: Message, sessionId: string | undefined): void {
    const destination = message.headers.fields.destination!;
    const messageId = nextMessageId();
    for (const subscription of this.parts.index.find(destination))
      if (sessionId === undefined || subscription.session.id === sessionId)
        subscription.offer(message, messageId);
    const patterns = sessionId === undefined ? undefined : this.patterns.get(sessionId);
    if (patterns === undefined) return;
    for (const [subscription, pattern] of patterns)
      if (pattern.matches(destination)) subscription.offer(message, messageId);
  }

  subscribe(subscription: Subscription): void {
    this.parts.index.add(subscription.destination, subscription);
  }

  /** Lets a subscription of other topics have what is meant for its session, if it is a pattern. */
  watch(subscription: Subscription): void {
    const { destination, session } = subscription;
    if (!isPattern(destination)) return;
    const pattern = new DestinationPattern(destination, this.parts.separator);
    const ofSession = this.patterns.get(session.id) ?? new Map<Subscription, DestinationPattern>();
    this.patterns.set(session.id, ofSession.set(subscription, pattern));
  }

  unsubscribe(subscription: Subscription): void {
    this.parts.index.remove(subscription.destination, subscription);
    const { id } = subscription.session;
    const ofSession = this.patterns.get(id);
    ofSession?.delete(subscription);
    if (ofSession?.size === 0) this.patterns.delete(id);
  }
}
