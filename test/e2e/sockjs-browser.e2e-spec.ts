import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { jest } from '@jest/globals';
import { Controller, Get, Header } from '@nestjs/common';
import { simpleBroker, StompModule, StompServer } from 'nestjs-stomp';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { startNest, type RunningNest } from '../support/nest-application.js';

const { resolve } = createRequire(import.meta.url);
const SOCKJS = readFileSync(resolve('sockjs-client/dist/sockjs.min.js'), 'utf8');
const STOMPJS = readFileSync(
  resolve('@stomp/stompjs').replace(/stompjs\/.*/, 'stompjs/bundles/stomp.umd.min.js'),
  'utf8',
);

/** Connects, subscribes, and comes back with the message that it sent to itself. */
const TALK = `
  function talk(url, transport) {
    return new Promise((resolve, reject) => {
      const socket = new SockJS(url, null, { transports: [transport], timeout: 15000 });
      const client = new StompJs.Client({ webSocketFactory: () => socket, reconnectDelay: 0 });
      const body = ('grüße <' + '/script>').repeat(1000);
      client.onConnect = () => {
        client.subscribe('/topic/echo', (message) => resolve(
          { transport: socket.transport, echoed: message.body === body, leave: () => client.deactivate() },
        ));
        client.publish({ destination: '/topic/echo', body });
      };
      client.onWebSocketClose = ({ code, reason }) => reject(new Error(code + ' ' + reason));
      client.activate();
    });
  }
  async function tryOut(url, transport) {
    const { leave, ...seen } = await talk(url, transport);
    window.leave = leave;
    return seen;
  }`;

@Controller()
class PageController {
  @Get('page')
  @Header('content-type', 'text/html')
  page(): string {
    return `<!doctype html><meta charset="utf-8"><body><script src="sockjs.js"></script>
      <script>${STOMPJS}</script><script>${TALK}</script>`;
  }

  @Get('sockjs.js')
  @Header('content-type', 'text/javascript')
  script(): string {
    return SOCKJS;
  }
}

// A browser on a busy machine takes its time.
jest.setTimeout(60_000);

describe('sockjs-client in a browser', () => {
  let nest: RunningNest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const sockJs = { clientLibraryUrl: '/sockjs.js' };
    const stomp = StompModule.forRoot({
      endpoints: [
        { path: '/own', sockJs },
        { path: '/listed', sockJs, allowedOriginPatterns: ['http://localhost:*'] },
        { path: '/any', sockJs, allowedOriginPatterns: ['*'] },
      ],
      brokers: [simpleBroker({ destinations: ['/topic'] })],
    });
    nest = await startNest({ imports: [stomp], controllers: [PageController] });
    browser = await launchBrowser();
    page = await browser.newPage();
  });

  afterAll(async () => {
    await browser.close();
    await nest.app.close();
  });

  /** Transports that the sessions of this moment came by. */
  const present = (): string[] =>
    [...nest.app.get(StompServer).sessions.values()].map(({ context }) => context.transport);

  async function talksOver(
    pageHost: string,
    endpoint: string,
    [name, served]: [string, string],
  ): Promise<void> {
    await page.goto(`${nest.httpUrl.replace('127.0.0.1', pageHost)}/page`);
    const seen = await page.evaluate(`tryOut('${nest.httpUrl}${endpoint}', '${name}')`);
    expect(seen).toEqual({ transport: name, echoed: true });
    expect(present()).toContain(served);
    await page.evaluate('leave()');
  }

  // As sockjs-client and as the server call it.
  const direct: [string, string][] = [
    ['websocket', 'websocket'],
    ['xhr-streaming', 'xhr_streaming'],
    ['xhr-polling', 'xhr'],
    ['eventsource', 'eventsource'],
    ['jsonp-polling', 'jsonp'],
  ];
  const framed: [string, string][] = [
    ['iframe-eventsource', 'eventsource'],
    ['iframe-htmlfile', 'htmlfile'],
    ['iframe-xhr-polling', 'xhr'],
  ];

  it.each([...direct, ['htmlfile', 'htmlfile'], ...framed])('talks STOMP over %s', (...names) =>
    talksOver('127.0.0.1', '/own', names),
  );

  it.each(direct)('talks STOMP over %s from another origin that is listed', (...names) =>
    talksOver('localhost', '/listed', names),
  );

  it.each(framed)('talks STOMP over %s where any origin may come', (...names) =>
    talksOver('localhost', '/any', names),
  );

  it.each(['xhr-streaming', 'jsonp-polling', 'iframe-eventsource'])(
    'does not talk over %s from an origin that is not allowed',
    async (name) => {
      await page.goto(`${nest.httpUrl.replace('127.0.0.1', 'localhost')}/page`);
      const talk = page.evaluate(`tryOut('${nest.httpUrl}/own', '${name}')`);
      await expect(talk).rejects.toThrow(/Error: (1002|2000|1006)/);
      expect(present()).toEqual([]);
    },
  );
});
