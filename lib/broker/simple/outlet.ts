import type { ClientOutboundChannel, Receiver } from '../../channel/index.js';
import type { Message } from '../../message/index.js';
import type { SimpleBrokerStatistics } from './statistics.js';

/** Where deliveries of a broker leave. */
export class Outlet {
  constructor(
    private readonly outbound: ClientOutboundChannel,
    private readonly broker: number,
    private readonly statistics: SimpleBrokerStatistics,
  ) {}

  deliver(
    message: Message,
    messageId: string,
    receivers: readonly Receiver[],
    ack?: string,
    redelivered?: boolean,
  ): void {
    this.statistics.delivered += receivers.length;
    if (redelivered) this.statistics.redelivered++;
    this.outbound.deliver({ message, messageId, receivers, ack, redelivered, broker: this.broker });
  }
}
