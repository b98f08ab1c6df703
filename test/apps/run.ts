import type { INestApplication } from '@nestjs/common';

/** Listens on 127.0.0.1, says so in one line, and ends on SIGTERM or SIGINT. */
export async function run(app: INestApplication, port: number): Promise<void> {
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.listen(port, '127.0.0.1');
  process.stdout.write(`listening on ${await app.getUrl()}\n`);
}
