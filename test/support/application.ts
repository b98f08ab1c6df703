import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunningApplication {
  readonly url: string;
  /** Ends it by SIGTERM and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts test/apps/check as `npm run app:check` does, on a free port, and waits until it listens. */
export async function startCheckApplication(...options: string[]): Promise<RunningApplication> {
  const args = ['test/apps/start.mjs', 'check', '--port', '0', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error('the check application does not start')));
  });
  const url = /http:\S+/.exec(line)![0];
  return {
    url,
    stop: () => {
      child.kill('SIGTERM');
      return exit;
    },
  };
}
