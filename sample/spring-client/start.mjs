// Starts the portfolio on a free port and lets the Spring client trade on it; with --url on one that is started already.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const TIME_LIMIT_MS = 10 * 60_000;
const { values } = parseArgs({ options: { url: { type: 'string' } } });
const app = values.url ? undefined : await startPortfolio();
process.exitCode = await trade(values.url ?? `ws://127.0.0.1:${portOf(app)}/portfolio`);
await app?.close();

async function startPortfolio() {
  const { createApp } = await import('../portfolio/dist/create-app.js');
  const app = await createApp({ logger: ['warn', 'error'] });
  await app.listen(0, '127.0.0.1');
  return app;
}

function portOf(app) {
  return app.getHttpServer().address().port;
}

/** Maven compiles what is stale; its first run fetches Spring. */
function trade(url) {
  const goal = ['compile', 'exec:java', '-Dexec.mainClass=Trader', `-Dexec.args=${url}`];
  const maven = spawn('mvn', ['--quiet', '--batch-mode', ...goal], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: TIME_LIMIT_MS,
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => maven.kill(signal));
  return new Promise((resolve) => {
    maven.on('error', ({ message }) => {
      console.error(`Maven does not start: ${message}`);
      resolve(1);
    });
    maven.on('exit', (status) => resolve(status ?? 1));
  });
}
