/**
 * Decoding and encoding of STOMP frames, beside @stomp/stompjs and stompit: CPU time a frame, in interleaved rounds.
 * Needs `npm run build`. Usage: node bench/frame.mjs [--quick]
 */
import { FrameImpl } from '../node_modules/@stomp/stompjs/esm6/frame-impl.js';
import { Parser } from '../node_modules/@stomp/stompjs/esm6/parser.js';
import IncomingFrameStream from 'stompit/lib/IncomingFrameStream.js';
import { encodeFrame, StompDecoder } from '../dist/frame/index.js';

const ROUNDS = process.argv.includes('--quick') ? 5 : 15;
/** CPU time of one measurement, in microseconds. */
const SLICE = process.argv.includes('--quick') ? 20_000 : 100_000;
const SIZES = [16, 200, 4096];

let consumed = 0;

/** Frames of a batch; a peer made of streams gets them in one piece. */
const BATCH = 100;

/** CPU nanoseconds of one frame. */
async function measure({ one, batch }) {
  let calls = 0;
  let spent = 0;
  const start = process.cpuUsage();
  while (spent < SLICE) {
    if (batch) await batch();
    else for (let i = 0; i < BATCH; i++) one(calls + i);
    calls += BATCH;
    const { user, system } = process.cpuUsage(start);
    spent = user + system;
  }
  return (spent * 1000) / calls;
}

/** Medians of interleaved rounds, after one that is not counted. */
async function compare(subjects) {
  const names = Object.keys(subjects);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const name of names) {
      const result = await measure(subjects[name]);
      if (round > 0) results[name].push(result);
    }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return Object.fromEntries(names.map((name) => [name, median(results[name])]));
}

const bodyOf = (size) => JSON.stringify('x'.repeat(size - 2));

/** Different buffers, as they come from sockets. */
function chunksOf(size) {
  const body = bodyOf(size);
  const head = `SEND\ndestination:/topic/price.stock.IBM\ncontent-type:application/json\nreceipt:r-1\ncontent-length:${size}`;
  return Array.from({ length: 64 }, () => Buffer.from(`${head}\n\n${body}\0`));
}

function decoding(size) {
  const chunks = chunksOf(size);
  const decoder = new StompDecoder(
    {},
    {
      onFrame: ({ headers, body }) => (consumed += headers.length + body.length),
      onHeartbeat() {},
    },
  );
  const parser = new Parser(
    (raw) => (consumed += FrameImpl.fromRawFrame(raw, true).binaryBody.length),
    () => {},
  );
  return {
    ours: { one: (i) => decoder.feed(chunks[i % 64]) },
    stompjs: { one: (i) => parser.parseChunk(chunks[i % 64]) },
    stompit: { batch: stompitDecoding(Buffer.concat(new Array(BATCH).fill(chunks[0]))) },
  };
}

/** A frame of stompit is a stream that has to be read to its end. */
function stompitDecoding(octets) {
  const frames = new IncomingFrameStream();
  frames.setVersion('1.2');
  let done;
  let left = 0;
  const onEnd = () => {
    if (--left === 0) done();
  };
  frames.on('data', (frame) => {
    consumed += frame.headers.destination.length;
    frame.on('end', onEnd).resume();
  });
  return () => {
    left = BATCH;
    frames.write(octets);
    return new Promise((resolve) => (done = resolve));
  };
}

function encoding(size) {
  const text = bodyOf(size);
  const body = Buffer.from(text);
  const pairs = {
    destination: '/topic/price.stock.IBM',
    'content-type': 'application/json',
    subscription: 'sub-0',
    'message-id': 'm-1234567',
  };
  const headers = Object.entries(pairs).flat();
  const marshall = (content) =>
    FrameImpl.marshall({
      command: 'MESSAGE',
      headers: pairs,
      escapeHeaderValues: true,
      ...content,
    });
  return {
    ours: {
      one: () => (consumed += encodeFrame({ command: 'MESSAGE', headers, body }, '1.2').length),
    },
    stompjs: { one: () => (consumed += marshall({ body: text }).length) },
    'stompjs, binary': { one: () => (consumed += marshall({ binaryBody: body }).byteLength) },
  };
}

const perSecond = (ns) => Math.round(1e9 / ns).toLocaleString('en');

console.log(`Node ${process.version}, ${ROUNDS} interleaved rounds, medians\n`);
console.log('| work | peer | body | ours, ns | peer, ns | frames a CPU second, ours | ratio |');
console.log('|---|---|--:|--:|--:|--:|--:|');
for (const [work, subjects] of [
  ['decode', decoding],
  ['encode', encoding],
])
  for (const size of SIZES) {
    const { ours, ...peers } = await compare(subjects(size));
    for (const [peer, ns] of Object.entries(peers))
      console.log(
        `| ${work} | ${peer} | ${size} B | ${ours.toFixed(0)} | ${ns.toFixed(0)} | ${perSecond(ours)} | ${(ns / ours).toFixed(1)} |`,
      );
  }
if (consumed === 0) process.exitCode = 1;
