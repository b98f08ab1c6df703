import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { ClientOutboundChannel, type RemoteUsersEvent } from '../../lib/channel/index.js';
import {
  Message,
  MessageHeaders,
  NativeHeaders,
  newHeaderFields,
  SimpMessageType,
} from '../../lib/message/index.js';
import {
  SimpUserRegistry,
  UserRegistryBroadcast,
  type ClusterChannel,
} from '../../lib/user/index.js';
import { Sessions } from './verbs.js';

const EXPIRY_MS = 1000;

/** A topic that all nodes are subscribed to. */
class Topic implements ClusterChannel {
  available = true;
  readonly said: string[] = [];
  /** Which messages get lost. */
  loses = (_body: string): boolean => false;
  private readonly listeners = new Set<(message: Message) => void>();

  publish(_destination: string, body: Buffer, headers: Readonly<Record<string, string>>): void {
    this.said.push(body.toString());
    if (this.loses(body.toString())) return;
    const native = new NativeHeaders(Object.entries(headers).flat());
    const fields = newHeaderFields(SimpMessageType.MESSAGE, native);
    for (const listener of this.listeners) listener(new Message(body, new MessageHeaders(fields)));
  }

  subscribe(_destination: string, listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** One server of an application. */
class Node {
  readonly sessions = new Sessions();
  readonly outbound = new ClientOutboundChannel();
  readonly registry = new SimpUserRegistry(this.sessions.events, this.outbound);
  readonly closed: string[] = [];
  readonly told: RemoteUsersEvent[] = [];
  private readonly broadcast: UserRegistryBroadcast;

  constructor(
    readonly name: string,
    channel: Topic,
    expiryMs = EXPIRY_MS,
  ) {
    this.outbound.subscribe({
      handleMessage: ({ headers }) =>
        void this.closed.push(`${headers.sessionId} ${String(headers.get('closeCode'))}`),
    });
    const { registry } = this;
    const { events } = this.sessions;
    events.on('remoteUsers', (event) => this.told.push(event));
    this.broadcast = new UserRegistryBroadcast({
      node: name,
      destination: '/topic/users',
      registry,
      events,
      channel,
      expiryMs,
    });
  }

  stop(): void {
    this.broadcast.stop();
  }
}

let topic: Topic;
let here: Node;
let there: Node;

beforeEach(() => {
  jest.useFakeTimers();
  topic = new Topic();
  here = new Node('here', topic);
  there = new Node('there', topic);
  jest.advanceTimersByTime(100);
});

afterEach(() => {
  for (const node of [here, there]) node.stop();
  jest.useRealTimers();
});

/** Until all nodes have told what they know. */
const settle = (): void => void jest.advanceTimersByTime(100);

describe('users of other nodes', () => {
  it('are known a moment after they came, and no longer when they went', () => {
    const bob = there.sessions.connect('s1', 'bob');
    settle();
    expect(here.registry.getUser('bob')?.sessions.size).toBe(1);
    there.sessions.disconnect(bob);
    settle();
    expect(here.registry.getUserCount()).toBe(0);
  });

  it('are told of by an event when the registry knows them', () => {
    const counts: number[] = [];
    here.sessions.events.on('remoteUsers', () => counts.push(here.registry.getUserCount()));
    there.sessions.connect('s1', 'bob');
    settle();
    expect(counts).toEqual([1]);
    expect(here.told.at(-1)).toEqual({ type: 'remoteUsers', node: 'there' });
  });

  it('make no event when a node says again what it said before', () => {
    there.sessions.connect('s1', 'bob');
    settle();
    const before = here.told.length;
    jest.advanceTimersByTime(10 * EXPIRY_MS);
    expect(here.told).toHaveLength(before);
    expect(here.registry.getUserCount()).toBe(1);
  });

  it('are forgotten when their node has said nothing for as long as it said', () => {
    there.sessions.connect('s1', 'bob');
    settle();
    const before = here.told.length;
    there.stop = () => undefined;
    topic.available = false;
    jest.advanceTimersByTime(EXPIRY_MS);
    expect(here.registry.getUserCount()).toBe(0);
    expect(here.told).toHaveLength(before + 1);
  });

  it('are known all the time although this process stood still for longer', async () => {
    jest.useRealTimers();
    const expiryMs = 200;
    const said = { node: 'x', expiryMs, users: [{ name: 'bob', sessions: [] }] };
    const own = new Topic();
    const say = (): void =>
      own.publish('/topic/users', Buffer.from(JSON.stringify(said)), { 'stomp-node': 'x' });
    const slow = new Node('slow', own, expiryMs);
    say();
    const { port1, port2 } = new MessageChannel();
    port1.on('message', say);
    // Behind it come the timers that are due, and only then what is to be read.
    setImmediate(() => {
      port2.postMessage('what came meanwhile');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * expiryMs);
    });
    await once(port1, 'message');
    await new Promise((resolve) => setImmediate(resolve));
    port1.close();
    slow.stop();
    expect(slow.told).toEqual([{ type: 'remoteUsers', node: 'x' }]);
    expect(slow.registry.getUserCount()).toBe(1);
  });

  it('are forgotten at once when their node says that it stops', () => {
    there.sessions.connect('s1', 'bob');
    settle();
    there.stop();
    expect(here.registry.getUserCount()).toBe(0);
  });

  it.each(['{', '[]', 'null', '{"node":"x"}', '{"node":"x","users":[{}]}', '{"close":{"code":1}}'])(
    'are not what %s says',
    (text) => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      topic.publish('/topic/users', Buffer.from(text), { 'stomp-node': 'x' });
      expect(here.registry.getUserCount()).toBe(0);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('is no list of users'));
      warn.mockRestore();
    },
  );
});

