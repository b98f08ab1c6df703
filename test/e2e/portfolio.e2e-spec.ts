import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Client, type IMessage } from '@stomp/stompjs';
import { StompServer } from 'nestjs-stomp';
import type { Browser, Locator, Page } from 'playwright-core';
import WebSocket from 'ws';
import { createApp } from '../../sample/portfolio/src/create-app.js';
import { launchBrowser, screenshot } from '../support/browser.js';

// A browser on a busy machine takes its time.
jest.setTimeout(60_000);

describe('portfolio', () => {
  let app: INestApplication;
  let port = 0;

  const start = async () => {
    app = await createApp({ logger: false });
    await app.listen(port, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
  };

  beforeAll(start);
  afterAll(() => app.close());

  describe('page', () => {
    let browser: Browser;
    let page: Page;
    const faults: string[] = [];

    beforeAll(async () => {
      browser = await launchBrowser();
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`http://127.0.0.1:${port}/`);
    });
    afterAll(() => browser.close());

    const status = () => page.locator('#status');
    const row = (ticker: string) => page.locator(`#positions [data-ticker=${ticker}]`);
    const activity = (kind: string) => page.locator(`#activity .${kind}`).first();

    async function order(action: 'buy' | 'sell', ticker: string, shares: number): Promise<void> {
      await page.locator(`#market [data-ticker=${ticker}]`).click();
      await page.locator(`#order .${action} input`).check();
      await page.locator('#order [name=shares]').fill(String(shares));
      await page.locator('#order button').click();
    }

    it('connects', async () => {
      await status().getByText('Live', { exact: true }).waitFor();
    });

    it('shows a dozen stocks whose prices move', async () => {
      await page.locator('#market .quote').nth(11).waitFor();
      const drawn = page.locator('#market .line');
      const before = await texts(drawn);
      expect(before).toHaveLength(12);
      await until(async () => (await texts(drawn)).every((line, i) => line !== before[i]));
    });

    it('draws the chart of the stock that is clicked', async () => {
      await page.locator('#market [data-ticker=IBM]').click();
      expect(await page.locator('#stock-ticker').textContent()).toBe('IBM');
      const before = await chart(page);
      await until(async () => (await chart(page)) !== before);
    });

    it('loads the positions of a guest', async () => {
      await row('INTC').waitFor();
      expect(await page.locator('#positions tr').count()).toBe(4);
    });

    it('shows the confirmation of an order', async () => {
      await order('buy', 'MMM', 44);
      await activity('confirmed').getByText('Bought 44 MMM').waitFor();
      expect(await row('MMM').locator('td').nth(1).textContent()).toBe('44');
    });

    it('shows why an order is refused', async () => {
      await order('sell', 'VMW', 1);
      await activity('refused').getByText('You cannot sell 1 VMW: you hold none').waitFor();
      await order('buy', 'VMW', 0);
      await activity('refused').getByText('An order is for one share at least').waitFor();
      await page.locator('#order [name=shares]').fill('');
      await page.locator('#order button').click();
      await activity('refused').getByText('Shares are traded as whole numbers').waitFor();
    });

    it('shows the positions of a user who signs in', async () => {
      await page.getByLabel('Fabrice').check();
      await row('CTXS').waitFor();
      await order('sell', 'CTXS', 70);
      await activity('confirmed').getByText('Sold 70 CTXS').waitFor();
      expect(await row('CTXS').locator('td').nth(1).textContent()).toBe('5');
    });

    it('trades as the one whose name it shows, also when one comes back to the page', async () => {
      const other = await browser.newPage();
      await other.goto(`http://127.0.0.1:${port}/`);
      await other.getByLabel('Fabrice').check();
      await other.locator('#positions [data-ticker=CTXS]').waitFor();
      await other.goto(`http://127.0.0.1:${port}/favicon.svg`);
      await other.goBack();
      const held = (await other.getByLabel('Fabrice').isChecked()) ? 'CTXS' : 'AAPL';
      await other.locator(`#positions [data-ticker=${held}]`).waitFor();
      await other.close();
    });

    it('says that the connection is lost, and heals', async () => {
      await app.close();
      await status().getByText('Connection lost').waitFor();
      expect(await page.locator('#order button').isDisabled()).toBe(true);
      await start();
      await status().getByText('Live', { exact: true }).waitFor();
      await row('CTXS').getByText('75', { exact: true }).waitFor();
      const before = await chart(page);
      await until(async () => (await chart(page)) !== before);
      await order('buy', 'CTXS', 1);
      await activity('confirmed').getByText('Bought 1 CTXS').waitFor();
    });

    it('lives over SockJS where WebSocket is blocked', async () => {
      const blocked = await browser.newPage();
      await blocked.addInitScript(`
        const { WebSocket } = window;
        window.WebSocket = class extends WebSocket {
          constructor(url, protocols) { super(new URL('/blocked', url), protocols); }
        };`);
      await blocked.goto(`http://127.0.0.1:${port}/`);
      await blocked.locator('#status').getByText('Live', { exact: true }).waitFor();
      const transports = [...app.get(StompServer).sessions.values()].map(
        ({ context }) => context.transport,
      );
      expect(transports.filter((one) => one !== 'websocket')).toHaveLength(1);
      const before = await chart(blocked);
      await until(async () => (await chart(blocked)) !== before);
      await blocked.close();
    });

    it('fits a telephone, and has had no fault in its scripts', async () => {
      await screenshot(page, 'portfolio-desktop');
      await page.setViewportSize({ width: 390, height: 844 });
      const width = await page.evaluate('document.documentElement.scrollWidth');
      await screenshot(page, 'portfolio-telephone');
      expect(width).toBe(390);
      expect(faults).toEqual([]);
    });
  });

  describe('as the clients of Spring’s stock portfolio know it', () => {
    let client: Client;
    afterEach(() => client.deactivate());

    async function connect(connectHeaders = {}): Promise<void> {
      client = new Client({
        brokerURL: `ws://127.0.0.1:${port}/portfolio`,
        webSocketFactory: () =>
          new WebSocket(`ws://127.0.0.1:${port}/portfolio`, ['v12.stomp']) as any,
        connectHeaders,
        reconnectDelay: 0,
      });
      await new Promise<void>((resolve, reject) => {
        client.onConnect = () => resolve();
        client.onStompError = (frame) => reject(new Error(frame.headers.message));
        client.activate();
      });
    }

    const next = (destination: string) =>
      new Promise<IMessage>((resolve) => client.subscribe(destination, resolve));

    it('gives the positions of a user', async () => {
      await connect({ login: 'paulson', passcode: 'bond' });
      const positions = JSON.parse((await next('/app/positions')).body);
      expect(positions.map(({ ticker }: { ticker: string }) => ticker)).toEqual([
        'EMC',
        'GOOG',
        'VMW',
        'RHT',
      ]);
    });

    it.each(['BUY', 'Buy', 'buy'])('takes an order to %s', async (action) => {
      await connect();
      const confirmed = next('/user/queue/position-updates');
      client.publish({
        destination: '/app/trade',
        body: JSON.stringify({ action, ticker: 'MMM', shares: 44 }),
      });
      expect(JSON.parse((await confirmed).body)).toMatchObject({ ticker: 'MMM', shares: 44 });
    });

    it('publishes prices of one stock', async () => {
      await connect();
      const quote = JSON.parse((await next('/topic/price.stock.MMM')).body);
      expect(quote).toMatchObject({ ticker: 'MMM', price: expect.any(Number) });
    });

    it('answers an order that is no JSON', async () => {
      await connect();
      const refused = next('/user/queue/errors');
      client.publish({ destination: '/app/trade', body: 'buy!' });
      expect((await refused).body).toBe('This order could not be read');
    });

    it('refuses a wrong passcode', async () => {
      await expect(connect({ login: 'paulson', passcode: 'no' })).rejects.toThrow('passcode');
    });
  });
});

const texts = (lines: Locator) =>
  lines.evaluateAll((elements) => elements.map((element) => element.getAttribute('d')));

const chart = (page: Page) => page.evaluate('document.getElementById("chart").toDataURL()');

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
