// Packs the built package and uses it as others do: in a Nest 11 and a Nest 12 app, and as the README says.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import readline from 'node:readline';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { typeDependencies } from './type-dependencies.mjs';

const here = import.meta.dirname;
const root = join(here, '../..');
const SAMPLE = join(root, 'sample/nest-11');
/** What a client on Node needs. */
const CLIENT = ['@stomp/stompjs@^7.0.0', 'ws@^8.18.0', '@types/ws@^8.18.0'];
/** What the entries beside the main one need; @nestjs/terminus is that of the application's Nest. */
const OPTIONAL_PEERS = ['@nestjs/terminus', 'prom-client', '@opentelemetry/api'];
const scratch = mkdtempSync(join(tmpdir(), 'nestjs-stomp-packaging-'));
const NPM_INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
const TIME_LIMIT_MS = 180_000;
const count = { passed: 0, failed: 0 };

try {
  const tarball = await pack();
  await group('nest-11-commonjs', (folder) => useInApp(folder, [SAMPLE], tarball));
  const nest12 = join(here, 'nest-12-esm');
  await group('nest-12-esm', (folder) => useInApp(folder, [SAMPLE, nest12], tarball));
  await group('readme', (folder) => followReadme(folder, tarball));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed ? 1 : 0;

async function pack() {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', scratch], root);
  const packed = Object.values(JSON.parse(stdout))[0];
  return join(scratch, packed.filename);
}

async function group(name, body) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  console.log(name);
  try {
    await body(folder);
  } catch (error) {
    tell(false, `installs, compiles and runs: ${error.stdout ?? ''}${error.stderr ?? error.stack}`);
  }
}

function tell(isGood, fact) {
  count[isGood ? 'passed' : 'failed']++;
  console.log(`  ${isGood ? '✓' : '✗'} ${fact}`);
}

/** Starts the application that these folders make, a later one replacing files of an earlier one, and talks to it. */
async function useInApp(folder, sources, tarball) {
  for (const source of sources) cpSync(source, folder, { recursive: true, filter: isSource });
  cpSync(join(here, 'app'), join(folder, 'src/app'), { recursive: true });
  await run('npm', [...NPM_INSTALL, tarball, ...CLIENT], folder);
  await run('npx', ['tsc', '-p', '.'], folder);
  tell(true, 'installs and compiles');
  const server = start('dist/main.js', folder, ['--port', String(await freePort())]);
  try {
    const [url] = (await server.heard('ws://')).match(/ws:.*/);
    const { stdout } = await run('node', ['dist/app/facts.js', url], folder);
    tellAll(stdout);
    const closed = closeCodeOf(await open(url));
    await server.stop();
    tell((await closed) === 1001, 'closes connections when it is told to end');
  } finally {
    await server.stop();
  }
  await useEntries(folder);
}

/** The main entry worked without the packages that other entries need; those get them now. */
async function useEntries(folder) {
  const isThere = (name) => existsSync(join(folder, 'node_modules', name));
  tell(!OPTIONAL_PEERS.some(isThere), 'needs no optional package for its main entry');
  const installed = join(folder, 'node_modules/nestjs-stomp');
  const { exports, peerDependencies } = readJson(join(installed, 'package.json'));
  const entries = Object.values(exports).flatMap(({ types }) => types ?? []);
  const strange = typeDependencies(entries.map((one) => join(installed, one))).filter(
    (name) => !name.startsWith('node:') && !(name in peerDependencies),
  );
  tell(strange.length === 0, `has types that need no others than its peers ${strange.join(', ')}`);
  const { dependencies } = readJson(join(folder, 'package.json'));
  const [terminus, ...others] = OPTIONAL_PEERS;
  const peers = [`${terminus}@${dependencies['@nestjs/core']}`, ...others];
  await run('npm', [...NPM_INSTALL, ...peers], folder);
  cpSync(join(here, 'entries'), join(folder, 'src/entries'), { recursive: true });
  await run('npx', ['tsc', '-p', '.'], folder);
  tellAll((await run('node', ['dist/entries/entries.js'], folder)).stdout);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Facts that an application printed. */
function tellAll(output) {
  for (const [, not, fact] of output.matchAll(/^(not )?ok (.*)$/gm)) tell(!not, fact);
}

async function open(url) {
  const socket = new WebSocket(url, 'v12.stomp');
  await once(socket, 'open');
  return socket;
}

async function closeCodeOf(socket) {
  const [code] = await once(socket, 'close');
  return code;
}

function isSource(path) {
  return !/^(node_modules|dist)$/.test(basename(path));
}

/** Does what the README's first steps say, in an empty folder, on a port that is free. */
async function followReadme(folder, tarball) {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const port = await freePort();
  for (const [, name, text] of readme.matchAll(/```[a-z]+\n\/\/ (chat\.ts|client\.js)\n(.*?)```/gs))
    writeFileSync(join(folder, name), text.replaceAll('3000', String(port)));
  const [install, build] = [...readme.matchAll(/```sh\n(npm init.*?|npx tsc.*?)```/gs)].map(
    ([, commands]) => commands,
  );
  await run('bash', ['-ec', install.replaceAll('nestjs-stomp', tarball)], folder);
  await run('bash', ['-ec', build.split('&&')[0]], folder);
  tell(true, 'installs and compiles');
  const server = start('chat.js', folder);
  await server.heard('started');
  const [alice, bob] = [start('client.js', folder), start('client.js', folder)];
  try {
    await Promise.all([alice, bob].map(({ heard }) => heard('Connected')));
    // What Bob says comes back to him when he is subscribed; before, Alice could speak too early.
    bob.say('Bob is here');
    await bob.heard('Bob is here');
    alice.say('Hello, Bob');
    await bob.heard('Hello, Bob');
    tell(true, 'chats');
  } finally {
    for (const { stop } of [alice, bob, server]) await stop();
  }
}

function start(file, folder, options = []) {
  const child = spawn('node', [file, ...options], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const lines = readline.createInterface(child.stdout);
  const heard = (text) =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`${file} did not print ${text}`)), 15_000).unref();
      lines.on('line', (line) => line.includes(text) && resolve(line));
    });
  const stop = () => (child.kill('SIGTERM'), ended);
  return { heard, say: (line) => child.stdin.write(`${line}\n`), stop };
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function run(command, args, cwd) {
  return promisify(execFile)(command, args, { cwd, timeout: TIME_LIMIT_MS });
}
