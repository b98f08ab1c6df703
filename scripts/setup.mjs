// Makes a fresh clone ready to start, with --test also to be tested, with names of Debian's packages also to use those. What is
// there already stays as it is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SYSTEM_PACKAGES } from './system-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const isCi = process.env.CI === 'true';

installPackages('.');
const isTest = process.argv.includes('--test');
if (isTest) installPackages('test/nest-11');
if (missing().length > 0) installFromDebian(missing());
if (missing().length > 0) reportMissing(missing());

function installPackages(folder) {
  if (existsSync(`${root}/${folder}/node_modules/.package-lock.json`)) return;
  console.log(`Installing the packages of ${folder === '.' ? 'the repository' : folder} ...`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder);
}

function missing() {
  const isWanted = ({ name, isOptional }) => process.argv.includes(name) || (isTest && !isOptional);
  return SYSTEM_PACKAGES.filter((one) => isWanted(one) && !one.isInstalled()).map(
    ({ name }) => name,
  );
}

function installFromDebian(names) {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).error) return;
  console.log(`Installing ${names.join(', ')} from Debian's packages ...`);
  const quiet = ['-qq', '-o=Dpkg::Use-Pty=0'];
  spawnSync('apt-get', ['update', ...quiet], options());
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...quiet, ...names], options());
}

function reportMissing(names) {
  const text = `Not installed, and not to be installed here: ${names.join(', ')}`;
  if (!isTest) return console.warn(text);
  if (!isCi) return console.warn(`${text}. The tests that need them are left out.`);
  console.error(text);
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
    // RUNLEVEL: packages that bring a service do not start it.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
}
