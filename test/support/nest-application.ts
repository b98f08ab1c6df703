import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

export const httpAdapters = {
  Express: () => new ExpressAdapter(),
  Fastify: () => new FastifyAdapter(),
};

export type HttpAdapterName = keyof typeof httpAdapters;

export interface RunningNest {
  readonly app: INestApplication;
  readonly httpUrl: string;
  readonly wsUrl: string;
}

/** A Nest application of these modules, controllers and providers, listening on a free port of the loopback. */
export async function startNest(
  metadata: ModuleMetadata,
  adapter: HttpAdapterName = 'Express',
): Promise<RunningNest> {
  const module = await Test.createTestingModule(metadata).compile();
  const app = module.createNestApplication(httpAdapters[adapter](), { logger: false });
  await app.listen(0, '127.0.0.1');
  const httpUrl = await app.getUrl();
  return { app, httpUrl, wsUrl: httpUrl.replace('http', 'ws') };
}
