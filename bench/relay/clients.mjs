// node clients.mjs URL: connects clients, publishes to them, and says how many deliveries there were.
import WebSocket from 'ws';

const BODY = 'x'.repeat(200);
const AT_ONCE = 50;
/** Messages that may be on their way at one time. */
const WINDOW = 8;

const [url] = process.argv.slice(2);
const clients = [];
let topics = 1;
let received = 0;
let onReceived = () => undefined;

process.on('message', async (question) => process.send(await answer(question)));
process.on('disconnect', () => process.exit());
process.send({});

async function answer({ connect, topics: count, publishFor }) {
  if (connect === undefined) return publish(publishFor * 1000);
  topics = count;
  for (let from = 0; from < connect; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, connect - from);
    clients.push(...(await Promise.all(Array.from({ length }, (_, i) => open(from + i)))));
  }
  return {};
}

/** A client that listens to its topic, once the server has confirmed it. */
function open(index) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`Client ${index} was closed: ${code}`)));
    socket.on('open', () =>
      socket.send('CONNECT\naccept-version:1.2\nhost:x\nheart-beat:0,0\n\n\0'),
    );
    socket.on('message', (data) => {
      if (data[0] === 77 /* M */) return count(data);
      const text = String(data);
      if (text.startsWith('CONNECTED'))
        socket.send(`SUBSCRIBE\nid:1\ndestination:/topic/t.${index % topics}\nreceipt:r\n\n\0`);
      else if (text.startsWith('RECEIPT')) resolve(socket);
      else reject(new Error(text));
    });
  });
}

function count(data) {
  for (let at = data.indexOf(0); at >= 0; at = data.indexOf(0, at + 1)) received++;
  onReceived();
}

/** Publishes to all topics in turn for so long, and waits until all has come. */
async function publish(ms) {
  const begin = performance.now();
  const before = received;
  let expected = received;
  for (let n = 0; performance.now() - begin < ms; n++) {
    const topic = n % topics;
    clients[topic].send(`SEND\ndestination:/topic/t.${topic}\n\n${BODY}\0`);
    const listeners = Math.floor((clients.length - 1 - topic) / topics) + 1;
    expected += listeners;
    await until(expected - (WINDOW - 1) * listeners);
  }
  await until(expected);
  return { deliveries: received - before, ms: performance.now() - begin };
}

function until(count) {
  if (received >= count) return undefined;
  return new Promise((resolve) => {
    onReceived = () => {
      if (received >= count) resolve();
    };
  });
}
