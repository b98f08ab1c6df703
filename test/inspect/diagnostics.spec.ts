import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, type INestApplication } from '@nestjs/common';
import {
  MessageMapping,
  simpleBroker,
  SimpMessagingTemplate,
  StompModule,
  type StompDiagnostics,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';
import { SessionRig } from '../support/session-rig.js';
import { Diagnostics } from '../../lib/inspect/index.js';

@Controller()
class EchoController {
  @MessageMapping('/echo')
  echo(text: string): string {
    return text;
  }

  @MessageMapping('/fails')
  fails(): void {
    throw new Error('as it should');
  }
}

type Name = keyof StompDiagnostics;

describe('diagnostics channels', () => {
  const leave: (() => unknown)[] = [];
  let app: INestApplication | undefined;

  function listen<N extends Name>(name: N): StompDiagnostics[N][] {
    const seen: StompDiagnostics[N][] = [];
    const listener = (one: unknown): void => void seen.push(one as StompDiagnostics[N]);
    subscribe(name, listener);
    leave.push(() => unsubscribe(name, listener));
    return seen;
  }

  async function connect(options: StompModuleOptions = {}): Promise<StompTestClient> {
    const running = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [simpleBroker({ destinations: ['/topic'] })],
          ...options,
        }),
      ],
      controllers: [EchoController],
    });
    app = running.app;
    return StompTestClient.connect(app);
  }

  afterEach(async () => {
    await app?.close();
    app = undefined;
    for (const one of leave.splice(0)) one();
  });

  it('tell of sessions', async () => {
    const connected = listen('stomp:session:connected');
    const disconnected = listen('stomp:session:disconnected');
    const client = await connect();
    expect(connected).toMatchObject([{ instance: 'default', session: { version: '1.2' } }]);
    await client.disconnect();
    await app!.close();
    expect(disconnected).toMatchObject([{ closeCode: 1000, clean: true }]);
    expect(disconnected[0]!.session).toBe(connected[0]!.session);
  });

  it('tell of subscriptions', async () => {
    const stored = listen('stomp:subscription:stored');
    const removed = listen('stomp:subscription:removed');
    const client = await connect();
    await (await client.subscribe('/topic/a', { id: 'one' })).unsubscribe();
    expect(stored).toMatchObject([{ subscriptionId: 'one', destination: '/topic/a' }]);
    expect(removed).toMatchObject([{ subscriptionId: 'one', destination: '/topic/a' }]);
  });

  it('tell of a message on its way', async () => {
    const received = listen('stomp:message:received');
    const handled = listen('stomp:message:handled');
    const published = listen('stomp:message:published');
    const delivered = listen('stomp:message:delivered');
    const client = await connect();
    const echoes = await client.subscribe('/topic/echo', { id: '1' });
    client.send('/app/echo', 'x');
    await echoes.next();
    expect(received.map(({ message }) => message.headers.destination)).toEqual(['/app/echo']);
    expect(handled).toMatchObject([{ handler: 'EchoController.echo', error: undefined }]);
    expect(handled[0]!.message).toBe(received[0]!.message);
    expect(handled[0]!.durationMs).toBeGreaterThan(0);
    expect(published.map(({ message }) => message.headers.destination)).toEqual(['/topic/echo']);
    expect(delivered).toMatchObject([{ receivers: [{ subscriptionId: '1' }] }]);
  });

  it('tell as published of messages only; of those to users also as what they become', async () => {
    const published = listen('stomp:message:published');
    const client = await connect({
      authenticate: () => ({ name: 'ann' }),
      brokers: [simpleBroker({ destinations: ['/queue'] })],
    });
    const mail = await client.subscribe('/user/queue/mail');
    expect(published).toEqual([]);
    await client.sendAndWait('/user/ann/queue/mail', 'x');
    app!.get(SimpMessagingTemplate).convertAndSendToUser('ann', '/queue/mail', 'y');
    await mail.take(2);
    await mail.unsubscribe();
    const resolved = expect.stringMatching(/^\/queue\/mail-user/);
    expect(published.map(({ message }) => message.headers.destination).sort()).toEqual([
      resolved,
      resolved,
      '/user/ann/queue/mail',
    ]);
  });

  it('tell of every call while somebody listens, and what it failed with', async () => {
    const handled = listen('stomp:message:handled');
    const client = await connect();
    for (let i = 0; i < 5; i++) client.send('/app/fails', 'x');
    await client.sendAndWait('/topic/a');
    const errors = handled.map(({ error }) => (error as Error).message);
    expect(errors).toEqual(Array.from({ length: 5 }, () => 'as it should'));
  });

  it('tell of deliveries one by one where an interceptor looks at them', async () => {
    const delivered = listen('stomp:message:delivered');
    const client = await connect({
      clientOutboundChannel: { interceptors: [{ preSend: (one) => one }] },
    });
    const one = await client.subscribe('/topic/a', { id: 'one' });
    const two = await client.subscribe('/topic/a', { id: 'two' });
    app!.get(SimpMessagingTemplate).convertAndSend('/topic/a', 'x');
    await Promise.all([one.next(), two.next()]);
    const ids = delivered.map(({ receivers }) => receivers.map((one) => one.subscriptionId));
    expect(ids).toEqual([['one'], ['two']]);
  });

  it('tell of brokers that come and go', async () => {
    const availability = listen('stomp:broker:availability');
    await connect({ name: 'second' });
    await app!.close();
    expect(availability).toMatchObject([
      { instance: 'second', broker: 'simple', available: true },
      { instance: 'second', broker: 'simple', available: false },
    ]);
  });

  it('tell of clients that read too slowly', () => {
    const slow = listen('stomp:client:slow');
    const rig = new SessionRig();
    const { events, inbound, outbound } = rig;
    const diagnostics = new Diagnostics({
      name: undefined,
      events,
      inbound,
      outbound,
      brokerChannel: inbound,
    });
    diagnostics.start();
    rig.connect().listener.onSlow('drop-oldest', 4711);
    diagnostics.stop();
    rig.connect().listener.onSlow('drop-oldest', 4712);
    rig.stop();
    expect(slow).toMatchObject([{ policy: 'drop-oldest', bufferedBytes: 4711 }]);
  });
});
