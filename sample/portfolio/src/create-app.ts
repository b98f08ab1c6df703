import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule, type PortfolioOptions } from './app.module.js';

const PAGE = fileURLToPath(new URL('../public', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const STOMPJS = join(dirname(resolve('@stomp/stompjs')), '../esm6');
const SOCKJS = dirname(resolve('sockjs-client/dist/sockjs.min.js'));

/** The application with its page at `/`, not yet listening. */
export async function createApp({
  relayPort,
  ...options
}: PortfolioOptions & NestApplicationOptions = {}): Promise<NestExpressApplication> {
  const module = AppModule.forRoot({ relayPort });
  const app = await NestFactory.create<NestExpressApplication>(module, options);
  app.useStaticAssets(PAGE);
  app.useStaticAssets(SHARED, { prefix: '/shared/' });
  app.useStaticAssets(STOMPJS, { prefix: '/stompjs/' });
  app.useStaticAssets(SOCKJS, { prefix: '/sockjs/' });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  return app;
}
