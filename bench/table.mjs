import { SUBJECTS } from './subjects.mjs';

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median of the ratios of runs that followed each other: noise that lasts longer than a run falls out. */
export function ratio(ours, theirs) {
  const pairs = ours?.flatMap((one, i) => (theirs?.[i] > 0 && one > 0 ? [one / theirs[i]] : []));
  return pairs?.length ? median(pairs) : undefined;
}

/** One line for each case and metric, one column for each server that took part, and which aims are met. */
export function table(measured) {
  const ids = Object.keys(SUBJECTS).filter((id) => measured.some(({ results }) => id in results));
  const names = ids.map((id) => SUBJECTS[id].name);
  return [
    `| work | measure | ${names.join(' | ')} | ours ÷ floor | ours ÷ ws | aim |`,
    `|---|---|${'--:|'.repeat(ids.length + 2)}---|`,
    ...measured.flatMap((one) => one.metrics.map((metric, index) => line(ids, one, metric, index))),
  ].join('\n');
}

/** Aims of a case are those of its first metric. */
function line(ids, { name, aims, results }, metric, index) {
  const valuesOf = (id) => results[id]?.map(metric.of);
  const cells = ids.map((id) => cell(valuesOf(id), metric.digits));
  const ratios = ['floor', 'ws'].map((id) => ratio(valuesOf('ours'), valuesOf(id))?.toFixed(2));
  const judged = (metric.aims ?? (index === 0 ? aims : [])).map((aim) => judge(aim, valuesOf));
  const shown = [name, metric.label, ...cells, ...ratios.map((one) => one ?? '')];
  return `| ${[...shown, judged.join(', ')].join(' | ')} |`;
}

function cell(values, digits) {
  if (values === undefined) return '';
  const found = values.filter(Number.isFinite);
  if (found.length === 0) return 'failed';
  const range = [Math.min(...found), Math.max(...found)]
    .map((one) => one.toFixed(digits))
    .join('–');
  const text = median(found).toFixed(digits) + (found.length === 1 ? '' : ` (${range})`);
  const failed = values.length - found.length;
  return failed === 0 ? text : `${text}, ${failed} failed`;
}

function judge({ text, find, isMet, digits }, valuesOf) {
  const found = find(valuesOf);
  if (!Number.isFinite(found)) return `${text}: not measured`;
  return `${text}: ${isMet(found) ? 'met' : 'missed'} (${found.toFixed(digits)})`;
}
