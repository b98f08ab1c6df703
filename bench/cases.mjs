import { atLeast, atMost, plus, times } from './aims.mjs';

const cpu = {
  label: 'CPU, µs an operation',
  of: ({ ops, cpu_us_per_op: us }) => (ops > 0 ? us : undefined),
  digits: 2,
};
const p50 = { label: 'p50, µs', of: ({ p50_us: us }) => us, digits: 0 };
const p99 = { label: 'p99, µs', of: ({ p99_us: us }) => us, digits: 0 };

const fanOut = (subs, more = {}) => ({ w: 'W1', subs, ...more });
const withFloor = ['ours', 'floor'];
const nodeServers = ['ours', 'floor', 'ws', 'brokerJs', 'nestWs', 'nestSio'];
const withConnections = ['ours', 'floor', 'ws', 'nestWs', 'nestSio', 'spring'];
const aTwentieth = ['spring', 'nestSio', 'nestWs'].map((id) => times(0.05, id));

function w1(name, args, more = {}) {
  return { group: 'W1', name: `fan-out, ${name}`, args, aims: [times(1.3, 'floor')], ...more };
}

const ofAll = {
  isQuick: true,
  repeats: 5,
  subjects: [...nodeServers, 'spring'],
  aims: [times(1.3, 'floor'), ...aTwentieth],
};
const ofAnotherSize = { aims: [times(1.4, 'floor')] };

function lone(subs) {
  const args = fanOut(subs, { pubs: 1, window: 1 });
  return w1(`${subs.toLocaleString('en')} subscribers, one message at a time`, args, {
    aims: [times(1.05, 'ws')],
    subjects: ['ours', 'floor', 'ws'],
    metrics: [cpu, p50, { ...p99, aims: [times(1.2, 'ws')] }],
    repeats: 7,
  });
}

function w3(subscriptions, patterns, peers = []) {
  const conns = Math.max(1, Math.min(1000, subscriptions / 10));
  return {
    group: 'W3',
    name: `one receiver among ${subscriptions.toLocaleString('en')}${patterns ? ` and ${patterns} patterns` : ''}`,
    args: { w: 'W3', conns, perconn: subscriptions / conns, patterns },
    aims: [times(1.6, 'floor')],
    subjects: [...withFloor, ...peers],
    warmUpCpuS: 3,
  };
}

/**
 * What is measured: the flags of the load generator, who takes part, and what ours must reach. Those with few operations, or
 * that scatter more, are repeated more often; the one that scatters most is repeated most and is short, so that what is
 * compared is close in time. `fresh` ones get a new server each time, because they look at its memory; `rehearsed` ones are
 * done once before they count, because their length is a number and not a time; `warmUpCpuS`: seconds of a core that every
 * server has had before, where one message runs so much code that it is compiled late. Seconds of warm-up and measurement are
 * those of the run unless `args` has them.
 */
export const CASES = [
  w1('100 subscribers', fanOut(100), ofAll),
  w1('100, window 64', fanOut(100, { window: 64 })),
  w1('100, same subscription id', fanOut(100, { ids: 'same' }), { isQuick: true }),
  w1('1,000 subscribers', fanOut(1000), ofAll),
  w1('1,000, window 64', fanOut(1000, { window: 64 })),
  w1('1,000, same subscription id', fanOut(1000, { ids: 'same' })),
  w1('100, 16 B', fanOut(100, { body: 16 }), ofAnotherSize),
  w1('1,000, 16 B', fanOut(1000, { body: 16 }), ofAnotherSize),
  w1('100, 4 KiB', fanOut(100, { body: 4096 }), ofAnotherSize),
  w1('1,000, 4 KiB', fanOut(1000, { body: 4096 }), ofAnotherSize),
  lone(100),
  lone(1000),
  {
    group: 'W2',
    name: 'request and reply, 50 clients, window 4',
    args: { w: 'W2', conns: 50, window: 4, warm: 0.3, dur: 0.7 },
    aims: [times(1.6, 'floor'), times(0.75, 'nestWs'), times(0.5, 'spring')],
    subjects: withConnections,
    metrics: [cpu, p99],
    repeats: 21,
    warmUpCpuS: 20,
    isQuick: true,
  },
  w3(10, 0, ['brokerJs', 'spring']),
  {
    ...w3(1000, 0, ['brokerJs', 'spring']),
    quickSubjects: [...withFloor, 'brokerJs'],
    isQuick: true,
  },
  w3(1000, 100),
  { ...w3(10_000, 0, ['spring']), quickSubjects: withFloor, isQuick: true },
  w3(10_000, 100),
  w3(100_000, 0),
  w3(100_000, 100),
  {
    group: 'W5',
    name: '2,000 connects with subscription and receipt, 64 at a time',
    args: { w: 'W5', conns: 2000, conc: 64 },
    aims: [times(1.4, 'ws')],
    subjects: withConnections,
    quickSubjects: withConnections.filter((id) => id !== 'spring'),
    repeats: 9,
    warmUpCpuS: 8,
    isQuick: true,
    rehearsed: true,
  },
  {
    group: 'W4',
    name: '10,000 idle connections, heart-beats of 10 s',
    args: { w: 'W4', conns: 10_000, conc: 64, hb: '10000,10000', warm: 5, dur: 20 },
    quickName: '2,000 idle connections, heart-beats of 10 s',
    quickArgs: { conns: 2000, warm: 1, dur: 10 },
    subjects: withConnections,
    quickSubjects: ['ours', 'floor', 'ws', 'spring'],
    aims: [plus(3, 'KiB', 'floor')],
    metrics: [
      { label: 'KiB a connection', of: (result) => result.rss_kb_per_conn, digits: 1 },
      {
        label: 'CPU, % of a core',
        of: (result) => result.idle_cpu_pct,
        digits: 1,
        aims: [times(1.5, 'floor')],
      },
      { label: 'CPU, µs a connect', of: (result) => result.cpu_us_per_op, digits: 0 },
    ],
    isQuick: true,
    fresh: true,
  },
  {
    group: 'W6',
    name: 'one reader of 51 stops, 16 KiB',
    args: { w: 'W6', subs: 50, body: 16_384, window: 2, rate: 0, warm: 2 },
    subjects: nodeServers,
    repeats: 5,
    aims: [atLeast(90, '%')],
    metrics: [
      {
        label: 'rate of the others, % of before',
        of: (result) => (100 * result.throughput) / result.throughput_before,
        digits: 0,
      },
      {
        label: 'memory grows, MiB',
        of: (result) => result.rss_growth_kb / 1024,
        digits: 0,
        // Twice the limit that the check application sets.
        aims: [atMost(32, 'MiB')],
      },
    ],
    isQuick: true,
    fresh: true,
  },
].map((one) => ({ subjects: withFloor, metrics: [cpu], ...one }));
