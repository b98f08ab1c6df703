// Starts a RabbitMQ of its own and two processes of the application behind it. All end together.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brokers } from '../../test/brokers/private.mjs';

const MAIN = join(import.meta.dirname, 'dist/main.js');
const NAMES = ['A', 'B'];

const { values } = parseArgs({
  options: {
    ports: { type: 'string', default: '3001,3002' },
    'forget-after-ms': { type: 'string', default: '20000' },
  },
});
const ports = values.ports.split(',');
const stopWanted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
});

const { RealBroker, rabbitMq, firstFree } = await brokers();
if (!rabbitMq().isInstalled()) {
  console.error('This sample needs RabbitMQ; on Debian: apt-get install rabbitmq-server');
  process.exit(1);
}
console.log('RabbitMQ starts ...');
const broker = await RealBroker.start(await firstFree(rabbitMq(24), rabbitMq(25)));
const nodes = ports.map(startNode);
const ends = nodes.map(ended);
await Promise.race([stopWanted, Promise.all(ends), ...ends.map(failed)]);
for (const node of nodes) node.kill('SIGTERM');
await Promise.all(ends);
await broker.stop();
process.exit();

function startNode(port, index) {
  const other = ports[(index + 1) % ports.length];
  const args = {
    name: NAMES[index],
    port,
    'broker-port': broker.port,
    'other-url': `http://127.0.0.1:${other}`,
    'forget-after-ms': values['forget-after-ms'],
  };
  const flags = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return spawn(process.execPath, ['--enable-source-maps', MAIN, ...flags], { stdio: 'inherit' });
}

async function ended(node) {
  const [status, signal] = await once(node, 'exit');
  if (signal === 'SIGKILL') console.log(`Process ${node.pid} was killed; the other node goes on`);
  return { status };
}

/** Settles when a node could not go on by itself; one that was killed leaves the other alone. */
async function failed(end) {
  const { status } = await end;
  if (!status) await new Promise(() => undefined);
  process.exitCode = 1;
}
