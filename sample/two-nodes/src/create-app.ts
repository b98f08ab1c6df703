import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { NodeOptions } from './node-options.js';

const PAGE = fileURLToPath(new URL('../public', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));
const STOMPJS = join(dirname(createRequire(import.meta.url).resolve('@stomp/stompjs')), '../esm6');

/** One node with its page at `/`, not yet listening. */
export async function createApp(
  node: NodeOptions,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(node), options);
  app.useStaticAssets(PAGE);
  app.useStaticAssets(SHARED, { prefix: '/shared/' });
  app.useStaticAssets(STOMPJS, { prefix: '/stompjs/' });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  return app;
}
