#!/usr/bin/env node
// node run.mjs (--check URL | --record URL) [--profile NAME] [--dir DIR]... [--deviations DIR [--accept WHY]] [--only TEXT] [--proxy LISTEN:TARGET] [--exact-errors] [--verbose]
import fs from 'node:fs';
import path from 'node:path';
import { execSync } from 'node:child_process';
import { Client } from './client.mjs';
import { encode } from './frames.mjs';
import { request } from './http.mjs';
import { Proxy } from './proxy.mjs';
import { differences, group, ownErrors, relax } from './normalise.mjs';

/** How long to wait for what is expected but has not come: disks under load hold brokers up. */
const LATE_MS = 10_000;

const args = process.argv.slice(2);
const options = { dirs: [], profile: 'default', quiet: 120, hooks: {} };
for (let i = 0; i < args.length; i++) {
  const arg = args[i];
  if (arg === '--check' || arg === '--record')
    [options.mode, options.url] = [arg.slice(2), args[++i]];
  else if (arg === '--profile') options.profile = args[++i];
  else if (arg === '--dir') options.dirs.push(args[++i]);
  else if (arg === '--only') options.only = args[++i];
  else if (arg === '--deviations') options.deviations = args[++i];
  else if (arg === '--accept') options.accept = args[++i];
  else if (arg === '--exact-errors') options.exactErrors = true;
  else if (arg === '--proxy') options.proxy = args[++i];
  else if (arg === '--quiet-ms') options.quiet = Number(args[++i]);
  else if (arg === '--hook') {
    const [name, ...rest] = args[++i].split('=');
    options.hooks[name] = rest.join('=');
  } else if (arg === '--verbose') options.verbose = true;
  else usage(`unknown argument ${arg}`);
}
if (!options.mode) usage('one of --check and --record is needed');
if (options.accept && !(options.deviations && options.only))
  usage('--accept needs --deviations and --only');
if (options.dirs.length === 0) options.dirs.push(path.join(import.meta.dirname, '..', 'public'));

function usage(problem) {
  console.error(
    `${problem}\nusage: run.mjs (--check URL | --record URL) [--profile NAME] [--dir DIR]... [--deviations DIR [--accept WHY]] [--only TEXT] [--proxy LISTEN:TARGET] [--hook NAME=COMMAND] [--quiet-ms N] [--exact-errors] [--verbose]`,
  );
  process.exit(2);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const base = options.url.replace(/\/$/, '');
const wsBase = base.replace(/^http/, 'ws');
const host = new URL(base).host;
const vars = (text) =>
  typeof text === 'string' ? text.replaceAll('{{base}}', base).replaceAll('{{host}}', host) : text;
const proxy = options.proxy ? new Proxy(...options.proxy.split(':')) : null;

function bytesOf(data) {
  if (data === undefined || data === null) return Buffer.alloc(0);
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data.base64 !== undefined) return Buffer.from(data.base64, 'base64');
  if (data.latin1 !== undefined) return Buffer.from(data.latin1, 'latin1');
  if (data.repeat !== undefined)
    return Buffer.from(
      (data.before ?? '') + data.repeat.repeat(data.times) + (data.after ?? ''),
      'utf8',
    );
  if (data.concat !== undefined) return Buffer.concat(data.concat.map(bytesOf));
  if (data.frame !== undefined) return frameBytes(data.frame);
  throw new Error('unknown data form');
}

const frameBytes = (frame) =>
  encode({ ...frame, headers: mapHeaders(frame.headers), body: bytesOf(frame.body) });

function mapHeaders(headers = {}) {
  if (Array.isArray(headers)) return headers.map(([k, v]) => [k, vars(v)]);
  return Object.fromEntries(
    Object.entries(headers).map(([k, v]) => [k, Array.isArray(v) ? v.map(vars) : vars(v)]),
  );
}

