import { StompException } from '../../lib/exception/index.js';
import {
  StompDecoder,
  StompFrameException,
  type DecoderLimits,
  type StompVersion,
} from '../../lib/frame/index.js';

const CONNECT_LIMITS = { maxFrameBytes: 8192 };

interface Decoded {
  command: string;
  headers: string[];
  body: string;
}

class Reader {
  readonly frames: Decoded[] = [];
  heartbeats = 0;
  readonly decoder: StompDecoder;

  constructor(version: StompVersion = '1.2', limits: Partial<DecoderLimits> = {}) {
    this.decoder = new StompDecoder(limits, {
      onFrame: ({ command, headers, body }) =>
        this.frames.push({ command, headers, body: body.toString('latin1') }),
      onHeartbeat: () => this.heartbeats++,
    });
    this.decoder.version = version;
  }

  feed(...chunks: (string | Buffer)[]): this {
    for (const chunk of chunks)
      this.decoder.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return this;
  }

  failure(...chunks: (string | Buffer)[]): StompFrameException {
    try {
      this.feed(...chunks);
    } catch (error) {
      if (error instanceof StompFrameException) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  }
}

const decode = (octets: string | Buffer, version?: StompVersion): Decoded[] =>
  new Reader(version).feed(octets).frames;
const headersOf = (octets: string | Buffer, version?: StompVersion): string[] =>
  decode(octets, version)[0]!.headers;

describe('StompDecoder', () => {
  it('reads command, headers and body', () => {
    expect(decode('SEND\ndestination:/topic/a\nfoo:bar\n\nhello\0')).toEqual([
      { command: 'SEND', headers: ['destination', '/topic/a', 'foo', 'bar'], body: 'hello' },
    ]);
  });

  it('reads the commands of clients and of servers', () => {
    for (const command of ['STOMP', 'NACK', 'CONNECTED', 'MESSAGE', 'RECEIPT', 'ERROR'])
      expect(decode(`${command}\n\n\0`)[0]!.command).toBe(command);
  });

  it('keeps repeated headers in order', () => {
    expect(headersOf('SEND\nk:1\nj:2\nk:3\n\n\0')).toEqual(['k', '1', 'j', '2', 'k', '3']);
  });

  it('takes names and values as they are', () => {
    expect(headersOf('SEND\n k :  a \nempty:\nc:a:b:c\n\n\0')).toEqual([
      ' k ',
      '  a ',
      'empty',
      '',
      'c',
      'a:b:c',
    ]);
  });

  it('reads UTF-8 in names, values and destinations', () => {
    expect(headersOf('SEND\nclé:ꙕ✓\nplain:x\ngrüß:🎉\\n\n\nü\0')).toEqual([
      'clé',
      'ꙕ✓',
      'plain',
      'x',
      'grüß',
      '🎉\n',
    ]);
  });

  it('reads a head that is longer than a window of text', () => {
    const long = 'v'.repeat(1500);
    expect(headersOf(`SEND\na:1\nb:${long}\nc:2\n\n\0`)).toEqual(['a', '1', 'b', long, 'c', '2']);
    const many = Array.from({ length: 90 }, (_, i) => `header-${i}:${i}`);
    expect(headersOf(`SEND\n${many.join('\n')}\n\n\0`)).toEqual(
      many.flatMap((line) => line.split(':')),
    );
  });

  describe('escapes', () => {
    it('undoes those of 1.2 in names and values', () => {
      expect(headersOf('SEND\nf\\coo:a\\cb\\nc\\\\d\\re\n\n\0')).toEqual(['f:oo', 'a:b\nc\\d\re']);
    });

    it('undoes those of 1.1, without \\r', () => {
      expect(headersOf('SEND\nk:\\c\\n\\\\\n\n\0', '1.1')).toEqual(['k', ':\n\\']);
      expect(new Reader('1.1').failure('SEND\nk:\\r\n\n\0').code).toBe('STOMP_ERR_BAD_ESCAPE');
    });

    it('leaves everything as it is in 1.0', () => {
      expect(headersOf('SEND\nk:\\c\\t\\\n\n\0', '1.0')).toEqual(['k', '\\c\\t\\']);
    });

    it.each(['CONNECT', 'STOMP', 'CONNECTED'])('leaves %s as it is', (command) => {
      expect(headersOf(`${command}\npasscode:a\\b\\c\nlogin:a:b\n\n\0`)).toEqual([
        'passcode',
        'a\\b\\c',
        'login',
        'a:b',
      ]);
    });

    it.each(['a\\tb', 'a\\'])('refuses %s, with its place', (value) => {
      const { code, message } = new Reader().failure(`SEND\nfoo:${value}\n\n\0`);
      expect(code).toBe('STOMP_ERR_BAD_ESCAPE');
      expect(message).toBe(`Illegal escape sequence at index 1: ${value}`);
    });
  });

  describe('spaces around names and values', () => {
    const octets = 'SEND\n destination : /queue/foo \ncontent-length:\t3\n\na\0b\0';

    it('are no part of them in 1.0', () => {
      expect(decode(octets, '1.0')).toEqual([
        {
          command: 'SEND',
          headers: ['destination', '/queue/foo', 'content-length', '3'],
          body: 'a\0b',
        },
      ]);
    });

    it.each<StompVersion>(['1.1', '1.2'])('are kept in %s', (version) => {
      expect(headersOf('SEND\n a :  b \n\n\0', version)).toEqual([' a ', '  b ']);
    });

    it.each([[], ['accept-version: 1.0']])(
      'are no part of those of a CONNECT of 1.0: %s',
      (...more) => {
        const lines = ['CONNECT', ...more, 'login: joe', 'heart-beat: 0,0'];
        const headers = more.flatMap((line) => line.split(': '));
        expect(headersOf(`${lines.join('\n')}\n\n\0`)).toEqual([
          ...headers,
          ...['login', 'joe', 'heart-beat', '0,0'],
        ]);
      },
    );

    it('are kept in a CONNECT of other versions', () => {
      expect(headersOf('CONNECT\naccept-version:1.0,1.2\nlogin: joe\n\n\0')).toEqual([
        'accept-version',
        '1.0,1.2',
        'login',
        ' joe',
      ]);
    });

    it('are no name', () => {
      const { code } = new Reader('1.0').failure('SEND\n :a\n\n\0');
      expect(code).toBe('STOMP_ERR_BAD_HEADER');
    });
  });

  describe('line ends', () => {
    it.each<StompVersion>(['1.0', '1.1', '1.2'])('may be CR LF in %s', (version) => {
      expect(decode('SEND\r\nfoo:bar\r\n\r\nbo\r\ndy\0\r\n', version)).toEqual([
        { command: 'SEND', headers: ['foo', 'bar'], body: 'bo\r\ndy' },
      ]);
    });

    const bare = [
      'SEND\nfoo:a\rb\n\n\0',
      'SEND\nf\roo:a\n\n\0',
      'SEND\nfoo:a\r\r\n\n\0',
      '\rSEND\n\n\0',
    ];

    it.each<StompVersion>(['1.0', '1.1', '1.2'])('may not be a bare CR in %s', (version) => {
      for (const octets of bare) {
        const { code, message } = new Reader(version).failure(octets);
        expect(code).toBe('STOMP_ERR_BAD_LINE_END');
        expect(message).toBe("'\\r' must be followed by '\\n'");
      }
    });

    it('are not what a bare CR is where it is allowed, in 1.0 and 1.1', () => {
      const brokerSays = (version: StompVersion): Reader => {
        const reader = new Reader(version);
        reader.decoder.allowsBareCr = true;
        return reader;
      };
      for (const version of ['1.0', '1.1'] as const)
        expect(brokerSays(version).feed(bare[0]!).frames[0]!.headers).toEqual(['foo', 'a\rb']);
      expect(brokerSays('1.2').failure(bare[0]!).code).toBe('STOMP_ERR_BAD_LINE_END');
    });

    it('may stand between frames in any number', () => {
      expect(decode('\n\r\nSEND\n\n1\0\n\r\n\nSEND\n\n2\0\n')).toHaveLength(2);
    });

    it('alone are a heart-beat, one a chunk', () => {
      const reader = new Reader().feed('\n', '\r\n', '\n\n\n');
      expect(reader.heartbeats).toBe(3);
    });

    it('are no heart-beat behind, before or within a frame', () => {
      const reader = new Reader().feed('SEND\n\n1\0\n', '\nSEND\n\n2\0', 'SEND\n', '\n', 'x\0');
      expect(reader.heartbeats).toBe(0);
      expect(reader.frames).toHaveLength(3);
    });

    it('may be cut between CR and LF', () => {
      const reader = new Reader().feed('\r', '\n', 'SEND\r', '\na:b\r', '\n\r', '\nx\0\r', '\n');
      expect(reader.frames).toEqual([{ command: 'SEND', headers: ['a', 'b'], body: 'x' }]);
      expect(reader.heartbeats).toBe(2);
    });

    it('may be missing for a NUL between frames', () => {
      const reader = new Reader().feed('\0', 'SEND\n\n1\0\0SEND\n\n2\0');
      expect(reader.frames).toHaveLength(2);
      expect(reader.heartbeats).toBe(0);
    });
  });

  describe('body', () => {
    it('ends at the first NUL without content-length', () => {
      expect(decode('SEND\n\na\0SEND\n\nb\0').map(({ body }) => body)).toEqual(['a', 'b']);
    });

    it('holds NULs with content-length, which counts octets', () => {
      expect(decode('SEND\ncontent-length:3\n\na\0b\0')[0]!.body).toBe('a\0b');
      const body = Buffer.from('é✓😀');
      const [frame] = decode(
        Buffer.concat([Buffer.from('SEND\ncontent-length:9\n\n'), body, Buffer.alloc(1)]),
      );
      expect(frame!.body).toBe(body.toString('latin1'));
    });

    it('takes the first of several content-lengths', () => {
      expect(decode('SEND\ncontent-length:3\ncontent-length:1\n\na\0b\0')[0]!.body).toBe('a\0b');
    });

    it.each(['xyz', '-1', '', '1.5', '0x2'])('ends at the NUL with content-length %s', (length) => {
      expect(decode(`SEND\ncontent-length:${length}\n\nabc\0`)[0]!.body).toBe('abc');
    });

    it('waits for what content-length announced', () => {
      const reader = new Reader().feed('SEND\ncontent-length:6\n\nabc\0');
      expect(reader.frames).toHaveLength(0);
      expect(reader.feed('de\0').frames[0]!.body).toBe('abc\0de');
    });

    it('must be followed by a NUL', () => {
      const { code, message } = new Reader().failure('SEND\ncontent-length:3\n\nabcdef\0');
      expect(code).toBe('STOMP_ERR_BODY_NOT_TERMINATED');
      expect(message).toBe('Frame must be terminated with a null octet');
    });

    it('is refused on commands that have none', () => {
      const { code, message } = new Reader().failure('SUBSCRIBE\nid:1\nreceipt:r\n\nx');
      expect(code).toBe('STOMP_ERR_BODY_NOT_ALLOWED');
      expect(message).toBe('A SUBSCRIBE frame must not have a body');
      expect(new Reader().failure('CONNECT\ncontent-length:1\n\n').code).toBe(code);
    });

    it('may be announced as empty on commands that have none', () => {
      expect(decode('RECEIPT\ncontent-length:0\n\n\0')).toHaveLength(1);
    });

    it('that came in pieces does not change with the chunks it came in', () => {
      const chunk = Buffer.from('SEND\n\nabc');
      const frames: Buffer[] = [];
      const decoder = new StompDecoder(
        {},
        { onFrame: ({ body }) => frames.push(body), onHeartbeat: () => undefined },
      );
      decoder.feed(chunk);
      chunk.fill(0x78);
      const rest = Buffer.from('def\0');
      decoder.feed(rest);
      rest.fill(0x78);
      expect(frames[0]!.toString()).toBe('abcdef');
    });
  });

  describe('limits', () => {
    const limits = { maxFrameBytes: 40, maxHeaders: 2, maxHeaderLineBytes: 20 };
    const reader = (): Reader => new Reader('1.2', limits);
    const frame = (bodyLength: number): string => `SEND\na:b\n\n${'x'.repeat(bodyLength)}\0`;

    it('take a frame of exactly maxFrameBytes, in one chunk or many', () => {
      expect(frame(29)).toHaveLength(40);
      expect(reader().feed(frame(29)).frames).toHaveLength(1);
      expect(reader().feed(...frame(29)).frames).toHaveLength(1);
    });

    it('refuse one octet more, in one chunk or many', () => {
      expect(reader().failure(frame(30)).code).toBe('STOMP_ERR_FRAME_TOO_LARGE');
      expect(reader().failure(...frame(30)).code).toBe('STOMP_ERR_FRAME_TOO_LARGE');
    });

    it('refuse a body that never ends', () => {
      expect(reader().failure('SEND\n\n', 'x'.repeat(35)).code).toBe('STOMP_ERR_FRAME_TOO_LARGE');
    });

    it('refuse a content-length beyond them before the body comes', () => {
      const failure = reader().failure('SEND\ncontent-length:9999\n\n');
      expect(failure.code).toBe('STOMP_ERR_FRAME_TOO_LARGE');
      expect(failure.message).toBe('A frame may have at most 40 bytes: content-length is 9999');
      const huge = `SEND\ncontent-length:${'9'.repeat(400)}\n\n`;
      expect(new Reader().failure(huge).code).toBe(failure.code);
    });

    it('refuse a line that is too long, also one that never ends', () => {
      expect(reader().feed(`SEND\nk:${'v'.repeat(18)}\n\n\0`).frames).toHaveLength(1);
      for (const octets of [`SEND\nk:${'v'.repeat(19)}\n\n\0`, 'S'.repeat(21)]) {
        expect(reader().failure(octets).code).toBe('STOMP_ERR_HEADER_LINE_TOO_LONG');
        expect(reader().failure(...octets).code).toBe('STOMP_ERR_HEADER_LINE_TOO_LONG');
      }
    });

    it('refuse too many headers', () => {
      expect(reader().feed('SEND\na:1\na:2\n\n\0').frames).toHaveLength(1);
      expect(reader().failure('SEND\na:1\na:2\na:3\n').code).toBe('STOMP_ERR_TOO_MANY_HEADERS');
    });

    it('count a frame, not a chunk', () => {
      expect(reader().feed(frame(20).repeat(10)).frames).toHaveLength(10);
    });

    it('may change while a client is connected', () => {
      const reader = new Reader('1.2', CONNECT_LIMITS);
      reader.decoder.setLimits({ maxFrameBytes: 65_536 });
      expect(reader.feed(`SEND\n\n${'x'.repeat(60_000)}\0`).frames).toHaveLength(1);
      expect(new Reader('1.2', CONNECT_LIMITS).failure('x'.repeat(8192)).code).toBe(
        'STOMP_ERR_FRAME_TOO_LARGE',
      );
    });
  });

  describe('what is no frame', () => {
    it.each(['FOO', 'send', 'SEND ', ' SEND'])('refuses the command "%s"', (command) => {
      expect(new Reader().failure(`${command}\n`).code).toBe('STOMP_ERR_UNKNOWN_COMMAND');
    });

    it('waits for the end of a command', () => {
      expect(new Reader().feed('FOO').frames).toHaveLength(0);
    });

    it.each(['destination', ':value'])('refuses the header "%s"', (line) => {
      const { code, message } = new Reader().failure(`SEND\n${line}\n\nx\0`);
      expect(code).toBe('STOMP_ERR_BAD_HEADER');
      expect(message).toBe(
        `Illegal header: '${line}'. A header must be of the form <name>:[<value>].`,
      );
    });

    it('passes the frames in front of it on', () => {
      const reader = new Reader();
      reader.failure('SEND\n\n1\0SEND\n\n2\0SEND\nbroken\n\n3\0SEND\n\n4\0');
      expect(reader.frames.map(({ body }) => body)).toEqual(['1', '2']);
    });

    it('is nothing more to the decoder after it', () => {
      const reader = new Reader();
      reader.failure('SEND\nbroken\n');
      expect(reader.feed('SEND\n\n1\0', '\n').frames).toHaveLength(0);
      expect(reader.heartbeats).toBe(0);
    });

    it('is described by a StompException with the receipt that was asked', () => {
      const failure = new Reader().failure('SEND\nreceipt:r\\c1\nreceipt:r2\nbroken\n');
      expect(failure).toBeInstanceOf(StompException);
      expect(failure).toMatchObject({ receiptId: 'r:1', command: 'SEND', closeCode: 1002 });
      expect(new Reader().failure('SEND\nfoo:receipt\nbroken\n').receiptId).toBeUndefined();
    });

    it.each([
      'CONNECT\npasscode secret\n',
      'CONNECT\nsecret\n',
      'CONNECT\npasscode:secret\nsecret\n',
      'STOMP\npasscode:secret\rsecret\n',
      'CONNECT\npasscode:secret\n\nsecret\0',
      'SEND\npasscode:secret\\t\n\n\0',
      'SEND\nx-passcode secret\n',
      'passcode:secret\n',
      'login:guest,secret\n',
    ])('keeps a passcode to itself: %j', (octets) => {
      const failure = new Reader().failure(octets);
      expect(`${failure.message} ${failure.stack}`).not.toContain('secret');
      expect(JSON.stringify(failure)).not.toContain('secret');
    });

    it.each([
      'authorization',
      'x-auth-token',
      'Cookie',
      'user-password',
      'client_secret',
      'apikey',
    ])('keeps the header %s to itself', (name) => {
      for (const line of [`${name} Bearer 1234`, `${name}:Bearer 1234\\q`])
        expect(new Reader().failure(`SEND\n${line}\n\n\0`).message).not.toContain('1234');
    });

    it('is told in one line, without what a terminal obeys', () => {
      const hostile = '\u001b[31mred\u009b';
      for (const line of [hostile, `foo:\\q${hostile}`])
        expect(new Reader().failure(`SEND\n${line}x\n\n\0`).message).toContain(
          '\\u001b[31mred\\u009bx',
        );
    });

    it('is quoted in part only', () => {
      expect(new Reader().failure(`SEND\n${'x'.repeat(5000)}\n`).message.length).toBeLessThan(200);
    });
  });

  describe('its sink', () => {
    it('may change version and limits for the next frame of the same chunk', () => {
      const headers: string[][] = [];
      const decoder: StompDecoder = new StompDecoder(CONNECT_LIMITS, {
        onFrame: (frame) => {
          headers.push(frame.headers);
          decoder.version = '1.0';
          decoder.setLimits({ maxFrameBytes: 20_000 });
        },
        onHeartbeat: () => undefined,
      });
      decoder.feed(Buffer.from(`CONNECT\n\n\0SEND\na:\\c\n\n${'x'.repeat(10_000)}\0`));
      expect(headers).toEqual([[], ['a', '\\c']]);
    });

    it('may close the decoder: the rest of the chunk is ignored', () => {
      let frames = 0;
      const decoder: StompDecoder = new StompDecoder(
        {},
        {
          onFrame: () => {
            frames++;
            decoder.close();
          },
          onHeartbeat: () => undefined,
        },
      );
      decoder.feed(Buffer.from('SEND\n\n\0SEND\n\n\0broken\n'));
      expect(frames).toBe(1);
    });

    it('closes the decoder by throwing', () => {
      const decoder = new StompDecoder(
        {},
        {
          onFrame: () => {
            throw new Error('mine');
          },
          onHeartbeat: () => undefined,
        },
      );
      expect(() => decoder.feed(Buffer.from('SEND\n\n\0'))).toThrow('mine');
      expect(() => decoder.feed(Buffer.from('SEND\n\n\0'))).not.toThrow();
    });
  });
});
