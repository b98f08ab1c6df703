import { Logger } from '@nestjs/common';
import { Hints, type MessageHandler } from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import { quoted } from '../exception/index.js';
import { SimpMessageType, type Message } from '../message/index.js';

/** Tells once per destination, and not endlessly, what the application sends that nobody takes: it would be silence. */
export class UnroutedMessages implements MessageHandler {
  private readonly hints = new Hints(
    new Logger('StompBroker'),
    'More destinations that nobody takes will not be reported',
  );

  constructor(private readonly router: DestinationRouter) {}

  /** To be called for what has no subscriber. */
  handleMessage({ headers: { fields } }: Message): void {
    const { messageType, destination } = fields;
    if (messageType !== SimpMessageType.MESSAGE || destination === undefined) return;
    this.hints.tell(
      destination,
      () => `Nobody gets what is sent to ${quoted(destination)}: ${this.why(destination)}`,
    );
  }

  /** The same for what one broker does not take. Bound. */
  readonly passOver = (message: Message): void => {
    const { destination } = message.headers.fields;
    if (destination === undefined) return;
    const { brokers, user } = this.router.route(destination);
    if (brokers.length === 0 && !user) this.handleMessage(message);
  };

  private why(destination: string): string {
    const { brokers, user } = this.router.route(destination);
    if (brokers.length > 0 || user)
      return 'the application has not started; send in onModuleInit at the earliest';
    const prefixes = this.router.prefixes.brokers.flat().map(quoted).join(', ');
    return `no broker takes it, but what begins with ${prefixes}; handlers get what clients send only`;
  }
}