/** Waits until the server reaches its broker again: a CONNECT is answered with CONNECTED. */
async function brokerReady() {
  const end = Date.now() + 20000;
  while (Date.now() < end) {
    const c = new Client('probe', wsBase + '/stomp', {}, () => {});
    await c.ready;
    c.send(
      frameBytes({ command: 'CONNECT', headers: { 'accept-version': '1.2', 'heart-beat': '0,0' } }),
    );
    const limit = Date.now() + 1000;
    while (Date.now() < limit && !c.closed && !c.items.some((i) => i.frame)) await sleep(20);
    const ok = c.items.some((i) => i.frame?.command === 'CONNECTED');
    c.ws.terminate();
    if (ok) return;
    await sleep(250);
  }
  throw new Error('the server does not reach its broker');
}

/** Waits until a broker behind the server has done what the client asked: it confirms what came after that. */
async function confirmed(c) {
  const headers = { destination: '/topic/nobody-listens', receipt: 'all-is-done' };
  c.send(frameBytes({ command: 'SEND', headers, body: '' }));
  const isReceipt = ({ frame }) => frame?.headers['receipt-id'] === headers.receipt;
  for (const end = Date.now() + LATE_MS; !c.closed && Date.now() < end; await sleep(5)) {
    const at = c.items.findIndex(isReceipt);
    if (at >= 0) return void c.items.splice(at, 1);
  }
}

const amount = (received) =>
  (received.heartbeats ? 1 : 0) +
  (received.control?.length ?? 0) +
  Object.values(received.messages ?? {}).reduce((sum, list) => sum + list.length, 0);

