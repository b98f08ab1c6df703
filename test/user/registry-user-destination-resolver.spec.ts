import { ClientOutboundChannel } from '../../lib/channel/index.js';
import { StompException } from '../../lib/exception/index.js';
import {
  encodeUserName,
  SimpMessageType,
  type Message,
  type SessionContext,
} from '../../lib/message/index.js';
import { RegistryUserDestinationResolver, SimpUserRegistry } from '../../lib/user/index.js';
import { fromClient, session, Sessions } from './verbs.js';

const { MESSAGE, SUBSCRIBE, UNSUBSCRIBE, CONNECT } = SimpMessageType;

let sessions: Sessions;
let registry: SimpUserRegistry;
let resolver: RegistryUserDestinationResolver;

beforeEach(() => {
  sessions = new Sessions();
  registry = new SimpUserRegistry(sessions.events, new ClientOutboundChannel());
  resolver = new RegistryUserDestinationResolver(registry);
});

const targets = (message: Message): string[] | undefined =>
  resolver.resolveDestination(message)?.targets.map(({ destination }) => destination);
const sentTo = (destination: string, sessionId?: string): string[] | undefined => {
  const message = fromClient(MESSAGE, session('none'), destination);
  message.headers.fields.session = undefined;
  message.headers.fields.sessionId = sessionId;
  return targets(message);
};

describe('a subscription', () => {
  it('becomes one of its own session', () => {
    const ann = sessions.connect('s1', 'ann');
    const message = fromClient(SUBSCRIBE, ann, '/user/queue/a/b');
    expect(resolver.resolveDestination(message)).toEqual({
      sourceDestination: '/user/queue/a/b',
      subscribeDestination: '/user/queue/a/b',
      user: 'ann',
      targets: [{ destination: '/queue/a/b-users1', sessionId: 's1' }],
    });
    expect(targets(fromClient(UNSUBSCRIBE, ann, '/user/queue/a'))).toEqual(['/queue/a-users1']);
  });

  it('of an anonymous session works as well', () => {
    expect(targets(fromClient(SUBSCRIBE, session('s1'), '/user/queue/a'))).toEqual([
      '/queue/a-users1',
    ]);
  });

  it("to another user's queue is one of its own session", () => {
    sessions.connect('s2', 'bob');
    const ann = sessions.connect('s1', 'ann');
    expect(targets(fromClient(SUBSCRIBE, ann, '/user/bob/queue/x'))).toEqual([
      '/bob/queue/x-users1',
    ]);
  });

  it('is refused for a user whose name could not be addressed', () => {
    const odd = session('s1', 'a%2Fb');
    expect(() => targets(fromClient(SUBSCRIBE, odd, '/user/queue/a'))).toThrow(
      'Invalid sequence "%2F" in user name: "a%2Fb"',
    );
  });
});

describe('a message to a user', () => {
  it('goes to all sessions of the user', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    expect(sentTo('/user/ann/queue/x')).toEqual(['/queue/x-users1', '/queue/x-users2']);
  });

  it('shows the destination that clients subscribe to', () => {
    sessions.connect('s1', 'ann');
    const message = fromClient(MESSAGE, session('s9', 'bob'), '/user/ann/queue/x');
    expect(resolver.resolveDestination(message)?.subscribeDestination).toBe('/user/queue/x');
  });

  it('goes only to the session it comes from when that is one of the user', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    expect(sentTo('/user/ann/queue/x', 's2')).toEqual(['/queue/x-users2']);
  });

  it('of the application goes to the session it names, or to none', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'bob');
    expect(sentTo('/user/ann/queue/x', 's2')).toEqual([]);
    expect(sentTo('/user/ann/queue/x', 'gone')).toEqual([]);
  });

  it('of a client goes to all sessions of another user', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    const message = fromClient(MESSAGE, session('s3', 'bob'), '/user/ann/queue/x');
    expect(targets(message)).toEqual(['/queue/x-users1', '/queue/x-users2']);
  });

  it('goes to a session named by its own id, anonymous or not', () => {
    expect(sentTo('/user/s7/queue/x', 's7')).toEqual(['/queue/x-users7']);
  });

  it("does not reach another session by that session's id", () => {
    sessions.connect('s7');
    expect(sentTo('/user/s7/queue/x', 's8')).toEqual([]);
    expect(sentTo('/user/s7/queue/x')).toEqual([]);
  });

  it('has no target when the user is not there', () => {
    expect(sentTo('/user/nobody/queue/x')).toEqual([]);
  });

  it('is refused without a destination behind the name', () => {
    expect(() => sentTo('/user/ann')).toThrow(
      'Expected destination pattern "/user/{user}/**", not "/user/ann"',
    );
  });

  it.each([
    'a/b',
    'ann@example.org',
    'Ännchen',
    'a b+c',
    'a.b-user',
    '100%',
    'a\nb:c\\',
    '__proto__',
    '*',
    '%2f',
  ])('reaches a user named %p', (name) => {
    sessions.connect('s1', name);
    sessions.connect('s2', 'other');
    expect(sentTo(`/user/${encodeUserName(name)}/queue/x`)).toEqual(['/queue/x-users1']);
  });

  it('does not multiply through user destinations inside user destinations', () => {
    for (let i = 0; i < 5; i++) sessions.connect(`s${i}`, 'ann');
    expect(() => sentTo(`${'/user/ann'.repeat(20)}/queue/x`)).toThrow(StompException);
    expect(() =>
      targets(fromClient(SUBSCRIBE, session('s1', 'ann'), '/user/user/queue/x')),
    ).toThrow('A user destination inside a user destination');
  });
});

it('leaves other messages and destinations alone', () => {
  const ann: SessionContext = sessions.connect('s1', 'ann');
  expect(targets(fromClient(MESSAGE, ann, '/topic/user/x'))).toBeUndefined();
  expect(targets(fromClient(MESSAGE, ann, '/users/ann/x'))).toBeUndefined();
  expect(targets(fromClient(CONNECT, ann))).toBeUndefined();
});

it('follows a configured prefix', () => {
  sessions.connect('s1', 'ann');
  resolver = new RegistryUserDestinationResolver(registry, { userDestinationPrefix: '/people' });
  expect(sentTo('/people/ann/queue/x')).toEqual(['/queue/x-users1']);
  expect(sentTo('/user/ann/queue/x')).toBeUndefined();
});

it('drops the leading slash for brokers whose destinations have none', () => {
  sessions.connect('s1', 'ann');
  resolver = new RegistryUserDestinationResolver(registry, { removeLeadingSlash: true });
  expect(sentTo('/user/ann/queue.x')).toEqual(['queue.x-users1']);
});

it('lets a subclass name the targets', () => {
  class Exchange extends RegistryUserDestinationResolver {
    protected override targetDestination(actual: string, sessionId: string): string {
      return `/exchange/amq.direct/${actual.slice(7)}.${sessionId}`;
    }
  }
  sessions.connect('s1', 'ann');
  resolver = new Exchange(registry);
  expect(sentTo('/user/ann/queue/x')).toEqual(['/exchange/amq.direct/x.s1']);
});

it('does not begin without a registry, as a class that has no constructor', () => {
  class Ours extends RegistryUserDestinationResolver {}
  const make = Ours as unknown as new () => Ours;
  expect(() => new make()).toThrow(/Ours got no registry: .*@Inject\(SimpUserRegistry\)/);
});
