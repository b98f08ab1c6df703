// Runs all checks, or those named on the command line, and ends with one line: `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, SYSTEM_PACKAGES } from './system-packages.mjs';

const TIME_LIMIT_MS = 8 * 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'nestjs-stomp-test-'));
const chromium = findChromium();
const missing = SYSTEM_PACKAGES.filter(({ isInstalled }) => !isInstalled());
const leftOut = missing.map(({ tests }) => tests);
const ignored = ['--testPathIgnorePatterns', '/node_modules/', '/dist/', ...leftOut];

const CHECKS = [
  script('typecheck'),
  script('lint'),
  script('format:check'),
  script('rules'),
  script('build'),
  script('build:samples'),
  jest('jest', ignored),
  jest('test:nest11', []),
  runner('conformance'),
  script('pack:check'),
  runner('test:packaging'),
  script('docs:api'),
];

const wanted = process.argv.slice(2);
const results = [];
for (const check of CHECKS)
  if (wanted.length === 0 || wanted.includes(check.name)) results.push(await perform(check));
rmSync(scratch, { recursive: true, force: true });
report();

/** A check that passes or fails as a whole. */
function script(name) {
  return { name, count: (ok) => ({ passed: Number(ok), failed: Number(!ok) }) };
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
  console.log(`\n=== ${name} ${'='.repeat(Math.max(0, 70 - name.length))}`);
  const begin = Date.now();
  const { ok, output } = await run(name, args);
  const seconds = Math.round((Date.now() - begin) / 1000);
  return { name, seconds, ...failedAtLeastOnce(ok, counted(count, ok, output)) };
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
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...(chromium && { CHROMIUM: chromium }) },
      detached: true,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (!args.includes('--json')) process.stdout.write(chunk);
    });
    const timer = setTimeout(() => {
      console.log(`${name} takes longer than ${TIME_LIMIT_MS / 60_000} minutes and is stopped`);
      process.kill(-child.pid, 'SIGKILL');
    }, TIME_LIMIT_MS);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ ok: status === 0, output });
    });
  });
}

function report() {
  console.log(`\n=== summary ${'='.repeat(63)}`);
  for (const { name, passed, failed, seconds } of results)
    console.log(
      `${failed ? 'FAILED' : 'ok    '} ${name.padEnd(16)} ${passed} passed, ${failed} failed in ${seconds} s`,
    );
  for (const { name } of missing) console.log(`Left out: the tests that need ${name}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') ? 1 : 0;
}
