/**
 * npm run bench:relay [-- --clients N] [--topics N] [--modes shared,per-client] [--repeats N] [--seconds N]
 *
 * The same clients on a RabbitMQ of its own, through a relay with shared connections and through one with a connection for
 * each client, in turn. Client i listens to topic i modulo the number of topics; messages of 200 octets go to the topics in turn,
 * eight at a time. Prints a Markdown table of medians, with the smallest and the largest value behind them.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ChildProgram } from './relay/child-program.mjs';
import { PrivateRabbit } from './relay/private-rabbit.mjs';
import { median } from './table.mjs';

const ROWS = {
  'connections at RabbitMQ': ['connections', 0],
  'subscriptions at RabbitMQ': ['subscriptions', 0],
  'memory of RabbitMQ then, MiB': ['memoryMiB', 0],
  'CPU of RabbitMQ a delivery, µs': ['brokerCpu', 2],
  'our CPU a delivery, µs': ['ourCpu', 2],
  'octets from RabbitMQ a delivery': ['octets', 1],
  'deliveries a second': ['rate', 0],
};

const { values: given } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    topics: { type: 'string', default: '1' },
    modes: { type: 'string', default: 'shared,per-client' },
    repeats: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
  },
});
const clientCount = Number(given.clients);
const topics = Number(given.topics);
const seconds = Number(given.seconds);
const modes = given.modes.split(',');

const rabbit = await PrivateRabbit.start();
const results = Object.fromEntries(modes.map((mode) => [mode, []]));
try {
  for (let repeat = 0; repeat < Number(given.repeats); repeat++)
    for (const mode of modes) results[mode].push(await measure(mode));
} finally {
  await rabbit.stop();
}
print();

async function measure(mode) {
  await rabbit.settled();
  const server = await ChildProgram.start('application.mjs', [String(rabbit.port), mode]);
  const clients = await ChildProgram.start('clients.mjs', [server.ready.url]);
  try {
    await clients.ask({ connect: clientCount, topics });
    const held = await rabbit.holds();
    // Compiled code and grown buffers first.
    await clients.ask({ publishFor: seconds / 3 });
    const before = { broker: await rabbit.cpuMicros(), ours: await server.ask() };
    const { deliveries, ms } = await clients.ask({ publishFor: seconds });
    const after = { broker: await rabbit.cpuMicros(), ours: await server.ask() };
    const result = {
      ...held,
      brokerCpu: (after.broker - before.broker) / deliveries,
      ourCpu: (after.ours.cpuMicros - before.ours.cpuMicros) / deliveries,
      octets: (after.ours.bytesIn - before.ours.bytesIn) / deliveries,
      rate: deliveries / (ms / 1000),
    };
    console.error(mode, JSON.stringify(result));
    return result;
  } finally {
    await clients.stop();
    await server.stop();
  }
}

function print() {
  const { model } = os.cpus()[0];
  console.log(
    `\n${clientCount} clients on ${topics} topic${topics > 1 ? 's' : ''}, ${given.repeats} × ${seconds} s; ${os.cpus().length} cores ` +
      `(${model.trim()}), load ${os.loadavg()[0].toFixed(1)}, Node ${process.version}\n`,
  );
  console.log(`| | ${modes.join(' | ')} | ratio |\n|---|${'--:|'.repeat(modes.length + 1)}`);
  for (const [label, [key, digits]] of Object.entries(ROWS)) {
    const columns = modes.map((mode) => results[mode].map((one) => one[key]));
    const medians = columns.map(median);
    const ratio = medians.length > 1 ? ratioText(medians[1] / medians[0]) : '';
    const cells = columns.map((values) => cell(values, digits));
    console.log(`| ${[label, ...cells, ratio].join(' | ')} |`);
  }
}

function ratioText(ratio) {
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2);
}

function cell(values, digits) {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map(
    (one) => one.toFixed(digits),
  );
  return low === high ? middle : `${middle} (${low}–${high})`;
}