async function runScenario(scenario, quiet, golden) {
  const clients = new Map();
  let last = Date.now();
  const activity = () => (last = Date.now());
  const transcript = [];
  const settle = async (ms = quiet ?? options.quiet) => {
    activity();
    while (Date.now() - last < ms) await sleep(Math.max(5, ms - (Date.now() - last)));
  };
  const client = (step) => {
    const found = clients.get(step.client ?? 'a');
    if (!found) throw new Error(`no client ${step.client ?? 'a'}`);
    return found;
  };
  const openClient = async (name, open) => {
    let target = open.path ?? '/stomp';
    if (open.query) target += '?' + new URLSearchParams(open.query);
    if (clients.has(name)) clients.get(name).ws.terminate();
    const c = new Client(
      name,
      wsBase + target,
      { protocols: open.protocols, headers: mapHeaders(open.headers), sockjs: open.sockjs },
      activity,
    );
    clients.set(name, c);
    await c.ready;
    return c;
  };
  try {
    for (const [index, step] of scenario.steps.entries()) {
      let http;
      if (step.open) {
        await openClient(step.client ?? 'a', step.open === true ? {} : step.open);
      } else if (step.connect) {
        const spec = step.connect === true ? {} : step.connect;
        const c = await openClient(step.client ?? 'a', spec);
        c.send(
          frameBytes({
            command: 'CONNECT',
            headers: {
              'accept-version': '1.2',
              host: 'localhost',
              'heart-beat': '0,0',
              ...spec.stomp,
            },
          }),
        );
        if (!c.closed) {
          const until = Date.now() + 3000;
          while (Date.now() < until && !c.closed && !c.items.some((i) => i.frame)) await sleep(5);
        }
      } else if (step.send) {
        const list = Array.isArray(step.send) ? step.send : [step.send];
        for (const frame of list) client(step).send(frameBytes(frame), { binary: step.binary });
        if (options.profile === 'relay' && list.some(({ command }) => command === 'SUBSCRIBE'))
          await confirmed(client(step));
      } else if (step.raw !== undefined) {
        const list = Array.isArray(step.raw) ? step.raw : [step.raw];
        for (const data of list) {
          client(step).send(bytesOf(data), { binary: step.binary });
          if (step.gap) await sleep(step.gap);
        }
      } else if (step.fragments) {
        step.fragments.forEach((data, i) =>
          client(step).ws.send(bytesOf(data), {
            binary: !!step.binary,
            fin: i === step.fragments.length - 1,
          }),
        );
      } else if (step.text !== undefined) {
        client(step).ws.send(step.text);
      } else if (step.http) {
        http = await request(base, {
          ...step.http,
          path: vars(step.http.path),
          headers: mapHeaders(step.http.headers),
          body: step.http.body,
        });
        if (step.http.stompBody) delete http.body;
      } else if (step.wait) {
        await sleep(step.wait);
      } else if (step.heartbeats) {
        const c = client(step);
        const { every, times } = step.heartbeats;
        for (let i = 0; i < times; i++) {
          await sleep(every);
          c.send(Buffer.from('\n'));
        }
      } else if (step.close) {
        const { code = 1000, reason } = step.close === true ? {} : step.close;
        client(step).ws.close(code, reason);
      } else if (step.terminate) {
        client(step).ws.terminate();
      } else if (step.ping) {
        client(step).ws.once('pong', () => client(step).push({ pong: true }));
        client(step).ws.ping('x');
      } else if (step.broker) {
        if (options.hooks[step.broker]) execSync(options.hooks[step.broker], { stdio: 'ignore' });
        else if (proxy) await (step.broker === 'down' ? proxy.down() : proxy.up());
        else throw new Error('this scenario needs --proxy LISTEN:TARGET or --hook');
      } else if (step.until) {
        // repeats a probe until the client has received a MESSAGE or the time is over; nothing but the outcome is recorded
        const c = client(step);
        const end = Date.now() + step.until.timeout;
        let ok = false;
        while (!ok && Date.now() < end && !c.closed) {
          if (step.until.send) c.send(frameBytes(step.until.send));
          await sleep(step.until.every ?? 250);
          ok = c.items.some((i) => i.frame?.command === (step.until.command ?? 'MESSAGE'));
        }
        await sleep(300);
        c.take();
        transcript.push({ step: index, until: ok });
        continue;
      } else if (step.retryConnect) {
        const end = Date.now() + step.retryConnect.timeout;
        let ok = false;
        while (!ok && Date.now() < end) {
          const c = await openClient(step.client ?? 'a', {});
          c.send(
            frameBytes({
              command: 'CONNECT',
              headers: { 'accept-version': '1.2', 'heart-beat': '0,0' },
            }),
          );
          const limit = Date.now() + 1500;
          while (Date.now() < limit && !c.closed && !c.items.some((i) => i.frame)) await sleep(20);
          ok = c.items.some((i) => i.frame?.command === 'CONNECTED');
          if (!ok) await sleep(250);
          c.take();
        }
        transcript.push({ step: index, until: ok });
        continue;
      } else throw new Error(`step ${index} says nothing known: ${JSON.stringify(step)}`);
      await settle(step.settle);
      // a slow server gets more time when something that is expected has not come yet
      const expected = Object.entries(golden?.[index]?.clients ?? {});
      const late = () =>
        expected.some(([name, r]) => amount(group(clients.get(name)?.items ?? [])) < amount(r));
      for (const end = Date.now() + LATE_MS; late() && Date.now() < end;) await sleep(20);
      const entry = { step: index };
      if (http) entry.http = http;
      const received = {};
      for (const [name, c] of clients) {
        const items = c.take();
        if (items.length > 0 && !step.ignore) received[name] = group(items);
      }
      if (Object.keys(received).length > 0) entry.clients = received;
      transcript.push(entry);
    }
  } finally {
    for (const c of clients.values()) {
      clearInterval(c.autoHeartbeat);
      if (c.ws.readyState === c.ws.OPEN) c.ws.close(1000);
    }
    const until = Date.now() + 400;
    while (Date.now() < until && [...clients.values()].some((c) => c.opened && !c.closed))
      await sleep(5);
    for (const c of clients.values()) c.ws.terminate();
    if (scenario.steps.some((step) => step.broker)) {
      if (options.hooks.up) execSync(options.hooks.up, { stdio: 'ignore' });
      if (proxy) await proxy.up();
      await brokerReady();
    }
  }
  return transcript;
}

function load(dir) {
  const files = fs
    .readdirSync(path.join(dir, 'scenarios'))
    .filter((f) => f.endsWith('.json'))
    .sort();
  return files.map((file) => ({
    file,
    dir,
    ...JSON.parse(fs.readFileSync(path.join(dir, 'scenarios', file), 'utf8')),
  }));
}

