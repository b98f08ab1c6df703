import type { HandlingResult, MessageHandler } from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import type { MessageBroker } from './message-broker.js';

/**
 * What subscribes a broker to a channel, and passes on what is meant for it: channel interceptors meet it in
 * `beforeHandle`, `aroundHandle` and `afterMessageHandled`.
 *
 * @publicApi
 */
export class BrokerMessageHandler implements MessageHandler {
  readonly destinationPrefixes: readonly string[];

  /** @internal @param passOver told of what is not meant for the broker */
  constructor(
    /** One of the option `brokers`. */
    readonly broker: MessageBroker,
    private readonly index: number,
    private readonly router: DestinationRouter,
    private readonly passOver?: (message: Message) => void,
  ) {
    this.destinationPrefixes = router.prefixes.brokers[index] ?? [];
  }

  handleMessage(message: Message): HandlingResult {
    if (this.isMeant(message)) return this.broker.handleMessage(message);
    this.passOver?.(message);
  }

  private isMeant({ headers: { fields } }: Message): boolean {
    switch (fields.messageType) {
      case SimpMessageType.MESSAGE:
      case SimpMessageType.SUBSCRIBE:
      case SimpMessageType.UNSUBSCRIBE:
        return (
          fields.destination !== undefined &&
          this.router.isForBroker(this.index, fields.destination)
        );
      case SimpMessageType.OTHER:
        return fields.broker === undefined || fields.broker === this.index;
      default:
        return true;
    }
  }
}
