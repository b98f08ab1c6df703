import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { propagation } from '@opentelemetry/api';
import { MessageMapping, simpleBroker, StompModule, StompStats } from 'nestjs-stomp';
import { stompTracing } from 'nestjs-stomp/opentelemetry';
import { stompMetrics } from 'nestjs-stomp/prometheus';
import { StompHealthIndicator } from 'nestjs-stomp/terminus';
import { StompTestClient } from 'nestjs-stomp/testing';
import { tell } from '../app/tell.js';

const tracing = stompTracing();

@Controller()
class EchoController {
  @MessageMapping('/echo')
  echo(text: string): string {
    return text;
  }
}

@Module({
  imports: [
    TerminusModule,
    StompModule.forRoot({
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: ['/app'],
      brokers: [simpleBroker({ destinations: ['/topic'] })],
      clientInboundChannel: { interceptors: [tracing.inbound] },
      brokerChannel: { interceptors: [tracing.broker] },
    }),
  ],
  controllers: [EchoController],
  providers: [StompHealthIndicator],
})
class EntriesModule {}

/** Uses each entry beside the main one in an application that has what they need. */
async function main(): Promise<void> {
  const app = await NestFactory.create(EntriesModule, { logger: false });
  await app.init();

  const talk = async (): Promise<void> => {
    const client = await StompTestClient.connect(app);
    const echoes = await client.subscribe('/topic/echo');
    client.send('/app/echo', 'hi');
    assert.equal((await echoes.next()).text, 'hi');
    await client.disconnect();
  };
  await tell('nestjs-stomp/testing talks to the application', talk());

  const measure = async (): Promise<void> => {
    const text = await stompMetrics(app.get(StompStats)).metrics();
    assert.match(text, /^stomp_frames_in_total\{instance="default",command="SEND"\} 1$/m);
  };
  await tell('nestjs-stomp/prometheus measures it', measure());

  const check = (): void =>
    assert.equal(app.get(StompHealthIndicator).isHealthy().stomp.status, 'up');
  await tell('nestjs-stomp/terminus finds it healthy', Promise.resolve().then(check));

  const trace = async (): Promise<void> => {
    propagation.setGlobalPropagator({
      fields: () => ['traceparent'],
      extract: (context) => context,
      inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', 'of the test'),
    });
    const client = await StompTestClient.connect(app);
    const echoes = await client.subscribe('/topic/echo');
    client.send('/app/echo', 'hi');
    assert.equal((await echoes.next()).headers.traceparent, 'of the test');
  };
  await tell('nestjs-stomp/opentelemetry carries its traces', trace());
  await app.close();
}

void main();
