import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { argumentsOf } from '../arguments.js';
import { run } from '../run.js';
import { StderrLogger } from '../stderr-logger.js';
import { AppModule } from './app.module.js';
import { PROFILES, type ProfileName } from './profile.js';

const options = argumentsOf(['port', 'profile', 'relay-port']);
const name = (options.profile ?? 'default') as ProfileName;
if (!PROFILES.includes(name)) {
  console.error(`unknown profile ${name}: one of ${PROFILES.join(', ')}`);
  process.exit(2);
}

const profile = { name, relayPort: Number(options['relay-port'] ?? 61613) };
const app = await NestFactory.create<NestExpressApplication>(AppModule.forProfile(profile), {
  logger: new StderrLogger(),
  bodyParser: false,
});
app.useBodyParser('text', { type: () => true });
await run(app, Number(options.port ?? 8080));
