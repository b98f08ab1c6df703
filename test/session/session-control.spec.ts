import { SessionRig } from '../support/session-rig.js';

describe('SessionControl', () => {
  let rig: SessionRig;

  beforeEach(() => (rig = new SessionRig()));

  afterEach(() => rig.stop());

  it('closes a session behind what was written to it', () => {
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    client.send('SEND', { destination: '/topic/a' }, 'last');
    expect(rig.server.closeSession(rig.contextOf(client).id, 4001, 'logged out')).toBe(true);
    expect(client.framesOf('MESSAGE')).toHaveLength(1);
    expect(client.closed).toEqual({ code: 4001, reason: 'logged out' });
  });

  it('cuts a reason that a close frame cannot hold, not inside of a character', () => {
    const client = rig.connect();
    rig.server.closeSession(rig.contextOf(client).id, 4001, 'é'.repeat(100));
    expect(client.closed!.reason).toBe('é'.repeat(61));
  });

  it('says that there is no such session', async () => {
    const { server } = rig;
    expect(server.closeSession('x', 1000, '')).toBe(false);
    expect(server.renewUser('x', { name: 'a' })).toBe(false);
    expect(await server.endSubscription('x', '1')).toBe(false);
  });

  it('renews a user, but never to another name', () => {
    const client = rig.connect({}, { user: { name: 'alice' } });
    const { id } = rig.contextOf(client);
    expect(rig.server.renewUser(id, { name: 'alice', roles: ['admin'] })).toBe(true);
    expect(() => rig.server.renewUser(id, { name: 'bob' })).toThrow('belongs to "alice"');
    expect(rig.contextOf(client).user).toEqual({ name: 'alice', roles: ['admin'] });
  });

  it('does not give an anonymous session a user', () => {
    const { id } = rig.contextOf(rig.connect());
    expect(() => rig.server.renewUser(id, { name: 'bob' })).toThrow('belongs to nobody');
  });

  it('ends a subscription, which the client may still end itself', async () => {
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    expect(await rig.server.endSubscription(rig.contextOf(client).id, '1')).toBe(true);
    client.send('SEND', { destination: '/topic/a' });
    client.send('UNSUBSCRIBE', { id: '1', receipt: 'r' });
    rig.flush();
    expect(client.frames.slice(1).map((frame) => frame.command)).toEqual(['RECEIPT']);
    expect(rig.eventTypes().filter((type) => type === 'sessionUnsubscribe')).toHaveLength(1);
  });

  it('sends nothing more to a subscription that it ended', async () => {
    const client = rig.connect();
    const { id } = rig.contextOf(client);
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    await rig.server.endSubscription(id, '1');
    expect(await rig.server.endSubscription(id, '1')).toBe(false);
    expect(rig.broker.subscriptionCount).toBe(0);
  });
});
