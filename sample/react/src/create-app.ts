import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../dist/page', import.meta.url));

/** The application with its page at `/`, not yet listening. */
export async function createApp(
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  app.useStaticAssets(PUBLIC);
  app.useStaticAssets(SHARED, { prefix: '/shared/' });
  app.useStaticAssets(BUNDLE);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  return app;
}
