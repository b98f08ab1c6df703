import type { INestApplication } from '@nestjs/common';

/** Listens on 127.0.0.1, says so in one line, and ends on SIGTERM or SIGINT. */
export async function run(app: INestApplication, port: number): Promise<void> {
  const end = (): void => {
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  await app.listen(port, '127.0.0.1');
  process.stdout.write(`listening on ${await app.getUrl()}\n`);
}