describe('a long list of users of another node', () => {
  const LONG = 1000;
  const COUNT = 300;
  const settleAll = (): Promise<void> => jest.advanceTimersByTimeAsync(EXPIRY_MS / 2);
  const destination = (n: number): string => `/topic/${String(n).padEnd(LONG, 'x')}`;
  const destinationsOf = (name: string): string[] =>
    here.registry
      .findSubscriptions(({ session }) => session.user.name === name)
      .map((one) => one.destination);

  function subscribeToMany(name: string): void {
    const session = there.sessions.connect(name, name);
    for (let n = 0; n < COUNT; n++) there.sessions.subscribe(session, String(n), destination(n));
  }

  beforeEach(async () => {
    subscribeToMany('ann');
    await settleAll();
  });

  it('goes in parts that every broker takes, and is one event', () => {
    expect(destinationsOf('ann')).toEqual(Array.from({ length: COUNT }, (_, n) => destination(n)));
    expect(here.registry.getUser('ann')!.sessions.size).toBe(1);
    expect(Math.max(...topic.said.map((one) => one.length))).toBeLessThan(128 * 1024);
    const events = here.told.length;
    return settleAll().then(() => expect(here.told).toHaveLength(events));
  });

  it('is as it was before while a part of the next one is missing', async () => {
    subscribeToMany('bob');
    topic.loses = (body) => body.includes(destination(200)) && body.includes('"bob"');
    await settleAll();
    expect([destinationsOf('ann').length, destinationsOf('bob').length]).toEqual([COUNT, 0]);
    topic.loses = () => false;
    await settleAll();
    expect([destinationsOf('ann').length, destinationsOf('bob').length]).toEqual([COUNT, COUNT]);
  });

  it('is over when the node stops while it tells', async () => {
    there.sessions.connect('bob', 'bob');
    jest.advanceTimersByTime(EXPIRY_MS / 2);
    there.stop();
    await settleAll();
    expect(here.registry.getUserCount()).toBe(0);
  });

  it('is forgotten with its node', async () => {
    topic.available = false;
    await jest.advanceTimersByTimeAsync(EXPIRY_MS);
    expect(here.registry.getUserCount()).toBe(0);
  });
});

