import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrokerKind } from './real-broker.js';

// Not /usr/sbin/rabbitmq-*: those switch to another user and its home.
const BIN = '/usr/lib/rabbitmq/bin';
const run = promisify(execFile);

/** Files of certificates and key in PEM. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Debian's RabbitMQ with STOMP; `prefix` makes its ports: 27 gives STOMP on 27613. Keep it below 32 (ephemeral ports).
 * With certificates it takes TLS on 27614 too, from clients that show one of the same authority.
 */
export function rabbitMq(prefix = 27, certificates?: Certificates): BrokerKind {
  const env = (folder: string): NodeJS.ProcessEnv => ({
    HOME: join(folder, 'home'),
    ERL_EPMD_PORT: `${prefix}369`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
    RABBITMQ_NODENAME: `stomp-test-${prefix}@localhost`,
    RABBITMQ_DIST_PORT: `${prefix}250`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: `${prefix}672`,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  });
  return {
    name: 'rabbitmq',
    port: Number(`${prefix}613`),
    lastPort: Number(`${prefix}672`),
    isInstalled: () => existsSync(join(BIN, 'rabbitmq-server')),
    async prepare(folder) {
      for (const one of ['home', 'mnesia', 'log', 'generated'])
        await mkdir(join(folder, one), { recursive: true });
      await writeFile(join(folder, 'rabbitmq.conf'), config(prefix, certificates));
      await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_stomp].\n');
      return { command: join(BIN, 'rabbitmq-server'), args: [], env: env(folder) };
    },
    async pid(folder) {
      return Number(await readFile(join(folder, 'pid'), 'utf8'));
    },
    async control(folder, args) {
      const { stdout } = await run(join(BIN, 'rabbitmqctl'), ['--quiet', ...args], {
        env: { ...process.env, ...env(folder) },
      });
      return stdout;
    },
    async cleanUp(folder) {
      // Its own port mapper, by its own port; one that serves others too stays.
      await run('epmd', ['-port', `${prefix}369`, '-kill'], {
        env: { ...process.env, ...env(folder) },
      }).catch(() => undefined);
    },
  };
}

function config(prefix: number, certificates: Certificates | undefined): string {
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${prefix}672`,
    `stomp.listeners.tcp.1 = 127.0.0.1:${prefix}613`,
  ];
  if (certificates)
    lines.push(
      `stomp.listeners.ssl.1 = 127.0.0.1:${prefix}614`,
      `ssl_options.cacertfile = ${certificates.ca}`,
      `ssl_options.certfile = ${certificates.cert}`,
      `ssl_options.keyfile = ${certificates.key}`,
      'ssl_options.verify = verify_peer',
      'ssl_options.fail_if_no_peer_cert = true',
    );
  return `${lines.join('\n')}\n`;
}
