import path from 'node:path';
import { build } from '../test/apps/build.mjs';
import { buildSpring, SPRING_JAR } from './peers/spring/build.mjs';

const here = import.meta.dirname;
const file = (...parts) => path.join(here, ...parts);
const nodeArgs = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);
const node =
  (script, ...args) =>
  (port) => [
    process.execPath,
    ...nodeArgs,
    script,
    ...args.map((arg) => (arg === 'PORT' ? String(port) : arg)),
  ];

/**
 * The servers that are compared. `ours` is the check application as it is shipped. `build` makes what a server needs, and is
 * false where it cannot take part; `warmUpCpuS`: seconds of a core until the code of one that is slow to compile is compiled.
 */
export const SUBJECTS = {
  ours: {
    name: 'nestjs-stomp',
    proto: 'stomp',
    path: '/ws',
    ready: 'receipt',
    build,
    command: node(file('../test/apps/start.mjs'), 'check', '--port', 'PORT'),
  },
  floor: {
    name: 'the floor',
    proto: 'stomp',
    path: '/ws',
    ready: 'receipt',
    command: node(file('floor/stomp-raw.cjs'), 'PORT', 'auto'),
  },
  ws: {
    name: 'plain ws',
    proto: 'json',
    path: '/',
    ready: 'ack',
    command: node(file('peers/plain-ws.mjs'), 'PORT'),
  },
  brokerJs: {
    name: 'stomp-broker-js',
    proto: 'stomp',
    path: '/ws',
    ready: 'probe',
    command: node(file('peers/stomp-broker-js.mjs'), 'PORT'),
  },
  nestWs: {
    name: 'Nest ws gateway',
    proto: 'json',
    path: '/',
    ready: 'ack',
    command: node(file('peers/nest-gateway.mjs'), 'ws', 'PORT'),
  },
  nestSio: {
    name: 'Nest socket.io gateway',
    proto: 'sio',
    path: '/socket.io/?EIO=4&transport=websocket',
    ready: 'ack',
    command: node(file('peers/nest-gateway.mjs'), 'socket.io', 'PORT'),
  },
  spring: {
    name: 'Spring Boot',
    proto: 'stomp',
    path: '/ws',
    ready: 'init',
    warmUpCpuS: 20,
    build: buildSpring,
    command: (port) => ['java', '-jar', SPRING_JAR, `--server.port=${port}`],
  },
};
