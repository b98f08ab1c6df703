import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const root = path.join(import.meta.dirname, '../..');
const LOCK = path.join(import.meta.dirname, '.building');

const BUILDS = [
  { project: 'tsconfig.build.json', sources: ['lib'], output: 'dist/index.js' },
  {
    project: 'test/apps/tsconfig.json',
    sources: ['test/apps/conformance', 'test/apps/check', 'dist/index.d.ts'],
    output: 'test/apps/dist/check/main.js',
  },
];

/** Compiles the package and the applications where a source is newer than what was compiled; diagnostics go to stderr. */
export async function build() {
  await lock();
  try {
    for (const one of BUILDS) if (isStale(one)) compile(one.project);
  } finally {
    fs.rmdirSync(LOCK);
  }
}

/** Several applications may be started at once, and only one of them compiles. */
async function lock() {
  const giveUp = Date.now() + 120_000;
  for (;;) {
    try {
      return fs.mkdirSync(LOCK);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() > giveUp) throw new Error(`${LOCK} is left over: remove it`);
      await setTimeout(100);
    }
  }
}

function isStale({ project, sources, output }) {
  const built = modified(path.join(root, output));
  return [project, 'tsconfig.json', ...sources].some((one) => newest(path.join(root, one)) > built);
}

function newest(file) {
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    stat.mtimeMs,
    ...fs.readdirSync(file).map((name) => newest(path.join(file, name))),
  );
}

function modified(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function compile(project) {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', path.join(root, project), '--noEmitOnError'];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${project} does not compile`);
}
