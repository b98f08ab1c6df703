/**
 * Clients that come, subscribe, publish, acknowledge and vanish, in parts: behind each of them all gauges are zero, and at
 * the end the heap is at most 1.1 times that behind the first. Ends with the line `N passed, N failed`.
 * Needs `npm run build`. Usage: node --expose-gc bench/soak.mjs [--seconds 600] [--clients 40] [--seed 1]
 */
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startApplication } from './soak/application.mjs';
import { randomNumbers, SoakClient } from './soak/client.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    clients: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});
if (!globalThis.gc) throw new Error('run it with --expose-gc');

const SECONDS = Number(values.seconds);
const PART_MS = Math.min(60_000, (SECONDS * 1000) / 5);
/** Everything that is made once has been made behind it. */
const PARTS = Math.round((SECONDS * 1000) / PART_MS) - 1;
const HEAP_LIMIT = 1.1;
/** Design, invariant 7. */
const GAUGES_ZERO_WITHIN_MS = 1000;

const random = randomNumbers(Number(values.seed));
const counts = { clients: 0, sent: 0, received: 0, errors: 0, mistakes: 0 };
const results = { passed: 0, failed: 0 };

const { app, stats, url } = await startApplication();
await load(PART_MS);
await drain();
const heaps = [];
for (let part = 1; part <= PARTS; part++) {
  await load(PART_MS);
  await drain();
  const { elapsedMs, open } = await gaugesZero();
  check(
    `part ${part}: all gauges are zero ${GAUGES_ZERO_WITHIN_MS} ms after the last client left`,
    open.length === 0,
    open.join(', '),
  );
  heaps.push(await heapBytes());
  const { clients, sent, received, errors } = counts;
  console.log(
    `part ${part}: ${clients} clients, ${sent} SEND, ${received} MESSAGE, ${errors} ERROR so far; ` +
      `gauges zero after ${elapsedMs} ms; heap ${(heaps.at(-1) / 1e6).toFixed(2)} MB`,
  );
}
check('clients came and got messages', counts.received > counts.clients);
const { errors, mistakes } = counts;
check(
  'who makes a mistake gets an ERROR, and nobody else',
  errors === mistakes,
  `${errors}, ${mistakes}`,
);
const growth = heaps.at(-1) / heaps[0];
check(
  `the heap is at most ${HEAP_LIMIT} times that of the first part`,
  growth <= HEAP_LIMIT,
  `it is ${growth.toFixed(3)} times`,
);
await app.close();
console.log(`heap ${growth.toFixed(3)} times that of the first part`);
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed > 0 ? 1 : 0;

/** So many clients at a time, each followed by another one until the time is over. */
async function load(durationMs) {
  const end = Date.now() + durationMs;
  const place = async () => {
    while (Date.now() < end) {
      counts.clients++;
      await new SoakClient(url, random, counts).live(5 + Math.floor(random() * 60));
    }
  };
  await Promise.all(Array.from({ length: Number(values.clients) }, place));
}

/** Takes what waits in queues for consumers that have gone. */
async function drain() {
  const client = new SoakClient(url, random, counts);
  await new Promise((resolve) => client.socket.once('open', resolve));
  client.frame('CONNECT', { 'accept-version': '1.2', host: 'soak' });
  await client.connected;
  client.frame('SUBSCRIBE', { id: 'all', destination: '/queue/work/**' });
  const waiting = () => stats.snapshot().brokers[0].simple.queuedMessages;
  // Sessions that vanished give back what they had not acknowledged.
  for (let quiet = 0; quiet < 5; quiet = waiting() === 0 ? quiet + 1 : 0) await delay(20);
  await client.disconnect();
}

async function gaugesZero() {
  const begin = Date.now();
  let open;
  do {
    await delay(5);
    open = openGauges();
  } while (open.length > 0 && Date.now() - begin < GAUGES_ZERO_WITHIN_MS);
  return { elapsedMs: Date.now() - begin, open };
}

/** Names and values of the gauges that are not zero. */
function openGauges() {
  const snapshot = stats.snapshot();
  const { sessions, messages, handlers, users, subscriptions, timers, sendBuffers } = snapshot;
  const { simple } = snapshot.brokers[0];
  const gauges = {
    'sessions.current': sessions.current,
    'sessions.connected': sessions.connected,
    'messages.inFlight': messages.inFlight,
    'handlers.running': handlers.running,
    'handlers.streams': handlers.streams,
    'users.users': users.users,
    'users.anonymousSessions': users.anonymousSessions,
    'sendBuffers.bytes': sendBuffers.bytes,
    subscriptions,
    timers,
  };
  for (const name of [
    'sessions',
    'subscriptions',
    'queues',
    'queuedMessages',
    'pendingMessages',
    'unacknowledged',
    'heldBytes',
    'transactions',
  ])
    gauges[`broker.${name}`] = simple[name];
  return Object.entries(gauges)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name} ${value}`);
}

/** What is left behind collections, once finalizers have run. */
async function heapBytes() {
  for (let round = 0; round < 4; round++) {
    await setImmediate();
    globalThis.gc();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function check(name, isGood, why = '') {
  results[isGood ? 'passed' : 'failed']++;
  if (!isGood) console.log(`FAILED: ${name}: ${why}`);
}
