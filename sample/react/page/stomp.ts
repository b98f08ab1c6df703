import { RxStomp, RxStompState, type IMessage } from '@stomp/rx-stomp';
import { map, type Observable } from 'rxjs';

const stomp = new RxStomp();

/** Connects, and comes back whenever the connection is lost. */
export function connect(voter: string): void {
  stomp.configure({
    brokerURL: new URL('/polls', location.href.replace(/^http/, 'ws')).href,
    connectHeaders: { login: voter },
    reconnectDelay: 1000,
    connectionTimeout: 10_000,
    // A dead network answers no close: waiting for one takes a minute more.
    discardWebsocketOnCommFailure: true,
  });
  stomp.activate();
}

export const isLive$ = stomp.connectionState$.pipe(map((state) => state === RxStompState.OPEN));

/** What comes to a destination, JSON parsed. RxStomp subscribes again after each reconnect. */
export function watch<T>(destination: string): Observable<T> {
  return stomp.watch({ destination }).pipe(map(({ body }: IMessage) => JSON.parse(body) as T));
}

/** What comes to a destination, as text. */
export function watchText(destination: string): Observable<string> {
  return stomp.watch({ destination }).pipe(map(({ body }: IMessage) => body));
}

/** Does nothing while there is no connection. */
export function send(destination: string, body: unknown): void {
  stomp.publish({
    destination,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    retryIfDisconnected: false,
  });
}
