// npm run conformance [-- driver options such as --only TEXT, --verbose, --accept WHY]: all scenarios of all profiles.
import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { build } from '../apps/build.mjs';

const here = import.meta.dirname;
const app = path.join(here, '../apps/dist/conformance/main.js');
const [only, rest] = takeProfile(process.argv.slice(2));
const PROFILES = ['default', 'dots', 'ordered'];

function takeProfile(args) {
  const at = args.indexOf('--profile');
  return at < 0 ? [undefined, args] : [args[at + 1], args.toSpliced(at, 2)];
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts the application, and gives its address once it listens. */
async function start(profile) {
  const port = await freePort();
  const child = spawn(process.execPath, [app, '--port', port, '--profile', profile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    readline.createInterface(child.stdout)[Symbol.asyncIterator]().next(),
    ended,
  ]);
  if (!line?.value) throw new Error(`the application does not start with profile ${profile}`);
  return { url: `http://127.0.0.1:${port}`, stop: () => (child.kill('SIGTERM'), ended) };
}

/** Runs the driver against one profile; gives how many scenarios passed and failed. */
async function drive(profile) {
  const server = await start(profile);
  const args = [
    '--check',
    server.url,
    '--profile',
    profile,
    '--dir',
    here,
    '--deviations',
    path.join(here, 'deviations'),
  ];
  const child = spawn(process.execPath, [path.join(here, 'driver/run.mjs'), ...args, ...rest], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const count = { passed: 0, failed: 0 };
  for await (const line of readline.createInterface(child.stdout)) {
    const last = /^(\d+) passed, (\d+) failed$/.exec(line);
    if (last) Object.assign(count, { passed: Number(last[1]), failed: Number(last[2]) });
    else console.log(line);
  }
  await server.stop();
  return count;
}

await build();
const total = { passed: 0, failed: 0 };
for (const profile of only ? [only] : PROFILES) {
  const { passed, failed } = await drive(profile);
  console.log(`profile ${profile}: ${passed} passed, ${failed} failed`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
