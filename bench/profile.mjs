/**
 * npm run bench:profile -- [--case TEXT] [--subject ours] [--seconds N] [--warm-up N] [--top N]
 *
 * Where the time of a server goes under the load of a case: perf's samples by the JavaScript function they were in or
 * below, in CPU microseconds an operation, with the builtins, the C++ and the kernel functions that took most of it. It
 * shows what `--cpu-prof` does not: missed inline caches, calls of getters, copies of strings, collections. `--seconds` of
 * samples after `--warm-up` seconds of a core. Needs Linux, perf and Go; names of code that V8 has moved may be old.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: given } = parseArgs({
  options: {
    case: { type: 'string', default: 'request and reply' },
    subject: { type: 'string', default: 'ours' },
    seconds: { type: 'string', default: '6' },
    'warm-up': { type: 'string', default: '12' },
    top: { type: 'string', default: '40' },
  },
});
const MOST_BELOW = 5;
const LONGEST_NAME = 100;

process.env.BENCH_NODE_ARGS = '--perf-basic-prof --interpreted-frames-native-stack';
const { CASES } = await import('./cases.mjs');
const { buildGenerator, runLoad, ServerProcess } = await import('./processes.mjs');
const { SUBJECTS } = await import('./subjects.mjs');

const wanted = CASES.find(({ name }) => name.includes(given.case));
const subject = SUBJECTS[given.subject];
if (!wanted || !subject) fail(`There is no case '${given.case}' or no subject '${given.subject}'.`);
if (spawnSync('perf', ['--version']).status !== 0) fail('perf is not installed (linux-perf).');
if (buildGenerator() === undefined) process.exit(1);
await subject.build?.();

const directory = mkdtempSync(path.join(os.tmpdir(), 'stomp-profile-'));
const data = path.join(directory, 'perf.data');
const server = await ServerProcess.start(subject);
try {
  const { usPerOp, stacks } = await profile();
  console.log(`${wanted.name}, ${subject.name}: ${usPerOp.toFixed(2)} µs an operation\n`);
  for (const line of report(stacks, usPerOp)) console.log(line);
} finally {
  await server.stop();
  rmSync(directory, { recursive: true });
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

async function profile() {
  const warmAt = server.cpuS + Number(given['warm-up']);
  do await runLoad(server, subject, { ...wanted.args, warm: 0, dur: 3 });
  while (server.isRunning && server.cpuS < warmAt);
  const { pid } = server.child;
  const perf = spawn('perf', ['record', '-g', '-F', '1999', '-p', String(pid), '-o', data]);
  const seconds = Number(given.seconds);
  const { cpu_us_per_op: usPerOp } = await runLoad(server, subject, {
    warm: 0.5,
    dur: seconds,
    ...wanted.args,
  });
  perf.kill('SIGINT');
  await once(perf, 'close');
  return { usPerOp, stacks: stacksOf(codeOf(pid)) };
}

/** Names the code that V8 compiled by its address: what was written last where several lay at one place. */
function codeOf(pid) {
  const file = `/tmp/perf-${pid}.map`;
  const pieces = readFileSync(file, 'latin1')
    .split('\n')
    .map((line) => /^(\w+) (\w+) (.*)$/.exec(line))
    .filter(Boolean)
    .map(([, start, length, name]) => ({
      name,
      start: parseInt(start, 16),
      length: parseInt(length, 16),
    }))
    .reverse();
  rmSync(file);
  const known = new Map();
  return (address) => {
    if (!known.has(address))
      known.set(
        address,
        pieces.find(({ start, length }) => start <= address && address < start + length)?.name,
      );
    return known.get(address);
  };
}

/** Names of the functions of each sample, the innermost first. */
function stacksOf(codeAt) {
  const options = { encoding: 'latin1', maxBuffer: 2 ** 30 };
  const { stdout } = spawnSync('perf', ['script', '-i', data, '-F', 'ip,sym'], options);
  const nameOf = (line) => {
    const [, address, name] = /^\s*(\w+) (.*)$/.exec(line) ?? [];
    return address === undefined ? line : (codeAt(parseInt(address, 16)) ?? name);
  };
  return stdout
    .split('\n\n')
    .filter(Boolean)
    .map((sample) => sample.split('\n').filter(Boolean).map(nameOf));
}

function* report(stacks, usPerOp) {
  const byFunction = new Map();
  for (const stack of stacks) {
    const name = nearestOf(stack);
    byFunction
      .set(name, byFunction.get(name) ?? [])
      .get(name)
      .push(stack);
  }
  const us = (samples) => ((samples * usPerOp) / stacks.length).toFixed(2).padStart(6);
  const sorted = [...byFunction].sort(([, a], [, b]) => b.length - a.length);
  for (const [name, samples] of sorted.slice(0, Number(given.top))) {
    yield `${us(samples.length)}  ${name}`;
    const below = new Map();
    for (const [leaf] of samples)
      if (shortened(leaf) !== name) below.set(leaf, (below.get(leaf) ?? 0) + 1);
    const most = [...below].sort(([, a], [, b]) => b - a).slice(0, MOST_BELOW);
    for (const [leaf, count] of most) yield `        ${us(count)}  ${leaf.slice(0, LONGEST_NAME)}`;
  }
}

/** The JavaScript function that a sample was in or below. */
function nearestOf(stack) {
  const found = stack.find((name) => /^JS:/.test(name));
  return found === undefined ? '(no JavaScript)' : shortened(found);
}

/** Without the directories before those of the project. */
function shortened(name) {
  return name.replace(/(file:\/\/)?\/\S*?\/(?=dist\/|node_modules\/)/, '');
}
