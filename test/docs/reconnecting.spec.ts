import { compileFunction } from 'node:vm';
import { Client, ReconnectionTimeMode } from '@stomp/stompjs';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { simpleBroker, StompModule } from 'nestjs-stomp';
import WebSocket from 'ws';
import { until } from '../support/until.js';
import { pages } from './pages.js';

type FreshToken = () => Promise<string>;
type Snippet = (
  client: typeof Client,
  modes: typeof ReconnectionTimeMode,
  token: string,
  freshToken: FreshToken,
) => Client;

/** The snippet of the page, with an address, and with seconds that are 20 milliseconds long. */
function snippet(url: string): Snippet {
  const { text } = pages().find(({ name }) => name === 'client-migration')!;
  const code = /^## Reconnecting\n[\s\S]*?^```js\n([\s\S]*?)^```$/m
    .exec(text)![1]!
    .replace('wss://host', url)
    .replace(/\b1000\b/g, '20');
  const names = ['Client', 'ReconnectionTimeMode', 'token', 'freshToken'];
  return compileFunction(`const onNews = () => {}; ${code}; return client`, names) as Snippet;
}

describe('the snippet about reconnecting', () => {
  let app: INestApplication;
  let client: Client | undefined;
  const tokens: (string | undefined)[] = [];

  /** A server that notes the tokens, on a port. */
  async function listen(port: number): Promise<void> {
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      brokers: [simpleBroker({ destinations: ['/topic'] })],
      authenticate: (connect) => void tokens.push(connect.getFirstNativeHeader('token')),
    });
    const module = await Test.createTestingModule({ imports: [stomp] }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(port, '127.0.0.1');
  }

  beforeAll(() => Object.assign(globalThis, { WebSocket }));
  afterEach(async () => {
    await client?.deactivate({ force: true });
    await app.close();
  });

  it('comes back to a server that was away, and gave no tokens meanwhile', async () => {
    await listen(0);
    const url = await app.getUrl();
    let failures = 0;
    const freshToken: FreshToken = () =>
      fetch(url).then(
        () => `fresh after ${failures} failures`,
        (error) => {
          failures++;
          throw error;
        },
      );
    client = snippet(url.replace('http', 'ws'))(Client, ReconnectionTimeMode, '', freshToken);
    await until(() => client!.connected);
    await app.close();
    await until(() => failures === 2);
    await listen(Number(new URL(url).port));
    await until(() => client!.connected);
    expect(tokens).toEqual(['fresh after 0 failures', `fresh after ${failures} failures`]);
  });
});
