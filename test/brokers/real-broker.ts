import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How to run one kind of broker, privately: own folder, own loopback ports, nothing of one that was there before. */
export interface BrokerKind {
  readonly name: string;
  readonly port: number;
  /** Opens when all else is ready. */
  readonly lastPort: number;
  isInstalled(): boolean;
  /** Writes what the broker needs into `folder`, and says how to start it. */
  prepare(folder: string): Promise<{ command: string; args: string[]; env: NodeJS.ProcessEnv }>;
  /** Process id to end, once it runs. */
  pid(folder: string, child: ChildProcess): Promise<number>;
  cleanUp?(folder: string): Promise<void>;
  /** What the broker's own command line says. */
  control?(folder: string, args: readonly string[]): Promise<string>;
}

/** A broker that a test started and stops. */
export class RealBroker {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly kind: BrokerKind,
    readonly folder: string,
  ) {}

  static async start(kind: BrokerKind): Promise<RealBroker> {
    if (!(await claim(kind))) throw new Error(`Port ${kind.port} is another broker's`);
    const broker = new RealBroker(kind, await mkdtemp(join(tmpdir(), `stomp-${kind.name}-`)));
    await broker.up();
    return broker;
  }

  get port(): number {
    return this.kind.port;
  }

  /** Process id of the broker. */
  async pid(): Promise<number> {
    return this.kind.pid(this.folder, this.child!);
  }

  /** Starts it, again after `down`. Resolves when it takes connections. */
  async up(): Promise<void> {
    if (await answers(this.port)) throw new Error(`Port ${this.port} is taken: it is not ours`);
    const { command, args, env } = await this.kind.prepare(this.folder);
    this.child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: 'ignore',
      detached: true,
    });
    for (let attempt = 0; attempt < 600; attempt++) {
      if (this.child.exitCode !== null) break;
      if ((await answers(this.kind.lastPort)) && (await answers(this.port))) return;
      await pause(100);
    }
    throw new Error(`${this.kind.name} did not start on port ${this.port}; see ${this.folder}`);
  }

  /** Ends it: politely, or at once as a crash does. */
  async down(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    process.kill(await this.pid(), signal);
    await ended;
    while (await answers(this.port)) await pause(50);
  }

  /** Asks the broker by its own command line, as `list_queues` of rabbitmqctl. */
  async control(...args: string[]): Promise<string> {
    if (!this.kind.control) throw new Error(`${this.kind.name} has no command line`);
    return this.kind.control(this.folder, args);
  }

  async stop(): Promise<void> {
    await this.down();
    await this.kind.cleanUp?.(this.folder);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    giveBack(this.kind);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The first of these kinds whose ports nobody uses: tests of several working copies may run on one machine. */
export async function firstFree(...kinds: BrokerKind[]): Promise<BrokerKind> {
  for (const kind of kinds) {
    if (!(await claim(kind))) continue;
    if (!(await answers(kind.port)) && !(await answers(kind.lastPort))) return kind;
    giveBack(kind);
  }
  throw new Error(`No port is free for ${kinds[0]?.name}`);
}

/** What keeps the ports of a broker for this process, also while it is down: without it, two would take them at once. */
const claims = new Map<number, Server>();

async function claim({ port }: BrokerKind): Promise<boolean> {
  if (claims.has(port)) return true;
  const server = createServer().unref();
  const isOurs = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port - 100, '127.0.0.1', () => resolve(true));
  });
  if (isOurs) claims.set(port, server);
  return isOurs;
}

function giveBack({ port }: BrokerKind): void {
  claims.get(port)?.close();
  claims.delete(port);
}
