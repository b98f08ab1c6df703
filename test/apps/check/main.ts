import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { argumentsOf } from '../arguments.js';
import { run } from '../run.js';
import { StderrLogger } from '../stderr-logger.js';
import type { CheckOptions } from './check-options.js';
import { CheckModule } from './check.module.js';
import { ThrottledModule } from './throttled.module.js';

const given = argumentsOf([
  'port',
  'auth',
  'heartbeat',
  'queues',
  'relay-port',
  'relay-connections',
]);
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
const options: CheckOptions = {
  auth: given.auth,
  heartbeat: number(given.heartbeat),
  queues: given.queues,
  relayPort: number(given['relay-port']),
  relayConnections: given['relay-connections'] === 'shared' ? 'shared' : 'per-client',
};
@Module({ imports: [CheckModule.withOptions(options), ThrottledModule] })
class CheckApplication {}

const app = await NestFactory.create(CheckApplication, {
  logger: new StderrLogger(),
});
await run(app, Number(given.port ?? 8080));
