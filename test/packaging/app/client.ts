import { Client, type StompHeaders } from '@stomp/stompjs';
import WebSocket from 'ws';

/** A body from the server: text, or what its JSON holds. */
export type Answer = string | object;

/** A connected client of the app under test. */
export async function connect(url: string) {
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, 'v12.stomp') as any,
    reconnectDelay: 0,
  });
  await new Promise<void>((resolve, reject) => {
    client.onConnect = () => resolve();
    client.onWebSocketError = reject;
    client.onWebSocketClose = () => reject(new Error('closed'));
    client.activate();
  });
  return {
    first: (destination: string) =>
      new Promise<Answer>((resolve, reject) => {
        setTimeout(() => reject(new Error(`nothing came to ${destination}`)), 5000).unref();
        client.subscribe(destination, ({ headers, body }) =>
          resolve(headers['content-type']?.includes('json') ? JSON.parse(body) : body),
        );
      }),
    send: (destination: string, body: object, headers: StompHeaders) =>
      client.publish({ destination, body: JSON.stringify(body), headers }),
    close: () => client.deactivate(),
  };
}
