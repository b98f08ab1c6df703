import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { StompTestClient } from 'nestjs-stomp/testing';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, screenshot } from '../support/browser.js';

const START = fileURLToPath(new URL('../../sample/two-nodes/start.mjs', import.meta.url));
const FORGET_AFTER_MS = 5000;
const OPEN = /^Node (\w) is open at (\S+) \(process (\d+)\)$/;

// Two processes, RabbitMQ and a browser take their time on a busy machine.
jest.setTimeout(90_000);

interface Node {
  readonly url: string;
  readonly pid: number;
}

interface Online {
  readonly count: number;
  readonly people: readonly { name: string; here: number; elsewhere: number }[];
}

let sample: ChildProcess;
let a: Node;
let b: Node;
const clients: StompTestClient[] = [];

beforeAll(async () => {
  const ports = [await freePort(), await freePort()].join();
  const args = [START, '--ports', ports, '--forget-after-ms', String(FORGET_AFTER_MS)];
  sample = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  [a, b] = await nodesOf(sample);
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.vanish())));
afterAll(async () => {
  if (sample.exitCode !== null) return;
  sample.kill('SIGTERM');
  await once(sample, 'exit');
});

async function connect(node: Node, login: string): Promise<StompTestClient> {
  const url = `${node.url.replace('http', 'ws')}/stomp`;
  const client = await StompTestClient.connect(url, { login, timeoutMs: 30_000 });
  clients.push(client);
  return client;
}

/** Waits until a node tells its clients of these users, and only these, with `here+elsewhere` sessions. */
async function untilOnline(client: StompTestClient, expected: Record<string, string>) {
  const updates = await client.subscribe('/node/online');
  const now = await client.subscribe('/app/online');
  const holds = (online: Online): boolean => {
    const shown = online.people.map(({ name, here, elsewhere }) => [name, `${here}+${elsewhere}`]);
    const isSame = JSON.stringify(shown.sort()) === JSON.stringify(Object.entries(expected).sort());
    return isSame && online.count === shown.length;
  };
  if (!holds((await now.next()).json<Online>()))
    await updates.next((message) => holds(message.json<Online>()));
  await Promise.all([updates.unsubscribe(), now.unsubscribe()]);
}

describe('two processes behind RabbitMQ', () => {
  it('know who is online on both, each user once', async () => {
    const ann = await connect(a, 'ann');
    const bob = await connect(b, 'bob');
    await untilOnline(ann, { ann: '1+0', bob: '0+1' });
    const second = await connect(b, 'ann');
    await untilOnline(bob, { ann: '1+1', bob: '1+0' });
    await second.disconnect();
    await untilOnline(bob, { ann: '0+1', bob: '1+0' });
    await ann.disconnect();
    await untilOnline(bob, { bob: '1+0' });
  });

  it('bring what is said on one to the clients of the other, once', async () => {
    const [ann, bob] = [await connect(a, 'ann'), await connect(b, 'bob')];
    const [heardByAnn, heardByBob] = [
      await ann.subscribe('/topic/lobby'),
      await bob.subscribe('/topic/lobby'),
    ];
    await ann.sendAndWait('/app/say', { text: 'Hello' });
    await bob.sendAndWait('/app/say', { text: 'Hello yourself' });
    for (const heard of [heardByAnn, heardByBob]) {
      const said = (await heard.take(2)).map((one) => one.json<object>());
      expect(said).toContainEqual(expect.objectContaining({ from: 'ann', node: 'A' }));
      expect(said).toContainEqual(expect.objectContaining({ from: 'bob', node: 'B' }));
    }
    await heardByAnn.expectSilence();
  });

  it('bring private messages to all sessions of the two, and to nobody else', async () => {
    const sessions = [await connect(a, 'ann'), await connect(b, 'bob'), await connect(a, 'bob')];
    const carol = await connect(b, 'carol');
    await untilOnline(carol, { ann: '0+1', bob: '1+1', carol: '1+0' });
    await untilOnline(sessions[0]!, { ann: '1+0', bob: '1+1', carol: '0+1' });
    const inboxes = await Promise.all(sessions.map((one) => one.subscribe('/user/queue/private')));
    const carols = await carol.subscribe('/user/queue/private');
    sessions[0]!.send('/app/private.bob', { text: 'psst' });
    for (const inbox of inboxes)
      expect((await inbox.next()).json()).toMatchObject({ from: 'ann', to: 'bob', text: 'psst' });
    await carols.expectSilence();
  });

  it('sign a user out on both, at the word of one', async () => {
    const ann = await connect(a, 'ann');
    const bobs = [await connect(a, 'bob'), await connect(b, 'bob')];
    await untilOnline(ann, { ann: '1+0', bob: '1+1' });
    bobs[0]!.send('/app/sign-out');
    for (const bob of bobs)
      expect(await bob.closed()).toMatchObject({ code: 4402, reason: 'Signed out everywhere' });
    await untilOnline(ann, { ann: '1+0' });
  });

  it.each(['/topic/lobby', '/user/ann/queue/private', '/node/online'])(
    'take nothing from a client for %s',
    async (destination) => {
      const mallory = await connect(a, 'mallory');
      const errors = await mallory.subscribe('/user/queue/errors');
      mallory.send(destination, { count: 7 });
      expect((await errors.next()).json()).toMatchObject({ command: 'SEND', destination });
    },
  );
});

