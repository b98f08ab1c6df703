// Makes a fresh clone ready to start, with --test also to be tested. What is there already stays as it is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const isCi = process.env.CI === 'true';

installPackages('.');
if (process.argv.includes('--test')) {
  installPackages('test/nest-11');
  if (!findChromium()) installFromDebian('chromium');
  if (!findChromium()) missingChromium();
}

function installPackages(folder) {
  if (existsSync(`${root}/${folder}/node_modules/.package-lock.json`)) return;
  console.log(`Installing the packages of ${folder === '.' ? 'the repository' : folder} ...`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder);
}

function installFromDebian(name) {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).error) return;
  console.log(`Installing ${name} from Debian's packages ...`);
  const quiet = ['-qq', '-o=Dpkg::Use-Pty=0'];
  spawnSync('apt-get', ['update', ...quiet], options());
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...quiet, name], options());
}

function missingChromium() {
  const hint = 'chromium is missing: install it, or name one in the environment variable CHROMIUM';
  if (!isCi) return console.warn(`${hint}. Its tests are left out.`);
  console.error(hint);
  process.exit(1);
}

function run(command, args, folder) {
  const { status } = spawnSync(command, args, options(folder));
  if (status !== 0) process.exit(status ?? 1);
}

function options(folder = '.') {
  return {
    cwd: `${root}/${folder}`,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
}
