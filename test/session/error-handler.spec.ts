import { jest } from '@jest/globals';
import { ForbiddenException, Logger } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { StompException } from '../../lib/exception/index.js';
import { Message, type StompHeaderAccessor } from '../../lib/message/index.js';
import { StompSubProtocolErrorHandler } from '../../lib/session/index.js';
import type { MemoryConnection } from '../support/memory-connection.js';
import { commandOf, SessionRig } from '../support/session-rig.js';
import { until } from '../support/until.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Marking extends StompSubProtocolErrorHandler {
  protected override handleInternal(accessor: StompHeaderAccessor): Message<Buffer> {
    accessor.setNativeHeader('x-handled', 'yes');
    return new Message(Buffer.from('handled'), accessor.getMessageHeaders());
  }
}

class Suppressing extends StompSubProtocolErrorHandler {
  readonly causes: (Error | undefined)[] = [];

  protected override handleInternal(
    _accessor: StompHeaderAccessor,
    _payload: Buffer,
    cause: Error | undefined,
  ): null {
    this.causes.push(cause);
    return null;
  }
}

class Failing extends StompSubProtocolErrorHandler {
  override handleClientMessageProcessingError(): never {
    throw new Error('handler is broken');
  }
}

describe('StompSubProtocolErrorHandler', () => {
  let rig: SessionRig;

  const start = (errorHandler: StompSubProtocolErrorHandler): SessionRig =>
    (rig = new SessionRig({ errorHandler }));

  afterEach(() => rig.stop());

  it("changes the ERROR frame of a client's mistake, which keeps message and receipt-id", () => {
    const client = start(new Marking()).connect();
    client.send('SEND', { receipt: 'r' });
    expect(client.frames.at(-1)).toMatchObject({
      headers: { 'x-handled': 'yes', 'receipt-id': 'r' },
      text: 'handled',
    });
    expect(client.frames.at(-1)!.headers.message).toContain('destination');
    expect(client.closed?.code).toBe(1002);
  });

  it('changes ERROR frames of the server and of brokers', () => {
    const client = start(new Marking()).connect();
    rig.server.closeSession(rig.contextOf(client).id, 1008, 'go', 'You have to go');
    expect(client.frames.at(-1)).toMatchObject({
      headers: { 'x-handled': 'yes', message: 'You have to go' },
      text: 'handled',
    });
    expect(client.closed).toEqual({ code: 1008, reason: 'go' });
  });

  it('suppresses an ERROR by null, and the session lives on', () => {
    const handler = new Suppressing();
    const client = start(handler).connect();
    client.send('SEND', { receipt: 'r' });
    client.send('SEND', { destination: '/topic/a', receipt: 'r2' });
    expect(client.frames.map((frame) => frame.command)).toEqual(['CONNECTED', 'RECEIPT']);
    expect(client.closed).toBeUndefined();
    expect(handler.causes[0]!.message).toContain('destination');
  });

  describe.each([
    [
      'at once',
      (error: Error): never => {
        throw error;
      },
    ],
    ['later', (error: Error) => Promise.reject(error)],
  ])('that suppresses what an interceptor refuses %s', (_when, refuse) => {
    const connected = (): MemoryConnection => {
      start(new Suppressing()).inbound.addInterceptors({
        preSend: (m) => (m.headers.native.has('refuse') ? refuse(new Error('no')) : m),
      });
      return rig.connect();
    };

    it('leaves the id of a SUBSCRIBE free', async () => {
      const client = connected();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a', refuse: 'yes' });
      await settle();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/b', receipt: 'r' });
      expect(client.frames.at(-1)!.headers['receipt-id']).toBe('r');
    });

    it('leaves the subscription of an UNSUBSCRIBE as it was', async () => {
      const client = connected();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('UNSUBSCRIBE', { id: '1', refuse: 'yes' });
      await settle();
      client.send('SEND', { destination: '/topic/a' });
      rig.flush();
      expect(client.framesOf('MESSAGE')).toHaveLength(1);
      client.send('UNSUBSCRIBE', { id: '1', receipt: 'r' });
      expect(client.frames.at(-1)!.headers['receipt-id']).toBe('r');
    });
  });

  it('keeps what subscribers saw, although one of them failed', () => {
    const client = start(new Suppressing()).connect();
    rig.broker.onMessage = (m) => {
      if (commandOf(m) === 'UNSUBSCRIBE') throw new Error('broken');
    };
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    client.send('UNSUBSCRIBE', { id: '1' });
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a', receipt: 'r' });
    expect(client.frames.at(-1)!.headers['receipt-id']).toBe('r');
  });

  it('suppresses octets that are no frame, and reads what comes in the next chunk', () => {
    const client = start(new Suppressing()).connect();
    client.sendOctets('SEND\nbroken\n\nx\0');
    client.send('SEND', { destination: '/topic/a', receipt: 'r' });
    expect(client.frames.at(-1)!.command).toBe('RECEIPT');
  });

  it('lets a client whose CONNECT error was suppressed try again', () => {
    const client = start(new Suppressing()).open();
    client.send('CONNECT', { 'accept-version': '9' });
    client.send('CONNECT', { 'accept-version': '1.2' });
    expect(client.frames.map((frame) => frame.command)).toEqual(['CONNECTED']);
  });

  it('is told once of a frame that was refused asynchronously', async () => {
    const handler = new Suppressing();
    start(handler).inbound.addInterceptors({
      preSend: (m) =>
        commandOf(m) === 'SEND' ? Promise.reject(new Error('later')) : Promise.resolve(m),
    });
    const client = rig.connect();
    client.send('SEND', { destination: '/topic/a' });
    await until(() => rig.server.inFlight === 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(handler.causes).toHaveLength(1);
  });

  it('is replaced by the default when it fails', () => {
    const client = start(new Failing()).connect();
    client.send('SEND', { receipt: 'r' });
    expect(client.frames.at(-1)!.headers).toMatchObject({ 'receipt-id': 'r' });
    expect(client.frames.at(-1)!.headers.message).toContain('destination');
  });

  it.each([
    ['a message later', (): any => Promise.resolve(null)],
    ['a rejection', (): any => Promise.reject(new Error('later'))],
    ['nothing', (): any => undefined],
  ])(
    'is replaced by the default when it answers with %s, and that is told',
    async (_what, answer) => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const handler = new StompSubProtocolErrorHandler();
      handler.handleClientMessageProcessingError = answer;
      const client = start(handler).connect();
      client.send('SEND', { receipt: 'r' });
      await new Promise((resolve) => setImmediate(resolve));
      expect(client.frames.at(-1)!.headers.message).toContain('destination');
      expect(warn.mock.calls[0]![0]).toContain('it has to return it at once');
      warn.mockRestore();
    },
  );

  describe('beside what the client reads', () => {
    afterEach(() => jest.restoreAllMocks());

    const logsOf = (thrown: Error): unknown[][] => {
      const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
      start(new StompSubProtocolErrorHandler());
      rig.broker.onMessage = (m) => {
        if (commandOf(m) === 'SEND') throw thrown;
      };
      rig.connect().send('SEND', { destination: '/topic/a' });
      return error.mock.calls;
    };

    it('logs an exception that is no refusal once, with its stack', () => {
      const thrown = new TypeError('x is not a function');
      const text = expect.stringContaining('TypeError: x is not a function');
      expect(logsOf(thrown)).toEqual([[text, thrown.stack]]);
    });

    it.each([
      new StompException('no', { code: 'NO' }),
      new ForbiddenException(),
      new WsException('no'),
      Object.assign(new Error('no'), { closeCode: 4001 }),
    ])('does not log %s as an error', (thrown) => {
      expect(logsOf(thrown)).toEqual([]);
    });
  });

  it('by default puts a text of several lines into one header, and the whole into the body', () => {
    start(new StompSubProtocolErrorHandler());
    rig.inbound.addInterceptors({
      preSend: (m) => {
        if (commandOf(m) === 'SEND') throw new Error('first\n  second');
        return m;
      },
    });
    const client = rig.connect({ 'accept-version': '1.0' });
    client.send('SEND', { destination: '/topic/a' });
    expect(client.frames.at(-1)!.headers.message).toBe('first second');
    expect(client.frames.at(-1)!.text).toContain('first\n  second');
  });

  it.each([
    ['a\r\n\r\nb', 'a b'],
    ['a \t\n \n  b\rc', 'a b c'],
    ['\n  a  b\n', 'a  b'],
  ])('by default makes one line of %j', (text, line) => {
    start(new StompSubProtocolErrorHandler());
    const client = rig.connect();
    rig.server.closeSession(rig.contextOf(client).id, 1008, 'go', text);
    expect(client.frames.at(-1)).toMatchObject({ headers: { message: line }, text });
  });

  it('by default shows the beginning of a long header of the frame that failed', () => {
    const client = start(new StompSubProtocolErrorHandler()).connect();
    client.send('SEND', { receipt: 'r'.repeat(1000) });
    expect(client.frames.at(-1)!.text).toMatch(/The frame: SEND receipt="r{100}…"$/);
  });

  it('by default never shows the headers of a CONNECT', () => {
    const client = start(new StompSubProtocolErrorHandler()).connect();
    client.send('CONNECT', { login: 'alice', passcode: 's3cret', authorization: 'Bearer x' });
    const error = client.batches.at(-1)!.frames[0]!.octets.toString();
    expect(error).not.toMatch(/s3cret|Bearer|alice/);
  });
});
