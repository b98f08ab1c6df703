import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const TIME_LIMIT_MS = 5 * 60_000;

export const SPRING_JAR = path.join(here, 'dist', 'spring-peer.jar');

/** Packages the application when a source is newer; Maven's first run fetches Spring. False, and a word why, where it cannot. */
export function buildSpring() {
  const missing = ['java', 'mvn'].filter((tool) => spawnSync(tool, ['-version']).status !== 0);
  if (missing.length > 0) return isLeftOut(`${missing.join(' and ')} not found`);
  if (modified(SPRING_JAR) > newestSource()) return true;
  const { status } = spawnSync('mvn', ['--quiet', '--batch-mode', 'package'], {
    cwd: here,
    stdio: ['ignore', 2, 2],
    timeout: TIME_LIMIT_MS,
  });
  return status === 0 || isLeftOut('Maven could not package bench/peers/spring');
}

function isLeftOut(why) {
  console.error(`The Spring Boot application is left out: ${why}`);
  return false;
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource() {
  const sources = readdirSync(path.join(here, 'src'), { recursive: true });
  const files = ['pom.xml', ...sources.map((name) => path.join('src', name))];
  return Math.max(...files.map((name) => modified(path.join(here, name))));
}
