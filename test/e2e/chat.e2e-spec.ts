import type { INestApplication } from '@nestjs/common';
import { StompTestClient, type TestSubscription } from 'nestjs-stomp/testing';
import type { Browser, Page } from 'playwright-core';
import type { ChatOptions } from '../../sample/chat/src/chat-options.js';
import { createApp } from '../../sample/chat/src/create-app.js';
import { launchBrowser, screenshot } from '../support/browser.js';

const DRAWER_RESTS =
  'Promise.all(document.querySelector("aside").getAnimations().map((one) => one.finished)).then(() => 0)';
const PASSWORDS = { ada: 'lovelace', alan: 'turing', grace: 'hopper', linus: 'torvalds' };
type Name = keyof typeof PASSWORDS;

let app: INestApplication;
let url: string;

async function start(options: ChatOptions = {}): Promise<void> {
  app = await createApp({ ...options, logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
}

const post = (path: string, body: object | undefined, token?: string): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

async function tokenOf(name: Name): Promise<string> {
  const response = await post('/login', { name, password: PASSWORDS[name] });
  return ((await response.json()) as { token: string }).token;
}

describe('the page of the chat', () => {
  let browser: Browser;
  let ada: Page;
  let alan: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    // Told to renew two seconds after it was made, a token is still good for long.
    await start({ tokenSeconds: 60, warnSeconds: 58 });
    browser = await launchBrowser();
    ada = await open();
    alan = await open();
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  async function open(): Promise<Page> {
    const page = await browser.newPage({
      viewport: { width: 1200, height: 780 },
      colorScheme: 'dark',
    });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(url);
    return page;
  }

  async function signIn(page: Page, name: string, password: string): Promise<void> {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const signInAs = async (page: Page, name: Name): Promise<void> => {
    await signIn(page, name, PASSWORDS[name]);
    await page.getByText('Live', { exact: true }).waitFor();
  };
  const person = (page: Page, name: string, online = true) =>
    page.locator(`[data-person=${name}][data-online=${online}]`);
  const room = (page: Page, name: string) => page.locator(`[data-room=${name}] button`);
  const bubble = (page: Page, text: string) => page.locator('.bubble', { hasText: text });
  const focused = (page: Page) => page.evaluate('document.activeElement.name');
  const badge = (page: Page, row: string) => page.locator(`${row} .badge`);
  const member = (page: Page, name: string) => page.locator(`#members [title=${name}]`);

  async function say(page: Page, text: string): Promise<void> {
    await page.locator('#line').fill(text);
    await page.locator('#line').press('Enter');
  }

  it('fits a small telephone', async () => {
    const small = await browser.newPage({ viewport: { width: 320, height: 568 } });
    await small.goto(url);
    await small.getByText('linus').waitFor();
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await small.close();
  });

  it('says why a token is refused, in the words of the server', async () => {
    const page = await open();
    const token = await tokenOf('linus');
    await post('/logout', undefined, token);
    const stored = JSON.stringify({ token, name: 'linus', roles: [], expiresAt: 1e15 });
    await page.evaluate(`sessionStorage.setItem('chat-token', ${JSON.stringify(stored)})`);
    await page.reload();
    await page.getByText('This session was ended: sign in again').waitFor();
    await page.close();
  });

  it('refuses a wrong password', async () => {
    await signIn(ada, 'ada', 'turing');
    await ada.getByText('Wrong name or password').waitFor();
    await screenshot(ada, 'chat-login');
  });

  it('lets two users in, who see each other come', async () => {
    await signInAs(ada, 'ada');
    expect(await focused(ada)).toBe('text');
    await signInAs(alan, 'alan');
    await person(ada, 'alan').waitFor();
    await person(alan, 'ada').getByText('admin').waitFor();
    await ada.getByText('alan joined').waitFor();
    await member(alan, 'ada').waitFor();
    expect(await ada.locator('#online-count').textContent()).toBe('2');
  });

  it('brings what is said in a room to both, once', async () => {
    await say(ada, 'Does the engine run?');
    await bubble(alan, 'Does the engine run?').waitFor();
    await say(alan, 'It halts, I can prove it.');
    for (const page of [ada, alan]) await bubble(page, 'It halts').waitFor();
    for (const page of [ada, alan]) expect(await page.locator('.bubble').count()).toBe(2);
  });

  it('shows a writer to the others, not to the writer', async () => {
    await alan.locator('#line').pressSequentially('Hm');
    await ada.getByText('alan is typing').waitFor();
    expect(await alan.locator('#typing').textContent()).toBe('');
    await alan.locator('#line').fill('');
  });

  it('has rooms of their own, with those who are there', async () => {
    await room(alan, 'bugs').click();
    await say(alan, 'A moth, in relay 70');
    await bubble(alan, 'A moth').waitFor();
    await room(ada, 'bugs').click();
    await bubble(ada, 'A moth').waitFor();
    await member(alan, 'ada').waitFor();
    await ada.getByRole('button', { name: 'Leave' }).click();
    await alan.getByText('ada left').waitFor();
    expect(await member(alan, 'ada').count()).toBe(0);
    expect(await ada.locator('#title').textContent()).toBe('# lobby');
  });

  it('shows the room of admins to admins only', async () => {
    await room(ada, 'staff').waitFor();
    expect(await room(alan, 'staff').count()).toBe(0);
  });

  it('carries private messages, which only the two of them read', async () => {
    const grace = await open();
    await signInAs(grace, 'grace');
    await person(ada, 'alan').getByRole('button').first().click();
    await say(ada, 'Between you and me');
    await badge(alan, '[data-person=ada]').getByText('1').waitFor();
    await person(alan, 'ada').getByRole('button').first().click();
    await bubble(alan, 'Between you and me').waitFor();
    await say(alan, 'I keep it enciphered');
    await bubble(ada, 'enciphered').waitFor();
    await room(alan, 'lobby').click();
    await say(alan, 'Good morning all');
    await bubble(grace, 'Good morning all').waitFor();
    expect(await grace.locator('.badge').count()).toBe(0);
    await screenshot(ada, 'chat-private');
    await grace.close();
    await person(ada, 'grace', true).waitFor({ state: 'detached' });
  });

  it('lets an admin announce', async () => {
    await ada.locator('#announcement').fill('Tea at four');
    await ada.locator('#announcement').press('Enter');
    await alan.getByText('Tea at four').waitFor();
    expect(await alan.locator('#announce').isVisible()).toBe(false);
  });

  it('renews tokens while the connection goes on', async () => {
    await alan.locator('#token:not([data-renewals="0"])').waitFor();
    await say(alan, 'Still here');
    await bubble(alan, 'Still here').waitFor();
  });

  it('is good to look at, dark and light, large and small', async () => {
    await room(ada, 'lobby').click();
    await screenshot(ada, 'chat-dark');
    await ada.getByLabel('Light or dark').click();
    await screenshot(ada, 'chat-light');
    await ada.getByLabel('Light or dark').click();
    await alan.setViewportSize({ width: 390, height: 844 });
    expect(await alan.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await alan.evaluate(DRAWER_RESTS);
    await screenshot(alan, 'chat-telephone');
    await alan.getByLabel('Rooms and people').click();
    await person(alan, 'ada').waitFor();
    await alan.evaluate(DRAWER_RESTS);
    await screenshot(alan, 'chat-telephone-menu');
    await alan.setViewportSize({ width: 1200, height: 780 });
  });

  it('removes whom an admin removes, on the spot and for good, even while a new token is on its way', async () => {
    let letThrough!: () => void;
    const removed = new Promise<void>((resolve) => (letThrough = resolve));
    await new Promise<void>((resolve) => {
      void alan.route('**/renew', async (route) => {
        const response = await route.fetch();
        resolve();
        await removed;
        await route.fulfill({ response });
      });
    });
    await person(ada, 'alan').hover();
    await ada.getByLabel('Remove alan').click();
    await alan.getByText('ada has removed you').waitFor();
    const answered = alan.waitForResponse('**/renew');
    letThrough();
    await (await answered).finished();
    await person(ada, 'alan', false).waitFor();
    expect(await alan.evaluate('sessionStorage.length')).toBe(0);
    await alan.unroute('**/renew');
  });

  it('closes all sockets of a user who signs out', async () => {
    const second = await open();
    await signInAs(alan, 'alan');
    await signInAs(second, 'alan');
    await person(ada, 'alan').waitFor();
    await alan.getByLabel('Sign out').click();
    for (const page of [alan, second]) await page.getByText('Signed out').waitFor();
    await person(ada, 'alan', false).waitFor();
  });

  it('keeps nothing of a user who signed out for the next one', async () => {
    await signInAs(alan, 'alan');
    await alan.locator('#line').fill('A draft');
    await alan.getByLabel('Sign out').click();
    await alan.getByText('Signed out').waitFor();
    expect(await focused(alan)).toBe('name');
    await signInAs(alan, 'linus');
    expect(await alan.locator('#line').inputValue()).toBe('');
  });

  it('has had no fault in its scripts', () => {
    expect(faults).toEqual([]);
  });
});

describe('a client of the chat that has bad intentions', () => {
  beforeAll(() => start());
  afterAll(() => app.close());

  const open = (): Promise<StompTestClient> => StompTestClient.open(app, { path: '/chat' });

  async function as(name: Name): Promise<[StompTestClient, TestSubscription]> {
    const connectHeaders = { token: await tokenOf(name) };
    const client = await StompTestClient.connect(app, { path: '/chat', connectHeaders });
    return [client, await client.subscribe('/user/queue/errors')];
  }

  it.each([undefined, 'forged', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJleHAiOjQwMDAwMDAwMDB9.'])(
    'does not get in with the token %s',
    async (token) => {
      const client = await open();
      client.frame('CONNECT', { 'accept-version': '1.2', host: 'x', token });
      const { error, close } = await client.expectRefusal();
      expect(error.headers.message).toContain('The token is not valid');
      expect(close.code).toBe(1008);
    },
  );

  it.each([
    ['SEND', '/app/admin/kick.ada'],
    ['SEND', '/app/admin/announce'],
    ['SEND', '/app/room.staff/say'],
    ['SEND', '/topic/room.lobby'],
    ['SEND', '/topic/announcements'],
    ['SEND', '/user/ada/queue/private'],
    ['SUBSCRIBE', '/topic/room.staff'],
    ['SUBSCRIBE', '/topic/room.*'],
    ['SUBSCRIBE', '/topic/**'],
    ['SUBSCRIBE', '/app/room.staff'],
  ])('is told that it may not %s to %s, and lives on', async (command, destination) => {
    const [client, errors] = await as('alan');
    const body = command === 'SEND' ? '{"text":"ha"}' : '';
    client.frame(command, { id: 'x', destination, 'content-type': 'application/json' }, body);
    const refusal = { code: 'STOMP_ERR_ACCESS_DENIED', command, destination };
    expect((await errors.next()).json()).toMatchObject(refusal);
    await client.subscribe('/topic/announcements');
    await client.expectSilence();
  });

  it('cannot use a token after signing out', async () => {
    const token = await tokenOf('linus');
    const client = await open();
    await client.sendConnect({ token });
    expect((await post('/logout', undefined, token)).status).toBe(204);
    expect(await client.closed()).toEqual({ code: 4402, reason: 'Signed out' });
    expect((await post('/renew', undefined, token)).status).toBe(401);
    const again = await open();
    expect((await again.sendConnect({ token })).headers.message).toContain('sign in again');
  });

  it('cannot become somebody else by renewing', async () => {
    const [client, errors] = await as('alan');
    client.send('/app/renew', await tokenOf('ada'));
    const { text } = await errors.next();
    expect(text).toContain('belong to another user');
    client.send('/app/admin/announce', { text: 'ha' });
    expect((await errors.next()).text).toContain('STOMP_ERR_ACCESS_DENIED');
  });
});

it('closes the connection when a token ends', async () => {
  await start({ tokenSeconds: 3, warnSeconds: 1 });
  const connectHeaders = { token: await tokenOf('grace') };
  const client = await StompTestClient.connect(app, { path: '/chat', connectHeaders });
  await client.subscribe('/user/queue/expiring');
  expect((await client.closed()).code).toBe(4401);
  await app.close();
});
