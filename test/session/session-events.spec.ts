import { commandOf, SessionRig } from '../support/session-rig.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the events of a session', () => {
  let rig: SessionRig;

  beforeEach(() => (rig = new SessionRig()));

  afterEach(() => rig.stop());

  it('come once each and in order', () => {
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    client.send('UNSUBSCRIBE', { id: '1' });
    client.leave();
    expect(rig.eventTypes()).toEqual([
      'sessionConnect',
      'sessionConnected',
      'sessionSubscribe',
      'sessionUnsubscribe',
      'sessionDisconnect',
    ]);
  });

  it('name the subscription as the client wrote it', () => {
    const client = rig.connect({}, { user: { name: 'alice' } });
    client.send('SUBSCRIBE', { id: '1', destination: '/user/queue/a' });
    expect(rig.eventLog.at(-1)).toMatchObject({
      type: 'sessionSubscribe',
      subscriptionId: '1',
      destination: '/user/queue/a',
      user: { name: 'alice' },
    });
  });

  it('tell a subscription when it is stored, before its RECEIPT', async () => {
    let store!: () => void;
    const client = rig.connect();
    rig.broker.onMessage = () => new Promise<void>((resolve) => (store = resolve));
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a', receipt: 'r' });
    await settle();
    expect(rig.eventTypes()).not.toContain('sessionSubscribe');
    const receipts: number[] = [];
    rig.events.on('sessionSubscribe', () => receipts.push(client.framesOf('RECEIPT').length));
    store();
    await settle();
    expect(receipts).toEqual([0]);
    expect(client.framesOf('RECEIPT')).toHaveLength(1);
  });

  it('tell the end of a subscription behind its beginning, although it completed earlier', async () => {
    let store!: () => void;
    const client = rig.connect();
    rig.broker.onMessage = (message) => {
      if (commandOf(message) === 'SUBSCRIBE')
        return new Promise<void>((resolve) => (store = resolve));
    };
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    await settle();
    client.send('UNSUBSCRIBE', { id: '1' });
    await settle();
    store();
    await settle();
    expect(rig.eventTypes().slice(2)).toEqual(['sessionSubscribe', 'sessionUnsubscribe']);
  });

  it('tell no subscription of a session that has ended', async () => {
    let store!: () => void;
    const client = rig.connect();
    rig.broker.onMessage = (message) => {
      if (commandOf(message) === 'SUBSCRIBE')
        return new Promise<void>((resolve) => (store = resolve));
    };
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    await settle();
    client.leave();
    store();
    await settle();
    expect(rig.eventTypes().at(-1)).toBe('sessionDisconnect');
    expect(rig.eventTypes()).not.toContain('sessionSubscribe');
  });

  it('tell no subscription that was refused or dropped', () => {
    rig.inbound.addInterceptors({
      preSend: (m) => (m.headers.native.has('drop') ? null : m),
    });
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a', drop: 'yes' });
    client.send('SUBSCRIBE', { id: '1' });
    expect(rig.eventTypes()).not.toContain('sessionSubscribe');
  });

  it('tell a client that reads too slowly', () => {
    rig.connect().listener.onSlow('drop-oldest', 4711);
    expect(rig.eventLog.at(-1)).toMatchObject({
      type: 'slowClient',
      policy: 'drop-oldest',
      bufferedBytes: 4711,
    });
  });

  it('disturb nobody when a listener throws', () => {
    rig.events.on('sessionConnected', () => {
      throw new Error('listener');
    });
    expect(rig.connect().frames[0]!.command).toBe('CONNECTED');
  });
});