it.each(['/topic/nodes.users', '/topic/nodes.unresolved-users'])(
  'ends a client that speaks where nodes do: %s',
  async (destination) => {
    const mallory = await connect(a, 'mallory');
    mallory.send(destination, { node: 'x', users: [], expiryMs: 1 });
    expect((await mallory.closed()).code).toBe(1008);
  },
);

describe('the page of two nodes', () => {
  let browser: Browser;
  let ada: Page;
  let alan: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    ada = await open(a);
    alan = await open(b);
  });
  afterAll(() => browser.close());

  async function open(node: Node): Promise<Page> {
    const page = await browser.newPage({
      viewport: { width: 1100, height: 720 },
      colorScheme: 'dark',
    });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(node.url);
    return page;
  }

  async function join(page: Page, name: string): Promise<void> {
    await page.getByLabel('Your name').fill(name);
    await page.getByRole('button', { name: 'Join' }).click();
  }

  const person = (page: Page, name: string, where: string) =>
    page.locator(`[data-person=${name}]`).getByText(where, { exact: true });
  const count = (page: Page, online: number) =>
    page.locator('#count').getByText(String(online), { exact: true }).waitFor();
  const bubble = (page: Page, text: string) => page.locator('.bubble', { hasText: text });

  async function say(page: Page, text: string): Promise<void> {
    await page.locator('#line').fill(text);
    await page.locator('#line').press('Enter');
  }

  it('refuses a name that is none', async () => {
    await join(ada, 'a b');
    await ada.getByText('A name has 1 to 20 letters').waitFor();
    await screenshot(ada, 'two-nodes-login');
  });

  it('shows users of both nodes to each other', async () => {
    await join(ada, 'ada');
    await join(alan, 'alan');
    for (const page of [ada, alan]) await count(page, 2);
    await person(ada, 'alan', 'on the other node').waitFor();
    await person(alan, 'ada', 'on the other node').waitFor();
    await person(alan, 'alan', 'on this node').waitFor();
  });

  it('carries what is said, and what is said privately', async () => {
    await say(ada, 'Is anybody on the other side?');
    await bubble(alan, 'Is anybody').waitFor();
    await say(alan, 'Clear as a bell over here.');
    await bubble(ada, 'Clear as a bell').waitFor();
    await ada.locator('[data-person=alan] button').click();
    await say(ada, 'Nobody else reads this');
    for (const page of [ada, alan]) await bubble(page, 'Nobody else').waitFor();
    await alan.getByText('only to you').waitFor();
    for (const page of [ada, alan]) expect(await page.locator('.bubble').count()).toBe(3);
  });

  it('is good to look at, dark and light, large and small', async () => {
    await screenshot(ada, 'two-nodes-a');
    await alan.emulateMedia({ colorScheme: 'light' });
    await screenshot(alan, 'two-nodes-b-light');
    await alan.setViewportSize({ width: 390, height: 844 });
    expect(await alan.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await screenshot(alan, 'two-nodes-telephone');
  });

  it('keeps nothing of a user who signed out for the next one', async () => {
    const eve = await open(a);
    await join(eve, 'eve');
    await say(eve, 'I am off');
    await bubble(eve, 'I am off').waitFor();
    await eve.getByRole('button', { name: 'Sign out' }).click();
    await eve.getByText('Signed out everywhere').waitFor();
    expect(await eve.locator('.bubble').count()).toBe(0);
    await eve.close();
  });

  it('forgets the users of a node that was killed, and goes on', async () => {
    process.kill(b.pid, 'SIGKILL');
    await alan.getByText('Reconnecting').waitFor();
    await count(ada, 1);
    await person(ada, 'ada', 'on this node').waitFor();
    expect(await ada.locator('[data-person]').count()).toBe(1);
    await say(ada, 'Still here');
    await bubble(ada, 'Still here').waitFor();
    const bob = await connect(a, 'bob');
    await untilOnline(bob, { ada: '1+0', bob: '1+0' });
  });

  it('has had no fault in its scripts', () => {
    expect(faults).toEqual([]);
  });
});

it('ends with all that it started, at SIGTERM', async () => {
  sample.kill('SIGTERM');
  expect(await once(sample, 'exit')).toEqual([0, null]);
  expect(() => process.kill(a.pid, 0)).toThrow('ESRCH');
});

/** The nodes of the sample, once both are open. */
async function nodesOf(started: ChildProcess): Promise<[Node, Node]> {
  const nodes = new Map<string, Node>();
  for await (const line of createInterface({ input: started.stdout! })) {
    const [, name, url, pid] = OPEN.exec(line) ?? [];
    if (name && url) nodes.set(name, { url, pid: Number(pid) });
    const [first, second] = [nodes.get('A'), nodes.get('B')];
    if (first && second) {
      started.stdout!.resume();
      return [first, second];
    }
  }
  throw new Error('The sample ended before both nodes were open');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
