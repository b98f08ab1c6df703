/**
 * Decoding and encoding of STOMP frames, beside @stomp/stompjs: CPU time a frame, in interleaved rounds.
 * Needs `npm run build`. Usage: node bench/frame.mjs [--quick]
 */
import { FrameImpl } from '../node_modules/@stomp/stompjs/esm6/frame-impl.js';
import { Parser } from '../node_modules/@stomp/stompjs/esm6/parser.js';
import { encodeFrame, StompDecoder } from '../dist/frame/index.js';

const ROUNDS = process.argv.includes('--quick') ? 5 : 15;
/** CPU time of one measurement, in microseconds. */
const SLICE = process.argv.includes('--quick') ? 20_000 : 100_000;
const SIZES = [16, 200, 4096];

let consumed = 0;

/** CPU nanoseconds of one call. */
function measure(call) {
  let calls = 0;
  let spent = 0;
  const start = process.cpuUsage();
  while (spent < SLICE) {
    for (let i = 0; i < 100; i++) call(calls++);
    const { user, system } = process.cpuUsage(start);
    spent = user + system;
  }
  return (spent * 1000) / calls;
}

/** Medians of interleaved rounds, after one that is not counted. */
function compare(subjects) {
  const names = Object.keys(subjects);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const name of names) {
      const result = measure(subjects[name]);
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
    ours: (i) => decoder.feed(chunks[i % 64]),
    stompjs: (i) => parser.parseChunk(chunks[i % 64]),
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
    ours: () => (consumed += encodeFrame({ command: 'MESSAGE', headers, body }, '1.2').length),
    stompjs: () => (consumed += marshall({ body: text }).length),
    'stompjs, binary': () => (consumed += marshall({ binaryBody: body }).byteLength),
  };
}

const perSecond = (ns) => Math.round(1e9 / ns).toLocaleString('en');

console.log(`Node ${process.version}, ${ROUNDS} interleaved rounds, medians\n`);
console.log('| work | body | ours, ns | @stomp/stompjs, ns | frames a CPU second, ours | ratio |');
console.log('|---|--:|--:|--:|--:|--:|');
for (const [work, subjects] of [
  ['decode', decoding],
  ['encode', encoding],
])
  for (const size of SIZES) {
    const { ours, stompjs, ...others } = compare(subjects(size));
    const peers = { '': stompjs, ...others };
    for (const [peer, ns] of Object.entries(peers))
      console.log(
        `| ${work}${peer && ` (${peer})`} | ${size} B | ${ours.toFixed(0)} | ${ns.toFixed(0)} | ${perSecond(ours)} | ${(ns / ours).toFixed(1)} |`,
      );
  }
if (consumed === 0) process.exitCode = 1;
