import { SUBJECTS } from './subjects.mjs';

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function cell(values, digits) {
  if (values === undefined) return '';
  if (values.length === 0) return 'failed';
  const text = median(values).toFixed(digits);
  if (values.length === 1) return text;
  return `${text} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}

/** Medians of the ratios of runs that followed each other: noise that lasts longer than a run falls out. */
function ratio(ours, theirs) {
  const pairs = ours?.flatMap((one, i) => (theirs?.[i] > 0 && one > 0 ? [one / theirs[i]] : []));
  return pairs?.length ? median(pairs) : undefined;
}

/** One line for each case and metric; aims are given as `ratio to peer ≤ aim`. */
export function table(measured) {
  const ids = Object.keys(SUBJECTS);
  const names = ids.map((id) => SUBJECTS[id].name);
  const lines = [
    `| work | measure | ${names.join(' | ')} | ours ÷ floor | ours ÷ ws | aim |`,
    `|---|---|${'--:|'.repeat(ids.length + 2)}---|`,
  ];
  for (const { name, metrics, aims, results } of measured)
    for (const [index, metric] of metrics.entries()) {
      const valuesOf = (id) =>
        results[id]?.map(metric.of).filter((value) => Number.isFinite(value));
      const cells = ids.map((id) => cell(valuesOf(id), metric.digits));
      const ratioTo = (id) => ratio(valuesOf('ours'), valuesOf(id));
      const shown = ['floor', 'ws'].map((id) => ratioTo(id)?.toFixed(2) ?? '');
      const aim =
        index > 0
          ? ''
          : Object.entries(aims)
              .map((one) => judge(one, ratioTo))
              .join(', ');
      lines.push(`| ${[name, metric.label, ...cells, ...shown, aim].join(' | ')} |`);
    }
  return lines.join('\n');
}

function judge([id, aim], ratioTo) {
  const found = ratioTo(id);
  const verdict = found === undefined ? '?' : found <= aim ? 'met' : 'missed';
  return `${aim} × ${SUBJECTS[id].name}: ${verdict}`;
}
