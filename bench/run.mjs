/**
 * npm run bench [-- --quick] [--only W1,W3] [--case TEXT] [--subjects ours,floor] [--repeats N] [--seconds N] [--json FILE]
 *
 * Runs the check application, as it is shipped, and its peers under the same load, in turn; the server on core 0, the load
 * on core 1. Prints a Markdown table of medians, with the smallest and the largest value behind them. All of it takes fifty
 * minutes, `--quick` less than ten, on a machine with nothing else to do. Needs Go for the load; Java 17
 * and Maven for Spring, which is left out without them.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { buildGenerator, runLoad, ServerProcess } from './processes.mjs';
import { SUBJECTS } from './subjects.mjs';
import { table } from './table.mjs';

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    case: { type: 'string' },
    subjects: { type: 'string' },
    repeats: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'string' },
  },
});
const startedAt = Date.now();
const repeats = Number(given.repeats ?? (given.quick ? 1 : 3));
const seconds = Number(given.seconds ?? (given.quick ? 1 : 2));
/** What a server gets before its first measurement, to compile its code. */
const WARM_UP_S = given.quick ? 1 : 2;
const REHEARSAL_S = given.quick ? 4 : 8;
const REHEARSAL_LIMIT_MS = 60_000;
const groups = given.only?.split(',');
const wantedSubjects = given.subjects?.split(',');

if (buildGenerator() === undefined) process.exit(1);
const cases = CASES.filter(isWanted)
  .map(asWanted)
  .filter((one) => takingPart(one).length > 0);
const leftOut = new Set();
for (const id of new Set(cases.flatMap(takingPart)))
  if ((await SUBJECTS[id].build?.()) === false) leftOut.add(id);

const measured = [];
for (const one of cases) {
  measured.push(await measure(one));
  if (given.json) writeFileSync(given.json, JSON.stringify(measured, null, 1));
}
const { model } = os.cpus()[0];
const minutes = Math.ceil((Date.now() - startedAt) / 60_000);
console.log(
  `\n${os.cpus().length} cores (${model.trim()}), Node ${process.version}, Linux ${os.release()}; at least ${repeats} repeats of ${seconds} s, in turn; ${minutes} minutes\n`,
);
console.log(table(measured));

function isWanted({ group, name, isQuick }) {
  if (given.case) return name.includes(given.case);
  if (groups) return groups.includes(group) && (!given.quick || isQuick);
  return !given.quick || isQuick;
}

function asWanted({ quickName, quickArgs, quickSubjects, ...one }) {
  if (!given.quick) return one;
  return {
    ...one,
    name: quickName ?? one.name,
    args: { ...one.args, ...quickArgs },
    subjects: quickSubjects ?? one.subjects,
  };
}

function takingPart({ subjects }) {
  return wantedSubjects ? subjects.filter((id) => wantedSubjects.includes(id)) : subjects;
}

/**
 * Every subject once, then every one again in the opposite order: what disturbs the machine for a while disturbs all, and
 * nobody is always behind the same one. Each begins when the one before is at rest.
 */
async function measure(one) {
  const subjects = takingPart(one).filter((id) => !leftOut.has(id));
  const results = Object.fromEntries(subjects.map((id) => [id, []]));
  const servers = new Map();
  const isCounted = given.repeats === undefined && !given.quick;
  const times = (isCounted && one.repeats) || repeats;
  try {
    for (let repeat = 0; repeat < times; repeat++) {
      const order = repeat % 2 === 0 ? subjects : subjects.toReversed();
      for (const id of order) results[id].push(await measureOnce(one, id, servers));
    }
  } finally {
    for (const server of servers.values()) await server.stop();
  }
  return { ...one, results };
}

async function measureOnce(one, id, servers) {
  const subject = SUBJECTS[id];
  const result = await resultOf(one, id, servers).catch(({ message }) => ({ error: message }));
  report(one, subject, result);
  return result;
}

async function resultOf(one, id, servers) {
  const subject = SUBJECTS[id];
  const known = servers.get(id);
  const isNew = !known?.isRunning;
  const server = isNew ? await ServerProcess.start(subject) : known;
  if (!one.fresh) servers.set(id, server);
  const { w, ...args } = one.args;
  const load = { w, warm: isNew ? WARM_UP_S : seconds / 3, dur: seconds, ...args };
  if (isNew && !one.fresh) await rehearse(one, subject, server, load);
  const result = await runLoad(server, subject, load);
  if (one.fresh) await server.stop();
  else await server.rest();
  return result;
}

/** Loads that do not count, until a server has had as much of a core as its compiler needs. */
async function rehearse(one, subject, server, load) {
  const warmUpCpuS = Math.max(subject.warmUpCpuS ?? 0, one.warmUpCpuS ?? 0);
  if (!one.rehearsed && warmUpCpuS === 0) return;
  const wantedCpuS = server.cpuS + (given.quick ? warmUpCpuS / 2 : warmUpCpuS);
  const limit = Date.now() + REHEARSAL_LIMIT_MS;
  const dur = Math.min(REHEARSAL_S, warmUpCpuS || REHEARSAL_S);
  do await runLoad(server, subject, { ...load, warm: 0, dur });
  while (server.isRunning && server.cpuS < wantedCpuS && Date.now() < limit);
}

function report({ name, metrics }, subject, result) {
  const shown = metrics.map(({ label, of, digits }) => `${label} ${of(result)?.toFixed?.(digits)}`);
  const busy = ['srv', 'gen'].map((id) => Math.round(100 * result[`${id}_util`]));
  if (Number.isFinite(busy[0])) shown.push(`server ${busy[0]} % busy, load ${busy[1]} %`);
  console.error(`${name}: ${subject.name}: ${result.error ?? shown.join(', ')}`);
}
