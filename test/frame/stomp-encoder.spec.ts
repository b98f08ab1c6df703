import {
  encodeFrame,
  encodeMessagePrefix,
  encodeMessageTail,
  encodeWholeFrame,
  HEARTBEAT,
  StompCommand,
  type StompVersion,
} from '../../lib/frame/index.js';

const encode = (
  command: StompCommand,
  headers: string[],
  body = '',
  version: StompVersion = '1.2',
): string => encodeFrame({ command, headers, body: Buffer.from(body) }, version).toString();

describe('encodeFrame', () => {
  it('writes command, headers, content-length, body and NUL', () => {
    expect(encode(StompCommand.MESSAGE, ['destination', '/a', 'k', 'v'], 'héé')).toBe(
      'MESSAGE\ndestination:/a\nk:v\ncontent-length:5\n\nhéé\0',
    );
  });

  it.each([StompCommand.SEND, StompCommand.MESSAGE, StompCommand.ERROR])(
    'writes content-length 0 in an empty %s',
    (command) => {
      expect(encode(command, [])).toBe(`${command}\ncontent-length:0\n\n\0`);
    },
  );

  it('writes neither content-length nor body in other commands', () => {
    expect(encode(StompCommand.RECEIPT, ['receipt-id', '1', 'content-length', '9'], 'x')).toBe(
      'RECEIPT\nreceipt-id:1\n\n\0',
    );
  });

  it('never writes the content-length of a caller', () => {
    expect(encode(StompCommand.SEND, ['content-length', '99', 'a', 'b'], 'x')).toBe(
      'SEND\na:b\ncontent-length:1\n\nx\0',
    );
  });

  it('keeps repeated headers in order', () => {
    expect(encode(StompCommand.RECEIPT, ['k', '1', 'j', '2', 'k', '3'])).toBe(
      'RECEIPT\nk:1\nj:2\nk:3\n\n\0',
    );
  });

  it('writes UTF-8 in headers', () => {
    expect(encode(StompCommand.RECEIPT, ['clé', 'ꙕ✓🎉'])).toBe('RECEIPT\nclé:ꙕ✓🎉\n\n\0');
  });

  it('writes bodies of any length, each into memory of its own', () => {
    const lengths = [0, 1, 2000, 2048, 4096, 16_000, 16_400, 70_000];
    const bodies = lengths.map((length) => Buffer.alloc(length, 'x'));
    const frames = [...bodies, ...bodies].map((body) =>
      encodeFrame({ command: StompCommand.SEND, headers: ['a', 'b'], body }, '1.2'),
    );
    frames.forEach((octets, i) => {
      const body = bodies[i % bodies.length]!;
      const text = `SEND\na:b\ncontent-length:${body.length}\n\n${body.toString()}\0`;
      expect(octets.equals(Buffer.from(text))).toBe(true);
    });
  });

  it('escapes in 1.2', () => {
    expect(encode(StompCommand.RECEIPT, ['a:\n', '\\c\r:\n\\'])).toBe(
      'RECEIPT\na\\c\\n:\\\\c\\r\\c\\n\\\\\n\n\0',
    );
  });

  it('leaves out the headers with carriage returns in 1.1, which cannot escape them', () => {
    const headers = ['a', 'x\r\ny:', 'desti\rnation', '/b', 'c', 'x\ny:'];
    expect(encode(StompCommand.RECEIPT, headers, '', '1.1')).toBe('RECEIPT\nc:x\\ny\\c\n\n\0');
  });

  it('leaves out the headers that 1.0 cannot hold', () => {
    const headers = ['a', 'x\ny', 'b:', 'x', 'c', 'x\r', 'd\n', 'x', 'e', 'a:\\c'];
    expect(encode(StompCommand.RECEIPT, headers, '', '1.0')).toBe('RECEIPT\ne:a:\\c\n\n\0');
  });

  it('does not escape CONNECT and CONNECTED, and lets no header into them through a line feed', () => {
    const headers = ['login', 'a:b\\n', 'user-name', 'x\nversion:9'];
    expect(encode(StompCommand.CONNECTED, headers)).toBe('CONNECTED\nlogin:a:b\\n\n\n\0');
    expect(encode(StompCommand.CONNECT, headers, '', '1.1')).toBe('CONNECT\nlogin:a:b\\n\n\n\0');
  });
});

describe('encodeWholeFrame', () => {
  const whole = (header: [string, string], version: StompVersion, command = StompCommand.SEND) =>
    encodeWholeFrame({ command, headers: header, body: Buffer.from('x') }, version).toString();

  it.each<[StompVersion, [string, string], string]>([
    ['1.2', ['a:\n', '\\c\r:'], 'a\\c\\n:\\\\c\\r\\c'],
    ['1.1', ['a:\n', '\\c:'], 'a\\c\\n:\\\\c\\c'],
    ['1.0', ['clé', '/a:b '], 'clé:/a:b '],
  ])('writes in %s what encodeFrame does', (version, header, line) => {
    expect(whole(header, version)).toBe(`SEND\n${line}\ncontent-length:1\n\nx\0`);
  });

  it.each<[StompVersion, [string, string]]>([
    ['1.2', ['a', 'x\0y']],
    ['1.2', ['a\0', 'x']],
    ['1.1', ['desti\rnation', '/a']],
    ['1.1', ['destination', '/a\rb']],
    ['1.1', ['a', '\0']],
    ['1.0', ['a', 'x\ny']],
    ['1.0', ['a', 'x\r']],
    ['1.0', ['a:b', 'x']],
    ['1.0', ['a', '/topic/a\\n']],
    ['1.0', ['a\\c', 'x']],
    ['1.0', ['a', '\0']],
  ])('refuses in %s what may be read otherwise: %j', (version, header) => {
    expect(() => whole(header, version)).toThrow(
      expect.objectContaining({
        code: 'STOMP_ERR_HEADER_UNWRITABLE',
        message: expect.stringContaining(JSON.stringify(header[0])),
      }),
    );
  });

  it('writes the backslashes of a passcode, and refuses what CONNECT cannot hold', () => {
    const connect = (value: string) => whole(['passcode', value], '1.2', StompCommand.CONNECT);
    expect(connect('a\\b')).toBe('CONNECT\npasscode:a\\b\n\n\0');
    for (const value of ['secret\n', 'secret\r', 'secret\0'])
      expect(() => connect(value)).toThrow(/^(?!.*secret).*"passcode"/);
  });
});

describe('encodeMessagePrefix and encodeMessageTail', () => {
  it('make one frame', () => {
    const tail = encodeMessageTail(
      ['message-id', '7', 'destination', '/a'],
      Buffer.from('x'),
      '1.2',
    );
    const prefix = encodeMessagePrefix('s:1', 'a1', true, '1.2');
    expect(Buffer.concat([prefix, tail]).toString()).toBe(
      'MESSAGE\nsubscription:s\\c1\nack:a1\nredelivered:true\nmessage-id:7\ndestination:/a\ncontent-length:1\n\nx\0',
    );
  });

  it('leave out what a receiver does not have', () => {
    expect(encodeMessagePrefix(undefined, undefined, false, '1.0').toString()).toBe('MESSAGE\n');
  });
});

describe('HEARTBEAT', () => {
  it('is one line feed', () => {
    expect(HEARTBEAT).toEqual(Buffer.from([0x0a]));
  });
});
