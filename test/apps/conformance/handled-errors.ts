import { Message, StompSubProtocolErrorHandler, type StompHeaderAccessor } from 'nestjs-stomp';

/** Section 6 of the contract: marks every ERROR frame. */
export class HandledErrors extends StompSubProtocolErrorHandler {
  protected override handleInternal(accessor: StompHeaderAccessor): Message<Buffer> {
    accessor.setNativeHeader('x-handled', 'yes');
    return new Message(Buffer.from('handled'), accessor.getMessageHeaders());
  }
}