describe('what is long', () => {
  const subscriptions = (name: string): [id: string | undefined, destination: string][] =>
    here.registry
      .findSubscriptions(({ session }) => session.user.name === name)
      .map(({ id, destination }) => [id, destination]);

  it('stays on its node when it is the id of a subscription', () => {
    const ann = there.sessions.connect('s1', 'ann');
    there.sessions.subscribe(ann, 'x'.repeat(129), '/topic/a');
    there.sessions.subscribe(ann, 'x'.repeat(128), '/topic/b');
    settle();
    expect(subscriptions('ann')).toEqual([
      [undefined, '/topic/a'],
      ['x'.repeat(128), '/topic/b'],
    ]);
  });

  it('stays on its node when it is a name or a destination, which the log says', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const long = 'x'.repeat(16_385);
    there.sessions.connect('s1', long);
    const ann = there.sessions.connect('s2', 'ann');
    there.sessions.subscribe(ann, '1', long);
    there.sessions.subscribe(ann, '2', '/topic/b');
    settle();
    expect(here.registry.getUserCount()).toBe(1);
    expect(subscriptions('ann')).toEqual([['2', '/topic/b']]);
    jest.advanceTimersByTime(EXPIRY_MS);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain('16385 characters');
    warn.mockRestore();
  });
});

describe('closing sessions of other nodes', () => {
  beforeEach(() => {
    here.sessions.connect('h1', 'ann');
    there.sessions.connect('t1', 'ann');
    there.sessions.connect('t2', 'ann');
    there.sessions.connect('t3', 'bob');
    settle();
  });

  it('closes all sessions of a user, on every node', () => {
    expect(here.registry.disconnect('ann', { code: 4001, reason: 'Signed out' })).toBe(3);
    expect(here.closed).toEqual(['h1 4001']);
    expect(there.closed).toEqual(['t1 4001', 't2 4001']);
  });

  it('takes the user that the registry gives', () => {
    expect(here.registry.disconnect(here.registry.getUser('bob')!)).toBe(1);
    expect(there.closed).toEqual(['t3 1000']);
  });

  it('closes one session by its id, and by what the registry gives', () => {
    expect(here.registry.closeSession('t1', { code: 4002 })).toBe(true);
    const [bobs] = here.registry.getUser('bob')!.sessions;
    expect(here.registry.disconnect(bobs!)).toBe(1);
    expect(there.closed).toEqual(['t1 4002', 't3 1000']);
    expect(here.closed).toEqual([]);
  });

  it('reaches a session that has not been told yet', () => {
    there.sessions.connect('t4', 'carol');
    expect(here.registry.disconnect('carol')).toBe(0);
    expect(there.closed).toEqual(['t4 1000']);
  });

  it('asks nobody for a session that no node has', () => {
    const before = topic.said.length;
    expect(here.registry.closeSession('nobody')).toBe(false);
    expect(topic.said).toHaveLength(before);
  });

  it('counts the sessions of this node only while the others cannot be asked', () => {
    topic.available = false;
    expect(here.registry.disconnect('ann')).toBe(1);
    expect(here.registry.closeSession('t1')).toBe(false);
    expect(there.closed).toEqual([]);
  });

  it('refuses a close code that may not be sent, before anybody is asked', () => {
    const before = topic.said.length;
    expect(() => here.registry.disconnect('ann', { code: 1006 })).toThrow(
      'no WebSocket close code',
    );
    expect(topic.said).toHaveLength(before);
  });
});

it.each([NaN, 0, Infinity, 2 ** 31])('refuses an expiry of %p', (expiryMs) => {
  expect(() => new Node('third', topic, expiryMs)).toThrow('Option "userRegistryExpiryMs" must be');
});
