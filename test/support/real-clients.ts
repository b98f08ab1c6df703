import { Client } from '@stomp/stompjs';
import { RxStomp } from '@stomp/rx-stomp';
import { firstValueFrom } from 'rxjs';
import webstomp from 'webstomp-client';
import WebSocket from 'ws';

/** What the tests want from any STOMP client: what they call it, and a way to each of its verbs. */
export interface RealClient {
  subscribe(destination: string, listener: (body: string) => void): void;
  send(destination: string, body: unknown): void;
  close(): Promise<void>;
}

const PROTOCOLS = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

async function stompjs(url: string): Promise<RealClient> {
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, PROTOCOLS),
    reconnectDelay: 0,
  });
  await new Promise<void>((resolve, reject) => {
    client.onConnect = () => resolve();
    client.onStompError = ({ headers }) => reject(new Error(headers.message));
    client.onWebSocketError = reject;
    client.activate();
  });
  return {
    subscribe: (destination, listener) =>
      client.subscribe(destination, ({ body }) => listener(body)),
    send: (destination, body) => client.publish({ destination, body: JSON.stringify(body) }),
    close: () => client.deactivate(),
  };
}

async function rxStomp(url: string): Promise<RealClient> {
  const client = new RxStomp();
  client.configure({ webSocketFactory: () => new WebSocket(url, PROTOCOLS), reconnectDelay: 0 });
  client.activate();
  await firstValueFrom(client.connected$);
  return {
    subscribe: (destination, listener) =>
      client.watch(destination).subscribe(({ body }) => listener(body)),
    send: (destination, body) => client.publish({ destination, body: JSON.stringify(body) }),
    close: () => client.deactivate(),
  };
}

async function webstompClient(url: string): Promise<RealClient> {
  const client = webstomp.over(new WebSocket(url, PROTOCOLS), { debug: false });
  await new Promise<void>((resolve, reject) => client.connect({}, () => resolve(), reject));
  return {
    subscribe: (destination, listener) =>
      client.subscribe(destination, ({ body }) => listener(body)),
    send: (destination, body) => client.send(destination, JSON.stringify(body)),
    close: () => new Promise((resolve) => client.disconnect(resolve)),
  };
}

/** The STOMP clients that people use, each connected by its own means. */
export const realClients: Record<string, (url: string) => Promise<RealClient>> = {
  '@stomp/stompjs': stompjs,
  '@stomp/rx-stomp': rxStomp,
  'webstomp-client': webstompClient,
};