/** Where the server differs from the recorded one on purpose: `{ "scenario name": { "why": ..., "golden": [...] } }`, a file an area. */
function loadDeviations(area) {
  const file = options.deviations && path.join(options.deviations, `${area}.json`);
  return file && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

function saveDeviations(area, deviations) {
  fs.mkdirSync(options.deviations, { recursive: true });
  fs.writeFileSync(
    path.join(options.deviations, `${area}.json`),
    JSON.stringify(deviations, null, 1) + '\n',
  );
}

const comparable = (transcript, scenario) => {
  const relaxed = relax(transcript, scenario);
  return options.exactErrors ? relaxed : ownErrors(relaxed);
};

const show = (value) => (value === undefined ? '(nothing)' : JSON.stringify(value));
let passed = 0;
let failed = 0;
let deviating = 0;
if (proxy) {
  await proxy.up();
  await brokerReady();
}
for (const dir of options.dirs) {
  for (const suite of load(dir)) {
    if ((suite.profile ?? 'default') !== options.profile) continue;
    const goldenFile = path.join(dir, 'goldens', suite.file);
    const goldens = fs.existsSync(goldenFile)
      ? JSON.parse(fs.readFileSync(goldenFile, 'utf8'))
      : {};
    const deviations = loadDeviations(suite.area);
    for (const scenario of suite.scenarios) {
      const name = `${suite.area}/${scenario.name}`;
      if (options.only && !name.includes(options.only)) continue;
      let transcript;
      const attempt = async () => {
        // {{run}} is a word unique to this run, so that no scenario sees what an earlier run left behind
        const run = 'zq' + Math.random().toString(36).slice(2, 9).padEnd(7, 'x');
        const concrete = JSON.parse(JSON.stringify(scenario).replaceAll('{{run}}', run));
        const golden =
          options.mode === 'check'
            ? (deviations[scenario.name]?.golden ?? goldens[scenario.name])
            : undefined;
        return JSON.parse(
          JSON.stringify(await runScenario(concrete, suite.quiet, golden)).replaceAll(run, '<run>'),
        );
      };
      let stable = true;
      try {
        transcript = await attempt();
        if (options.mode === 'record') {
          // recorded only what came twice in the same way
          for (let again = 0; again < 3; again++) {
            const next = await attempt();
            stable = differences(relax(transcript, scenario), relax(next, scenario)).length === 0;
            transcript = next;
            if (stable) break;
          }
        }
      } catch (error) {
        console.log(`diff ${name}\n  could not run: ${error.message}`);
        failed++;
        continue;
      }
      if (options.mode === 'record') {
        goldens[scenario.name] = transcript;
        if (stable) passed++;
        else failed++;
        console.log(
          `${stable ? 'ok' : 'diff'} ${name}${stable ? '' : '\n  differs from one time to the next'}`,
        );
        if (options.verbose) console.log(JSON.stringify(transcript, null, 1));
        continue;
      }
      if (!goldens[scenario.name]) {
        console.log(`diff ${name}\n  no golden transcript`);
        failed++;
        continue;
      }
      const deviation = deviations[scenario.name];
      const expected = deviation?.golden ?? goldens[scenario.name];
      const found = differences(comparable(expected, scenario), comparable(transcript, scenario));
      if (found.length === 0) {
        passed++;
        if (deviation) deviating++;
        console.log(
          `ok ${name}${deviation ? ` (on purpose unlike the recording: ${deviation.why})` : ''}`,
        );
      } else if (options.accept) {
        deviations[scenario.name] = { why: options.accept, golden: transcript };
        saveDeviations(suite.area, deviations);
        console.log(`accepted ${name}`);
      } else {
        failed++;
        console.log(`diff ${name}`);
        for (const d of found.slice(0, 12))
          console.log(
            `  ${d.path}\n    expected ${show(d.expected)}\n    actual   ${show(d.actual)}`,
          );
        if (found.length > 12) console.log(`  and ${found.length - 12} more`);
        if (options.verbose) console.log(JSON.stringify(transcript, null, 1));
      }
    }
    if (options.mode === 'record') {
      const order = suite.scenarios.map((s) => s.name).filter((n) => goldens[n]);
      fs.mkdirSync(path.dirname(goldenFile), { recursive: true });
      fs.writeFileSync(
        goldenFile,
        JSON.stringify(Object.fromEntries(order.map((n) => [n, goldens[n]])), null, 1) + '\n',
      );
    }
  }
}
if (proxy) await proxy.down();
if (deviating > 0) console.log(`${deviating} of the passed are unlike the recording on purpose`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
