import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { ChatOptions } from './chat-options.js';

const PAGE = fileURLToPath(new URL('../public', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));
const STOMPJS = join(dirname(createRequire(import.meta.url).resolve('@stomp/stompjs')), '../esm6');

/** The application with its page at `/`, not yet listening. */
export async function createApp({
  tokenSeconds,
  warnSeconds,
  ...options
}: ChatOptions & NestApplicationOptions = {}): Promise<NestExpressApplication> {
  const module = AppModule.forRoot({ tokenSeconds, warnSeconds });
  const app = await NestFactory.create<NestExpressApplication>(module, options);
  app.useStaticAssets(PAGE);
  app.useStaticAssets(SHARED, { prefix: '/shared/' });
  app.useStaticAssets(STOMPJS, { prefix: '/stompjs/' });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  return app;
}
