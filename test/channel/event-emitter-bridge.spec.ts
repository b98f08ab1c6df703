import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  simpleBroker,
  StompModule,
  type SessionConnectedEvent,
  type SessionDisconnectEvent,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { until } from '../support/until.js';

const heard: string[] = [];

@Injectable()
class Listener {
  @OnEvent('stomp.sessionConnected')
  connected({ user }: SessionConnectedEvent): void {
    heard.push(`${user?.name} came`);
  }

  @OnEvent('stomp.sessionDisconnect')
  left({ user, closeCode }: SessionDisconnectEvent): void {
    heard.push(`${user?.name} left with ${closeCode}`);
  }
}

const options: StompModuleOptions = {
  endpoints: ['/stomp'],
  brokers: [simpleBroker()],
  authenticate: (connect) => ({ name: connect.getLogin()! }),
};

let nest: RunningNest | undefined;

beforeEach(() => (heard.length = 0));
afterEach(async () => {
  await nest?.app.close();
  nest = undefined;
});

async function comeAndGo(): Promise<void> {
  const client = await StompTestClient.connect(nest!.app, { login: 'ann' });
  await client.disconnect();
}

it('is bound to the emitter of @nestjs/event-emitter by the option eventEmitter', async () => {
  nest = await startNest({
    imports: [
      EventEmitterModule.forRoot(),
      StompModule.forRoot({ ...options, eventEmitter: EventEmitter2 }),
    ],
    providers: [Listener],
  });
  await comeAndGo();
  await until(() => heard.length === 2);
  expect(heard).toEqual(['ann came', 'ann left with 1000']);
});

it('takes an emitter that is there already', async () => {
  const emitter = new EventEmitter2();
  emitter.on('stomp.sessionConnected', () => heard.push('came'));
  nest = await startNest({ imports: [StompModule.forRoot({ ...options, eventEmitter: emitter })] });
  await comeAndGo();
  expect(heard).toEqual(['came']);
});

it('does not start with an emitter that the application does not have', async () => {
  const imports = [StompModule.forRoot({ ...options, eventEmitter: EventEmitter2 })];
  await expect(startNest({ imports })).rejects.toThrow('could not find EventEmitter');
});
