// node test/brokers/with.mjs COMMAND ...: runs a command while a private RabbitMQ does, and ends as the command does. The
// command finds its port in the environment variable STOMP_BROKER_PORT. BROKER_PREFIX sets the first digits of the ports.
import { spawn } from 'node:child_process';
import { brokers } from './private.mjs';

const { RealBroker, rabbitMq } = await brokers();
const kind = rabbitMq(Number(process.env.BROKER_PREFIX ?? 26));
if (!kind.isInstalled()) {
  console.error('RabbitMQ is not installed; on Debian: apt-get install rabbitmq-server');
  process.exit(1);
}
const broker = await RealBroker.start(kind);
console.error(`RabbitMQ takes STOMP on port ${kind.port}`);
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, STOMP_BROKER_PORT: String(kind.port) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('close', async (status) => {
  await broker.stop();
  process.exit(status ?? 1);
});
