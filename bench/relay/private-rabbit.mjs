import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brokers } from '../../test/brokers/private.mjs';

const RABBITMQCTL = '/usr/lib/rabbitmq/bin/rabbitmqctl';
// Linux: USER_HZ, whatever the machine.
const MICROS_A_TICK = 10_000;
const run = promisify(execFile);

/** A RabbitMQ on ports of its own, and what it holds and uses. */
export class PrivateRabbit {
  static async start() {
    const { RealBroker, rabbitMq, firstFree } = await brokers();
    const kind = await firstFree(rabbitMq(30), rabbitMq(31));
    if (!kind.isInstalled())
      throw new Error('RabbitMQ is not installed; on Debian: apt-get install rabbitmq-server');
    const broker = await RealBroker.start(kind);
    const { env } = await kind.prepare(broker.folder);
    return new PrivateRabbit(broker, await broker.pid(), { ...process.env, ...env });
  }

  constructor(broker, pid, env) {
    this.broker = broker;
    this.pid = pid;
    this.env = env;
  }

  get port() {
    return this.broker.port;
  }

  /** What clients of a relay cost it now. */
  async holds() {
    const connections = await this.countOf('list_stomp_connections', 'conn_name');
    const subscriptions = await this.countOf('list_consumers', 'queue_name');
    return { connections, subscriptions, memoryMiB: await this.memoryMiB() };
  }

  /** Waits until nobody is connected. */
  async settled() {
    while ((await this.countOf('list_stomp_connections', 'conn_name')) > 0) await delay(200);
  }

  /** CPU time since its start, in microseconds, to a hundredth of a second. */
  async cpuMicros() {
    const stat = await readFile(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MICROS_A_TICK;
  }

  async memoryMiB() {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024;
  }

  stop() {
    return this.broker.stop();
  }

  async countOf(command, column) {
    const args = ['--quiet', '--no-table-headers', command, column];
    const { stdout } = await run(RABBITMQCTL, args, { env: this.env, maxBuffer: 2 ** 26 });
    return stdout.split('\n').filter(Boolean).length;
  }
}
