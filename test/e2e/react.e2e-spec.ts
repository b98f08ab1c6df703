import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { StompTestClient } from 'nestjs-stomp/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser, screenshot } from '../support/browser.js';

// It is built, and a browser on a busy machine takes its time.
jest.setTimeout(120_000);

describe('the polls in React', () => {
  let server: ChildProcess;
  let url: string;
  let browser: Browser;
  let ann: Page;
  let bob: Page;
  const faults: string[] = [];

  /** As `npm run start:react` does, which builds the package too. */
  async function start(port = '0'): Promise<void> {
    server = spawn(process.execPath, ['sample/react/dist/main.js', '--port', port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(server.stdout!);
    for await (const line of lines) {
      const address = /The polls are open at (\S+)/.exec(line);
      if (!address) continue;
      url = address[1]!;
      server.stdout!.resume();
      return;
    }
    throw new Error('the sample does not start');
  }

  async function stop(): Promise<void> {
    const exit = once(server, 'exit');
    server.kill('SIGTERM');
    await exit;
  }

  async function open(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(url);
    await live(page);
    return page;
  }

  const live = (page: Page) => page.getByText('Live', { exact: true }).waitFor();
  const poll = (page: Page, question: string) => page.locator('.poll', { hasText: question });
  const option = (page: Page, label: string) => page.getByRole('button', { name: label });
  const drinks = (page: Page) => poll(page, 'Coffee or tea?');

  beforeAll(async () => {
    await promisify(execFile)('npm', ['run', '--silent', 'build:react']);
    await start();
    browser = await launchBrowser();
    ann = await open({ viewport: { width: 1120, height: 900 }, colorScheme: 'dark' });
    bob = await open({ viewport: { width: 1120, height: 900 }, colorScheme: 'light' });
  });
  afterAll(async () => {
    await browser?.close();
    if (server.exitCode === null && server.signalCode === null) await stop();
  });

  it('counts who looks on', async () => {
    for (const page of [ann, bob]) await page.getByText('2 people').waitFor();
  });

  it('shows a vote on the pages of others, and whose it is on one’s own', async () => {
    await drinks(bob).getByText('17 votes').waitFor();
    await option(ann, 'Tea').click();
    await drinks(bob).getByText('18 votes').waitFor();
    await drinks(ann).getByText('18 votes · you may change yours').waitFor();
    expect(await option(ann, 'Tea').getAttribute('aria-pressed')).toBe('true');
    expect(await option(bob, 'Tea').getAttribute('aria-pressed')).toBe('false');
  });

  it('counts a voter once: another vote takes the place of the first', async () => {
    await option(ann, 'Coffee').click();
    await drinks(bob).locator('.option', { hasText: 'Coffee' }).getByText('56 %').waitFor();
    await drinks(bob).getByText('18 votes').waitFor();
  });

  it('shows the vote on the other pages of the same voter', async () => {
    const second = await ann.context().newPage();
    await second.goto(url);
    await second.locator('[aria-pressed=true]', { hasText: 'Coffee' }).waitFor();
    await option(second, 'Nothing').click();
    await ann.locator('[aria-pressed=true]', { hasText: 'Nothing' }).waitFor();
    await second.close();
  });

  it('brings a new question to everybody', async () => {
    await bob.getByLabel('Your question').fill('Mountains or the sea?');
    await bob.getByLabel('First answer').fill('Mountains');
    await bob.getByLabel('Second answer').fill('The sea');
    await bob.getByRole('button', { name: 'Ask', exact: true }).click();
    await poll(ann, 'Mountains or the sea?').getByText('0 votes').waitFor();
    await option(ann, 'The sea').click();
    await poll(bob, 'Mountains or the sea?').getByText('1 vote', { exact: true }).waitFor();
  });

  it('says why a question is refused', async () => {
    await bob.getByLabel('Your question').fill('Really?');
    await bob.getByLabel('First answer').fill('Yes');
    await bob.getByLabel('Second answer').fill('Yes');
    await bob.getByRole('button', { name: 'Ask', exact: true }).click();
    await bob.getByText('Each answer must be another one').waitFor();
    await screenshot(bob, 'react-refused');
    expect(await bob.getByLabel('Your question').inputValue()).toBe('Really?');
    await bob.getByLabel('Second answer').fill('No');
    await bob.getByRole('button', { name: 'Ask', exact: true }).click();
    await poll(ann, 'Really?').waitFor();
    await bob.locator('[name=question]:placeholder-shown').waitFor();
  });

  it('takes no question of spaces', async () => {
    await bob.getByLabel('Your question').fill('  ');
    await bob.getByLabel('First answer').fill('Yes');
    await bob.getByLabel('Second answer').fill('No');
    await bob.getByRole('button', { name: 'Ask', exact: true }).click();
    await bob.getByText('A question has 1 to 120 characters').waitFor();
  });

  it('is good to look at, dark and light, large and small', async () => {
    await screenshot(ann, 'react-dark');
    await screenshot(bob, 'react-light');
    await bob.setViewportSize({ width: 390, height: 844 });
    expect(await bob.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await screenshot(bob, 'react-telephone');
  });

  it('lets nobody publish results past the handlers', async () => {
    const client = await StompTestClient.connect(`${url.replace('http', 'ws')}/polls`);
    client.send('/topic/polls', { id: '1', question: 'Forged', options: [] });
    expect((await client.expectError()).headers.message).toContain('/topic/polls');
    await client.closed();
  });

  it('comes back when the server does, with what the server knows by then', async () => {
    await stop();
    for (const page of [ann, bob]) await page.getByText('Connecting').waitFor();
    expect(await option(ann, 'Tea').isDisabled()).toBe(true);
    await screenshot(ann, 'react-lost');
    await start(new URL(url).port);
    for (const page of [ann, bob]) await live(page);
    await drinks(ann).getByText('17 votes').waitFor();
    await option(bob, 'Water').click();
    await drinks(ann).getByText('18 votes').waitFor();
  });

  it('has had no fault in its scripts', () => {
    expect(faults).toEqual([]);
  });
});
