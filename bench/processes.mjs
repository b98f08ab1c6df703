import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const root = path.join(import.meta.dirname, '..');
const loadDirectory = path.join(import.meta.dirname, 'load');
const generator = path.join(loadDirectory, 'dist', 'perfload');
const CLOCK_TICKS_A_SECOND = 100;
const REST_MS = 200;
const REST_LIMIT_MS = 5000;
const canPin = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** Compiles the load generator when a source is newer. Undefined, and a word why, where Go is missing. */
export function buildGenerator() {
  const newest = Math.max(
    ...readdirSync(loadDirectory)
      .filter((name) => /\.(go|mod)$/.test(name))
      .map((name) => statSync(path.join(loadDirectory, name)).mtimeMs),
  );
  if (existsSync(generator) && statSync(generator).mtimeMs > newest) return generator;
  const go = ['go', '/usr/local/go/bin/go'].find(
    (one) => spawnSync(one, ['version'], { stdio: 'ignore' }).status === 0,
  );
  if (go === undefined) {
    console.error(
      'The load generator is written in Go, which is not installed: see https://go.dev/dl',
    );
    return undefined;
  }
  mkdirSync(path.dirname(generator), { recursive: true });
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  const built = spawnSync(go, ['build', '-o', generator, '.'], {
    cwd: loadDirectory,
    env,
    stdio: ['ignore', 2, 2],
  });
  return built.status === 0 ? generator : undefined;
}

function pinned(core, command) {
  return canPin ? ['taskset', '-c', String(core), ...command] : command;
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A server process on core 0 that has said that it listens. */
export class ServerProcess {
  static async start({ name, command }) {
    const port = await freePort();
    const [file, ...args] = pinned(0, command(port));
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data) => (errors = (errors + data).slice(-4000)));
    const lines = createInterface({ input: child.stdout });
    const ready = once(lines, 'line');
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`${name} ended with ${code}: ${errors}`);
    });
    await Promise.race([ready, failed]);
    failed.catch(() => undefined);
    return new ServerProcess(child, port);
  }

  constructor(child, port) {
    this.child = child;
    this.port = port;
  }

  /** Some end by themselves, when clients go while they are sent to. */
  get isRunning() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Seconds of a core that it has used so far, all threads together. */
  get cpuS() {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / CLOCK_TICKS_A_SECOND;
  }

  /** Waits until it is done with what the last load left behind, as 2,000 connections to close. */
  async rest() {
    const giveUpAt = Date.now() + REST_LIMIT_MS;
    let before;
    do {
      before = this.cpuS;
      await wait(REST_MS);
    } while (this.isRunning && this.cpuS > before && Date.now() < giveUpAt);
  }

  async stop() {
    if (!this.isRunning) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  }
}

/** Runs the load generator on core 1 against a server. Returns what it measured. */
export async function runLoad(server, subject, args) {
  const all = {
    server: subject.name,
    proto: subject.proto,
    path: subject.path,
    port: server.port,
    pid: server.child.pid,
    ready: subject.ready,
    ...(subject.proto === 'stomp' && { hb: '10000,0' }),
    ...args,
  };
  const flags = Object.entries(all).map(([key, value]) => `-${key}=${value}`);
  const [file, ...rest] = pinned(1, [generator, ...flags]);
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (errors += data));
  await once(child, 'close');
  try {
    return JSON.parse(output.trim().split('\n').at(-1));
  } catch {
    return { error: errors.trim() || 'no output' };
  }
}
