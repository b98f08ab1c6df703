// npm run conformance [-- --profile NAME] [--broker-port PORT] [driver options: --only TEXT, --verbose, --accept WHY]
// Runs the scenarios of every profile, several areas at once, each against an application that has no other clients. For
// the profile relay it starts RabbitMQ, if that is installed and no port of a STOMP broker is given.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { build } from '../apps/build.mjs';
import { brokers } from '../brokers/private.mjs';

const AT_ONCE = 4;

const here = import.meta.dirname;
const application = path.join(here, '../apps/dist/conformance/main.js');
const rest = process.argv.slice(2);
const only = take('--profile');
let brokerPort = take('--broker-port');
const broker = await startBroker();
const PROFILES = ['default', 'dots', 'ordered', ...(brokerPort ? ['relay'] : [])];

/** Starts RabbitMQ where it is wanted, installed and not given. Where it has to be there, as in CI, it may not be left out. */
async function startBroker() {
  if (brokerPort || (only && only !== 'relay')) return undefined;
  const { RealBroker, rabbitMq, firstFree } = await brokers();
  const kind = await firstFree(rabbitMq(23), rabbitMq(16));
  if (!kind.isInstalled()) {
    console.log('Left out: the profile relay, which needs rabbitmq-server');
    if (process.env.CI || only) process.exit(1);
    return undefined;
  }
  const started = await RealBroker.start(kind);
  brokerPort = kind.port;
  return started;
}

/** Takes an option of this program from the command line; the others are the driver's. */
function take(name) {
  const at = rest.indexOf(name);
  return at < 0 ? undefined : rest.splice(at, 2)[1];
}

/** The areas with their profiles, the largest first; with `--only` the driver itself chooses. */
function runs() {
  const areas = fs.readdirSync(path.join(here, 'scenarios')).map((file) => {
    const { area, profile = 'default', scenarios } = readScenarios(file);
    return { area, profile, size: scenarios.length };
  });
  const wanted = areas.filter(({ profile }) =>
    only ? profile === only : PROFILES.includes(profile),
  );
  if (rest.includes('--only'))
    return [...new Set(wanted.map(({ profile }) => profile))].map((profile) => ({ profile }));
  return wanted.sort((a, b) => b.size - a.size);
}

function readScenarios(file) {
  return JSON.parse(fs.readFileSync(path.join(here, 'scenarios', file), 'utf8'));
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts the application, and gives its address once it listens. */
async function start(profile) {
  const port = await freePort();
  const relayPort = await freePort();
  const args = ['--port', port, '--profile', profile, '--relay-port', relayPort];
  const child = spawn(process.execPath, [application, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = new Promise((resolve) =>
    readline.createInterface(child.stdout).once('line', resolve),
  );
  if ((await Promise.race([line, ended.then(() => null)])) === null)
    throw new Error(`npm run app:conformance -- --profile ${profile} does not start`);
  return { url: `http://127.0.0.1:${port}`, relayPort, stop: () => (child.kill('SIGTERM'), ended) };
}

/** Runs the driver; gives how many scenarios passed and failed. */
async function drive({ url, relayPort }, { profile, area }) {
  const args = ['--check', url, '--profile', profile, '--dir', here];
  args.push('--deviations', path.join(here, 'deviations'), ...rest);
  if (profile === 'relay') args.push('--proxy', `${relayPort}:${brokerPort}`);
  if (area) args.push('--only', `${area}/`);
  const child = spawn(process.execPath, [path.join(here, 'driver/run.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = [];
  for await (const line of readline.createInterface(child.stdout)) lines.push(line);
  const [, passed = 0, failed = 1] = /^(\d+) passed, (\d+) failed$/.exec(lines.pop()) ?? [];
  console.log(lines.join('\n'));
  return { passed: Number(passed), failed: Number(failed) };
}

/** Takes runs from the list until it is empty; an application serves as many as have its profile. */
async function work(waiting, total) {
  const servers = new Map();
  for (let run = waiting.shift(); run; run = waiting.shift()) {
    if (!servers.has(run.profile)) servers.set(run.profile, await start(run.profile));
    const { passed, failed } = await drive(servers.get(run.profile), run);
    total.passed += passed;
    total.failed += failed;
  }
  for (const server of servers.values()) await server.stop();
}

const total = { passed: 0, failed: 0 };
try {
  await build();
  const waiting = runs();
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(waiting, total)));
} finally {
  await broker?.stop();
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
