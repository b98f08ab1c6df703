import {
  SimpMessageType,
  StompException,
  StompHeaderAccessor,
  type ChannelInterceptor,
  type Message,
} from 'nestjs-stomp';

const refuse = (text: string): never => {
  throw new StompException(text, { code: 'STOMP_ERR_REFUSED' });
};

/** Section 3 of the contract: who may come in, and which frames are refused or dropped. */
export class InboundInterceptor implements ChannelInterceptor {
  preSend(message: Message): Message | null {
    const accessor = StompHeaderAccessor.getAccessor(message);
    switch (accessor.getMessageType()) {
      case SimpMessageType.CONNECT:
        return connect(accessor) ? message : null;
      case SimpMessageType.SUBSCRIBE:
        return subscribe(accessor.getDestination()) ? message : null;
      case SimpMessageType.MESSAGE:
        return send(accessor.getDestination()) ? message : null;
      default:
        return message;
    }
  }
}

function connect(accessor: StompHeaderAccessor): boolean {
  const login = accessor.getLogin();
  if (login === undefined || login === 'guest') return true;
  if (login === 'ghost') return false;
  if (login === 'blocked') return refuse('Account blocked');
  if (accessor.getPasscode() !== `pw-${login}`) throw new Error('Bad credentials');
  accessor.setUser({ name: login });
  return true;
}

function subscribe(destination: string | undefined): boolean {
  if (destination === '/topic/forbidden') return refuse('Subscription refused');
  return destination !== '/topic/hidden';
}

function send(destination: string | undefined): boolean {
  if (destination === '/app/refused') throw new Error('Send refused');
  return destination !== '/app/dropped';
}
