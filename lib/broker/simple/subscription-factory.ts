import type { Warnings } from '../../channel/index.js';
import { checkSubscriptionPattern } from '../../destination/index.js';
import type { Message } from '../../message/index.js';
import type { BrokerSession } from './broker-session.js';
import type { Outlet } from './outlet.js';
import { QueueSubscription } from './queue-subscription.js';
import { quoted } from '../../exception/index.js';
import { Selector } from './selector/index.js';
import type { ResolvedOptions } from './simple-broker-options.js';
import { SimpleBrokerException } from './simple-broker.exception.js';
import type { SimpleBrokerStatistics } from './statistics.js';
import { Subscription } from './subscription.js';
import { TopicSubscription } from './topic-subscription.js';
import { Unacknowledged } from './unacknowledged.js';

const ACK_MODES = ['auto', 'client', 'client-individual'];

export interface SubscriptionFactoryParts {
  readonly options: ResolvedOptions;
  readonly separator: string;
  readonly outlet: Outlet;
  readonly statistics: SimpleBrokerStatistics;
  readonly warnings: Warnings;
}

/** Makes subscriptions of SUBSCRIBE messages. */
export class SubscriptionFactory {
  constructor(private readonly parts: SubscriptionFactoryParts) {}

  /** @throws StompException that names the header which is wrong */
  create(message: Message, session: BrokerSession, isQueue: boolean): Subscription {
    const { options, separator, outlet, statistics, warnings } = this.parts;
    const destination = message.headers.fields.destination!;
    checkSubscriptionPattern(destination, separator, options);
    const selector = this.selectorOf(message);
    const unacknowledged = this.unacknowledgedOf(message);
    const headers = {
      session: session.context,
      subscriptionId: message.headers.fields.subscriptionId,
      destination,
      ackPrefix: unacknowledged && session.nextAckPrefix(),
    };
    if (isQueue) return new QueueSubscription(headers, outlet, { selector, unacknowledged });
    if (!selector && !unacknowledged) return new Subscription(headers, outlet);
    const parts = { selector, unacknowledged, limits: options, statistics, warnings };
    return new TopicSubscription(headers, outlet, parts);
  }

  private selectorOf({ headers: { native } }: Message): Selector | undefined {
    const { selectorHeaderName, maxSelectorLength, maxSelectorDepth } = this.parts.options;
    const text = selectorHeaderName && native.get(selectorHeaderName);
    if (!text) return undefined;
    return Selector.parse(text, { maxLength: maxSelectorLength, maxDepth: maxSelectorDepth });
  }

  private unacknowledgedOf({ headers: { native } }: Message): Unacknowledged | undefined {
    const { prefetch, maxUnacknowledged } = this.parts.options;
    const mode = native.get('ack') ?? 'auto';
    if (!ACK_MODES.includes(mode))
      throw new SimpleBrokerException(
        'STOMP_ERR_ACK_MODE',
        `The "ack" of SUBSCRIBE is ${quoted(mode)}: it must be ${ACK_MODES.join(', ')}`,
      );
    const limit = Math.min(prefetchOf(native.get('prefetch-count')) ?? prefetch, maxUnacknowledged);
    if (mode === 'auto') return undefined;
    return new Unacknowledged(mode === 'client', limit, this.parts.statistics);
  }
}

/** RabbitMQ: 0 is unlimited. */
function prefetchOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) || Infinity;
  throw new SimpleBrokerException(
    'STOMP_ERR_PREFETCH_COUNT',
    `The "prefetch-count" of SUBSCRIBE is ${quoted(text)}: it must be a whole number`,
  );
}
