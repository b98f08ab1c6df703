import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { createApp } from '../../sample/portfolio/src/create-app.js';

const START = fileURLToPath(new URL('../../sample/spring-client/start.mjs', import.meta.url));

// With nothing in its cache, Maven fetches Spring and itself.
const TIME_LIMIT_MS = 240_000;
jest.setTimeout(TIME_LIMIT_MS + 10_000);

describe("Spring's WebSocketStompClient", () => {
  let app: INestApplication;

  beforeAll(async () => {
    app = await createApp({ logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  it('connects, subscribes and trades with receipts, and reads why an order is refused', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const trader = [START, '--url', `ws://127.0.0.1:${port}/portfolio`];
    const { stdout } = await promisify(execFile)('node', trader, { timeout: TIME_LIMIT_MS });
    expect(
      stdout
        .replace(/\x1b\[\d*m/g, '')
        .split('\n')
        .filter(Boolean),
    ).toEqual([
      'connected as fabrice, STOMP 1.2',
      'subscribed',
      'quote MMM',
      'bought 44 of 3M Company',
      'refused: An order is for one share at least',
    ]);
  });
});
