import {
  DURATION_BOUNDS_MS,
  type HandlerCalls,
  type SimpAnnotationMethodMessageHandler,
} from '../handler/index.js';
import type { DurationCounts, HandlerCounts, HandlersCounts } from './stats-snapshot.js';

/** What was counted of the handlers of an instance. */
export function handlersCounts(
  handler: SimpAnnotationMethodMessageHandler | undefined,
): HandlersCounts {
  const each = (handler?.calls ?? []).map(handlerCounts);
  const sum = (key: 'invocations' | 'failures' | 'running'): number =>
    each.reduce((total, one) => total + one[key], 0);
  return {
    invocations: sum('invocations'),
    failures: sum('failures'),
    running: sum('running'),
    streams: handler?.streamCount ?? 0,
    each,
  };
}

function handlerCounts(calls: HandlerCalls): HandlerCounts {
  const { handler, invocations, failures, running } = calls;
  return {
    handler: handler.toString(),
    invocations,
    failures,
    running,
    durations: durationCounts(calls),
  };
}

function durationCounts({ timed: count, sumMs, maxMs, classes }: HandlerCalls): DurationCounts {
  let atMost = 0;
  const buckets = classes.map((inClass, index) => ({
    leMs: DURATION_BOUNDS_MS[index] ?? Number.POSITIVE_INFINITY,
    count: (atMost += inClass),
  }));
  return { count, sumMs, maxMs, buckets };
}
