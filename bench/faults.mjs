// npm run bench:faults [-- --clients 5000]: that many clients connect to one server at once, subscribe, get one message and
// vanish. Prints what the server process holds before, with them, and after each step, and how long a client in a process of
// its own waited meanwhile for the messages that it sends itself.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';

let again = 0;
const [role, address] = process.argv.slice(2);
if (role === 'server') await serve();
else if (role === 'neighbour') await sendToItself(address);
else await load();

async function serve() {
  await import('reflect-metadata');
  const { NestFactory } = await import('@nestjs/core');
  const { simpleBroker, StompModule, StompServer } = await import('nestjs-stomp');
  const stomp = StompModule.forRoot({
    endpoints: ['/stomp'],
    brokers: [simpleBroker({ destinations: ['/topic'] })],
  });
  const app = await NestFactory.create(
    { module: class FaultsModule {}, imports: [stomp] },
    { logger: ['error'] },
  );
  await app.listen(0, '127.0.0.1');
  process.on('message', () => {
    globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    process.send({ heapUsed, rss, sessions: app.get(StompServer).sessions.size });
  });
  process.on('disconnect', () => process.exit());
  process.send({ url: (await app.getUrl()).replace('http', 'ws') });
}

async function load() {
  const { values } = parseArgs({ options: { clients: { type: 'string', default: '5000' } } });
  const count = Number(values.clients);
  const server = fork(import.meta.filename, ['server'], { execArgv: ['--expose-gc'] });
  const { url } = await answer(server);
  const neighbour = fork(import.meta.filename, ['neighbour', `${url}/stomp`]);
  await answer(neighbour);

  await report(server, neighbour, 'before');
  const begin = Date.now();
  const clients = await Promise.all(
    Array.from({ length: count }, () => insist(`${url}/stomp`, '/topic/all')),
  );
  console.log(`${count} connected at once, in ${Date.now() - begin} ms, ${again} of them again`);
  await report(server, neighbour, 'connected');
  const received = clients.map((client) => once(client, 'message'));
  clients[0].send('SEND\ndestination:/topic/all\n\nto all\0');
  await Promise.all(received);
  await report(server, neighbour, 'one message to each');
  for (const client of clients) client.terminate();
  while ((await ask(server)).sessions > 1) await delay(10);
  await report(server, neighbour, 'vanished');
  neighbour.disconnect();
  server.disconnect();
}

/** Connects again when the kernel's queue of new connections was full. */
async function insist(url, destination) {
  for (;;)
    try {
      return await connect(url, destination);
    } catch (error) {
      if (error.code !== 'ECONNRESET') throw error;
      again++;
    }
}

async function connect(url, destination) {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 60_000 });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const connected = once(socket, 'message');
  socket.send('CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,0\n\n\0');
  await connected;
  const subscribed = once(socket, 'message');
  socket.send(`SUBSCRIBE\nid:1\nreceipt:1\ndestination:${destination}\n\n\0`);
  await subscribed;
  return socket;
}

/** Sends message after message to itself, and takes the time of each. */
async function sendToItself(url) {
  const socket = await connect(url, '/topic/neighbour');
  let waits = [];
  process.on('message', () => {
    process.send({ waits });
    waits = [];
  });
  process.on('disconnect', () => process.exit());
  process.send({ isReady: true });
  for (;;) {
    const begin = performance.now();
    const echoed = once(socket, 'message');
    socket.send('SEND\ndestination:/topic/neighbour\n\nping\0');
    await echoed;
    waits.push(performance.now() - begin);
    await delay(1);
  }
}

async function report(server, neighbour, when) {
  let { waits } = await ask(neighbour);
  while (waits.length === 0) ({ waits } = await ask(neighbour));
  const { heapUsed, rss, sessions } = await ask(server);
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1).padStart(6)} MiB`;
  const sorted = waits.sort((a, b) => a - b);
  const at = (share) => `${sorted[Math.floor((sorted.length - 1) * share)]?.toFixed(1)} ms`;
  const waited = `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
  console.log(
    `${when.padEnd(20)} ${sessions} sessions, heap ${mib(heapUsed)}, rss ${mib(rss)}; ${waits.length} messages of a neighbour: ${waited}`,
  );
}

function ask(server) {
  const asked = answer(server);
  server.send('memory');
  return asked;
}

function answer(server) {
  return new Promise((resolve) => server.once('message', resolve));
}
