import { ClientOutboundChannel } from '../../lib/channel/index.js';
import { SimpMessageType, type Message } from '../../lib/message/index.js';
import { SimpUserRegistry } from '../../lib/user/index.js';
import { Sessions } from './verbs.js';

let sessions: Sessions;
let outbound: ClientOutboundChannel;
let sent: Message[];
let registry: SimpUserRegistry;

beforeEach(() => {
  sessions = new Sessions();
  outbound = new ClientOutboundChannel();
  sent = [];
  outbound.subscribe({ handleMessage: (message) => void sent.push(message) });
  registry = new SimpUserRegistry(sessions.events, outbound);
});

describe('users and sessions', () => {
  it('gathers the sessions of a user', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    sessions.connect('s3', 'bob');
    expect(registry.getUserCount()).toBe(2);
    expect(registry.getUsers().map(({ name }) => name)).toEqual(['ann', 'bob']);
    const ann = registry.getUser('ann')!;
    expect([...ann.sessions].map(({ id }) => id)).toEqual(['s1', 's2']);
    expect(ann.principal).toEqual({ name: 'ann' });
    expect(ann.getSession('s2')?.user).toBe(ann);
    expect(ann.getSession('s3')).toBeUndefined();
  });

  it('forgets a user with the last session', () => {
    const [first, second] = [sessions.connect('s1', 'ann'), sessions.connect('s2', 'ann')];
    const ann = registry.getUser('ann')!;
    sessions.disconnect(first);
    expect(registry.getUser('ann')).toBe(ann);
    expect(ann.getSession('s1')).toBeUndefined();
    sessions.disconnect(second);
    expect(registry.getUser('ann')).toBeUndefined();
    expect(ann.hasSessions()).toBe(false);
    expect(registry.getSessionCount()).toBe(0);
  });

  it('knows a user by the name for destinations', () => {
    sessions.connect('s1', { name: 'Ann', destinationUserName: 'ann-7' });
    expect(registry.getUser('ann-7')?.principal?.name).toBe('Ann');
    expect(registry.getUser('Ann')).toBeUndefined();
  });

  it('counts anonymous sessions, which are no users', () => {
    sessions.connect('s1', 'ann');
    const nobody = sessions.connect('s2');
    expect(registry.getUserCount()).toBe(1);
    expect(registry.getSessionCount()).toBe(2);
    expect(registry.getAnonymousSessionCount()).toBe(1);
    expect(registry.getAnonymousSessions().map(({ id }) => id)).toEqual(['s2']);
    expect(registry.getSession('s2')?.user).toBeUndefined();
    sessions.disconnect(nobody);
    expect(registry.getAnonymousSessionCount()).toBe(0);
  });

  it('ignores the end of a session that never connected', () => {
    const ann = sessions.connect('s1', 'ann');
    sessions.disconnect({ ...ann, id: 'other' });
    expect(registry.getSessionCount()).toBe(1);
  });
});

describe('subscriptions', () => {
  it('are found as the client made them until they end', () => {
    const ann = sessions.connect('s1', 'ann');
    const bob = sessions.connect('s2', 'bob');
    sessions.subscribe(ann, '1', '/user/queue/x');
    sessions.subscribe(ann, '2', '/topic/x');
    sessions.subscribe(bob, '2', '/topic/x');
    const found = (): string[] =>
      registry
        .findSubscriptions(({ destination }) => destination === '/topic/x')
        .map(({ id, session }) => `${session.user.name}:${id}`);
    expect(found()).toEqual(['ann:2', 'bob:2']);
    expect([...registry.getSession('s1')!.subscriptions].map((one) => one.destination)).toEqual([
      '/user/queue/x',
      '/topic/x',
    ]);
    sessions.unsubscribe(ann, '2', '/topic/x');
    expect(found()).toEqual(['bob:2']);
    sessions.disconnect(bob);
    expect(found()).toEqual([]);
  });

  it('without an id are known by their destination', () => {
    const ann = sessions.connect('s1', 'ann');
    sessions.subscribe(ann, undefined, '/topic/x');
    sessions.subscribe(ann, undefined, '/topic/y');
    sessions.unsubscribe(ann, undefined, '/topic/y');
    expect(registry.findSubscriptions(() => true).map((one) => one.destination)).toEqual([
      '/topic/x',
    ]);
  });

  it('of anonymous sessions belong to nobody', () => {
    sessions.subscribe(sessions.connect('s1'), '1', '/topic/x');
    expect(registry.findSubscriptions(() => true)).toEqual([]);
    expect(registry.getSession('s1')!.subscriptions.size).toBe(1);
  });
});

describe('closing', () => {
  it('closes every session of a user with code and reason', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    sessions.connect('s3', 'bob');
    expect(registry.disconnect('ann', { code: 4001, reason: 'logged out' })).toBe(2);
    expect(
      sent.map(({ headers }) => [
        headers.messageType,
        headers.sessionId,
        headers.get('closeCode'),
        headers.get('closeReason'),
      ]),
    ).toEqual([
      [SimpMessageType.DISCONNECT_ACK, 's1', 4001, 'logged out'],
      [SimpMessageType.DISCONNECT_ACK, 's2', 4001, 'logged out'],
    ]);
  });

  it('closes one session, of a user or anonymous', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2');
    expect(registry.disconnect(registry.getSession('s1')!)).toBe(1);
    expect(registry.closeSession('s2')).toBe(true);
    expect(sent.map(({ headers }) => [headers.sessionId, headers.get('closeCode')])).toEqual([
      ['s1', 1000],
      ['s2', 1000],
    ]);
  });

  it('says when there is nobody to close', () => {
    expect(registry.disconnect('nobody')).toBe(0);
    expect(registry.closeSession('none')).toBe(false);
    expect(sent).toEqual([]);
  });

  it.each([0, 999, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN])(
    'refuses close code %p',
    (code) => {
      sessions.connect('s1', 'ann');
      expect(() => registry.closeSession('s1', { code })).toThrow('close code');
    },
  );

  it('refuses a reason that no close frame can hold', () => {
    sessions.connect('s1', 'ann');
    expect(() => registry.closeSession('s1', { reason: 'é'.repeat(62) })).toThrow('123 octets');
  });
});
