import {
  SimpMessageType,
  StompException,
  StompHeaderAccessor,
  type ChannelInterceptor,
  type Message,
} from 'nestjs-stomp';

/** Refuses every CONNECT that does not show this login and passcode. */
export class LoginInterceptor implements ChannelInterceptor {
  /** @param credentials `login:passcode` */
  constructor(private readonly credentials: string) {}

  preSend(message: Message): Message {
    const accessor = StompHeaderAccessor.getAccessor(message);
    if (accessor.getMessageType() !== SimpMessageType.CONNECT) return message;
    const shown = `${accessor.getLogin()}:${accessor.getPasscode()}`;
    if (shown !== this.credentials)
      throw new StompException('Access refused', { code: 'STOMP_ERR_REFUSED', closeCode: 1008 });
    accessor.setUser({ name: accessor.getLogin()! });
    return message;
  }
}
