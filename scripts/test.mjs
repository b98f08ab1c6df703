// Runs all checks, or those named on the command line, and ends with the line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, SYSTEM_PACKAGES } from './system-packages.mjs';

const TIME_LIMIT_MS = 12 * 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'nestjs-stomp-test-'));
const chromium = findChromium();
const missing = SYSTEM_PACKAGES.filter(({ isInstalled }) => !isInstalled());
const leftOut = missing.map(({ tests }) => tests);
const ignored = ['--testPathIgnorePatterns', '/node_modules/', '/dist/', ...leftOut];

// First what the others need; then two lanes, for two cores. Conformance mostly waits, so that Jest has the machine.
const FIRST = [script('build'), script('build:samples')];
const LANES = [
  [runner('test:packaging'), script('pack:check'), runner('conformance'), runner('test:soak')],
  [
    script('typecheck'),
    script('lint'),
    script('format:check'),
    script('rules'),
    script('docs:api'),
    script('docs:options', ['--check']),
    jest('jest', ignored),
    jest('test:nest11', []),
  ],
];

const wanted = process.argv.slice(2);
refuseUnknown(wanted);
const results = [];
await performAll(FIRST);
await Promise.all(LANES.map(performAll));
rmSync(scratch, { recursive: true, force: true });
report();

function refuseUnknown(names) {
  const known = [...FIRST, ...LANES.flat()].map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  console.error(`There is no check ${unknown.join(', ')}. There are ${known.join(', ')}`);
  process.exit(2);
}

async function performAll(checks) {
  for (const check of checks)
    if (wanted.length === 0 || wanted.includes(check.name)) results.push(await perform(check));
}

/** A check that passes or fails as a whole. */
function script(name, args = []) {
  return { name, args, count: (ok) => ({ passed: Number(ok), failed: Number(!ok) }) };
}

/** A check that counts tests in its last line, `N passed, N failed`. */
function runner(name) {
  const count = (ok, output) => {
    const [, passed = 0, failed = 0] =
      [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1) ?? [];
    return { passed: Number(passed), failed: Number(failed) };
  };
  return { name, count };
}

function jest(name, args) {
  const file = join(scratch, `${name.replace(/\W/g, '-')}.json`);
  const count = () => {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  };
  return { name, args: ['--json', '--outputFile', file, '--silent', ...args], count };
}

async function perform({ name, args = [], count }) {
  console.log(`... ${name}`);
  const begin = Date.now();
  const { ok, output } = await run(name, args);
  const seconds = Math.round((Date.now() - begin) / 1000);
  const result = { name, seconds, output, ...failedAtLeastOnce(ok, counted(count, ok, output)) };
  console.log(`\n=== ${summary(result)} ${'='.repeat(20)}\n${output.trimEnd()}\n`);
  return result;
}

function summary({ name, passed, failed, seconds }) {
  const verdict = failed ? 'FAILED' : 'ok    ';
  return `${verdict} ${name.padEnd(16)} ${passed} passed, ${failed} failed in ${seconds} s`;
}

function counted(count, ok, output) {
  try {
    return count(ok, output);
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** A runner that ends badly, or counted nothing, has failed whatever it says. */
function failedAtLeastOnce(ok, { passed, failed }) {
  const isGood = ok && passed + failed > 0;
  return { passed, failed: isGood ? failed : Math.max(failed, 1) };
}

function run(name, args) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name, '--', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(chromium && { CHROMIUM: chromium }) },
      detached: true,
    });
    let output = '';
    const collect = (chunk) => (output += chunk);
    // What Jest prints to stdout stands in its file too.
    if (!args.includes('--json')) child.stdout.on('data', collect);
    else child.stdout.resume();
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      output += `\nStopped after ${TIME_LIMIT_MS / 60_000} minutes\n`;
      process.kill(-child.pid, 'SIGKILL');
    }, TIME_LIMIT_MS);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ ok: status === 0, output });
    });
  });
}

/** The lines that name what failed, as the runners write them: `● suite › test`, `✗ fact`, `FAILED: name`, `diff area/scenario`. */
function namesOfFailed({ failed, output }) {
  if (failed === 0) return [];
  const names = output.match(/^(?: *[●✗] .+|FAILED: .+|diff .+(?:\n {2}.+)*)$/gm) ?? [];
  return [...new Set(names)].map((name) => name.replace(/^ */gm, '       '));
}

function report() {
  for (const result of results) console.log([summary(result), ...namesOfFailed(result)].join('\n'));
  for (const { name } of missing) console.log(`Left out: the tests that need ${name}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') ? 1 : 0;
}
