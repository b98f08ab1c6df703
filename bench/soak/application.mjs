import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MessageMapping,
  Payload,
  SendToUser,
  simpleBroker,
  StompModule,
  StompStats,
  SubscribeMapping,
} from '../../dist/index.js';

/** Decorates a method as `@decorator` would in TypeScript. */
function decorate({ prototype }, method, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  for (const decorator of decorators) decorator(prototype, method, descriptor);
}

class SoakController {
  echo(text) {
    return text;
  }

  async later(text) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return text;
  }

  positions() {
    return 'none';
  }

  fails() {
    throw new Error('as it should');
  }
}
Controller()(SoakController);
decorate(SoakController, 'echo', MessageMapping('/echo'));
decorate(SoakController, 'later', MessageMapping('/later'), SendToUser('/queue/replies'));
decorate(SoakController, 'positions', SubscribeMapping('/positions'));
decorate(SoakController, 'fails', MessageMapping('/fails'));
for (const method of ['echo', 'later']) Payload()(SoakController.prototype, method, 0);

/** An application that listens on a free port of the loopback. */
export async function startApplication() {
  class SoakModule {}
  Module({
    imports: [
      StompModule.forRoot({
        endpoints: [{ path: '/stomp', sockJs: true }],
        applicationDestinationPrefixes: ['/app'],
        authenticate: (connect) => {
          const name = connect.getLogin();
          return name === undefined ? undefined : { name };
        },
        brokers: [
          simpleBroker({
            destinations: ['/topic', '/queue'],
            queues: ['/queue/work'],
            selectorHeaderName: 'selector',
            maxDeliveryAttempts: 3,
            deadLetterDestination: '/queue/work/dead',
          }),
        ],
      }),
    ],
    controllers: [SoakController],
  })(SoakModule);
  const app = await NestFactory.create(SoakModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const stats = app.get(StompStats);
  const url = `${(await app.getUrl()).replace('http', 'ws')}/stomp`;
  return { app, stats, url };
}
