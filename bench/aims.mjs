import { SUBJECTS } from './subjects.mjs';
import { median, ratio } from './table.mjs';

function middle(values) {
  const found = values?.filter(Number.isFinite);
  return found?.length ? median(found) : undefined;
}

/** Ours is at most so many times a peer's, by the median of the ratios of runs that followed each other. */
export function times(factor, id) {
  return {
    text: `${factor} × ${SUBJECTS[id].name}`,
    find: (valuesOf) => ratio(valuesOf('ours'), valuesOf(id)),
    isMet: (found) => found <= factor,
    digits: factor < 0.1 ? 3 : 2,
  };
}

/** Ours is at most so much more than a peer's, by medians. */
export function plus(extra, unit, id) {
  return {
    text: `${SUBJECTS[id].name} + ${extra} ${unit}`,
    find: (valuesOf) => middle(valuesOf('ours')) - middle(valuesOf(id)),
    isMet: (found) => found <= extra,
    digits: 1,
  };
}

export function atMost(limit, unit) {
  return {
    text: `at most ${limit} ${unit}`,
    find: (valuesOf) => middle(valuesOf('ours')),
    isMet: (found) => found <= limit,
    digits: 0,
  };
}

export function atLeast(limit, unit) {
  return {
    ...atMost(limit, unit),
    text: `at least ${limit} ${unit}`,
    isMet: (found) => found >= limit,
  };
}
