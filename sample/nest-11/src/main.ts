import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT ?? '3000' } },
});

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  await app.listen(Number(values.port), '127.0.0.1');
  console.log(`STOMP is spoken at ${(await app.getUrl()).replace('http', 'ws')}/stomp`);
}

void main();
