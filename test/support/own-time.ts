import { performance } from 'node:perf_hooks';

/** Milliseconds that this process worked or waited so far; those in which others had the processor are left out. */
export function ownTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + performance.eventLoopUtilization().idle;
}
