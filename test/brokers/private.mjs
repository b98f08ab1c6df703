// For programs that are not compiled: starts a broker of this folder on ports of its own, and gives how to stop it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const here = import.meta.dirname;

/** The kinds of broker that can be started: `rabbitMq(prefix)` and `activeMq(port)`; `firstFree` of several whose port is free. */
export async function brokers() {
  const tsc = path.join(here, '../../node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', here, '--noCheck', '--incremental', '--tsBuildInfoFile'];
  args.push(path.join(here, 'dist/.tsbuildinfo'));
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${here} does not compile`);
  const [{ RealBroker, firstFree }, { rabbitMq }, { activeMq }] = await Promise.all(
    ['real-broker', 'rabbitmq', 'activemq'].map((name) => import(`./dist/${name}.js`)),
  );
  return { RealBroker, firstFree, rabbitMq, activeMq };
}
