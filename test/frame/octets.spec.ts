import { jest } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeFrame,
  encodeMessagePrefix,
  encodeMessageTail,
  messageTailText,
  plainTailText,
  StompCommand,
  StompDecoder,
  StompFrameException,
  type DecoderLimits,
  type StompFrame,
  type StompVersion,
} from '../../lib/frame/index.js';

/** How often octets that are no frames are tried; a long run has a million. */
const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);
const LIMITS: DecoderLimits = { maxFrameBytes: 300, maxHeaders: 8, maxHeaderLineBytes: 90 };

interface Outcome {
  frames: unknown[];
  error: string | undefined;
}

/** Feeds chunks, checking after each that no more is held than may be. */
function decode(chunks: Buffer[], version: StompVersion, limits = LIMITS): Outcome {
  const frames: unknown[] = [];
  const decoder = new StompDecoder(limits, {
    onFrame: ({ command, headers, body }) =>
      frames.push({ command, headers, body: Buffer.from(body) }),
    onHeartbeat: () => undefined,
  });
  decoder.version = version;
  try {
    for (const chunk of chunks) {
      decoder.feed(chunk);
      if (decoder.heldBytes > limits.maxFrameBytes) throw new Error('holds too much');
    }
  } catch (error) {
    if (!(error instanceof StompFrameException)) throw error;
    return { frames, error: error.code };
  }
  return { frames, error: undefined };
}

function cut(octets: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((place) => place % (octets.length + 1)).sort((a, b) => a - b);
  return [0, ...ends].map((from, i) =>
    Buffer.from(octets.subarray(from, ends[i] ?? octets.length)),
  );
}

const version = fc.constantFrom<StompVersion>('1.0', '1.1', '1.2');
const places = fc.array(fc.nat(), { maxLength: 12 });
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('\\', '\n', '\r', ':', 'n', 'c', 'r', 'é', '🎉'),
    maxLength: 8,
  }),
);
const header = fc.tuple(
  text.filter((name) => name !== '' && name !== 'content-length'),
  text,
);
const frame = fc.record({
  command: fc.constantFrom(...Object.values(StompCommand)),
  headers: fc.array(header, { maxLength: 4 }).map((headers) => headers.flat()),
  body: fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets)),
});

const BODIES: string[] = [StompCommand.SEND, StompCommand.MESSAGE, StompCommand.ERROR];
const CONNECTS: string[] = [StompCommand.CONNECT, StompCommand.STOMP];
const UNESCAPED: string[] = [...CONNECTS, StompCommand.CONNECTED];

/** What has to arrive: all of the frame but what its version cannot write. */
function expected({ command, headers, body }: StompFrame, version: StompVersion): unknown {
  const isEscaped = version !== '1.0' && !UNESCAPED.includes(command);
  // None of these has accept-version.
  const isTrimmed = version === '1.0' || CONNECTS.includes(command);
  const arrived: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    let [name, value] = [headers[i]!, headers[i + 1]!];
    if (!isEscaped && (/[\r\n:]/.test(name) || /[\r\n]/.test(value))) continue;
    if (isEscaped && version === '1.1' && (name + value).includes('\r')) continue;
    if (isTrimmed) [name, value] = [name.trim(), value.trim()];
    arrived.push(name, value);
  }
  if (!BODIES.includes(command)) return { command, headers: arrived, body: Buffer.alloc(0) };
  return { command, headers: [...arrived, 'content-length', String(body.length)], body };
}

/** Whether leaving spaces out would leave a header without a name, which cannot be read. */
const hasNames = ({ headers }: StompFrame): boolean =>
  headers.every((name, i) => i % 2 === 1 || name.trim() !== '');

/** A change of some octets, as faulty clients and attackers make them. */
const mutation = fc.record({
  at: fc.nat(),
  remove: fc.nat(3),
  insert: fc.oneof(
    fc.constantFrom('\n', '\r', '\0', ':', '\\', '\n\n', '\\t', 'content-length:7\n', 'SEND\n'),
    fc.uint8Array({ maxLength: 3 }).map((octets) => Buffer.from(octets).toString('latin1')),
  ),
});

// A long run takes minutes.
jest.setTimeout(3_600_000);

describe('frames as octets', () => {
  it('are read as they were written, in every version', () => {
    fc.assert(
      fc.property(
        fc.array(frame.filter(hasNames), { maxLength: 4 }),
        version,
        (frames, version) => {
          const octets = Buffer.concat(frames.map((one) => encodeFrame(one, version)));
          expect(decode([octets], version, { ...LIMITS, maxFrameBytes: 10_000 })).toEqual({
            frames: frames.map((one) => expected(one, version)),
            error: undefined,
          });
        },
      ),
      { numRuns: FUZZ_RUNS / 20 },
    );
  });

  it('of a MESSAGE are the same in one piece and spliced', () => {
    fc.assert(
      fc.property(frame, version, text, (message, version, id) => {
        const headers = ['subscription', id, 'redelivered', 'true', ...message.headers];
        const whole = encodeFrame({ ...message, command: StompCommand.MESSAGE, headers }, version);
        const prefix = encodeMessagePrefix(id, undefined, true, version);
        const tail = encodeMessageTail(message.headers, message.body, version);
        const text = messageTailText(message.headers, message.body.toString('latin1'), version);
        expect(Buffer.from(text, 'latin1')).toEqual(tail);
        expect(Buffer.concat([prefix, tail])).toEqual(whole);
      }),
      { numRuns: FUZZ_RUNS / 40 },
    );
  });

  it('of a MESSAGE with the common headers only are the same made of fewer pieces', () => {
    const plain = fc.stringMatching(/^[\w/.-]{0,20}$/);
    const value = fc.oneof(plain, text);
    fc.assert(
      fc.property(
        // Values come again, as they do on the way out.
        fc.array(fc.tuple(value, value, fc.option(value, { nil: undefined })), { minLength: 1 }),
        plain,
        version,
        (messages, body, version) => {
          for (const [destination, id, type] of [...messages, ...messages]) {
            const headers = ['destination', destination, 'message-id', id];
            if (type !== undefined) headers.push('content-type', type);
            const plainText = plainTailText(destination, id, type, body);
            const isPlain = headers.every((one) => /^[^\0\r\n:\\\u0080-\uffff]*$/.test(one));
            expect(plainText).toBe(isPlain ? messageTailText(headers, body, version) : undefined);
          }
        },
      ),
      { numRuns: FUZZ_RUNS / 40 },
    );
  });

  it('make the same frames however they are cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), version, places, (frames, version, places) => {
        const octets = Buffer.concat(frames.map((one) => encodeFrame(one, version)));
        const whole = decode([octets], version);
        expect(decode(cut(octets, places), version)).toEqual(whole);
        expect(decode(cut(octets, [...octets.keys()]), version)).toEqual(whole);
      }),
      { numRuns: FUZZ_RUNS / 40 },
    );
  });

  it('that are changed make the same frames or the same exception however they are cut', () => {
    const changed = fc
      .tuple(
        fc.array(frame, { minLength: 1, maxLength: 2 }),
        version,
        fc.array(mutation, { maxLength: 4 }),
      )
      .map(([frames, version, mutations]) => {
        let octets = Buffer.concat(frames.map((one) => encodeFrame(one, version)));
        for (const { at, remove, insert } of mutations) {
          const place = at % octets.length;
          const parts = [octets.subarray(0, place), octets.subarray(place + remove)] as const;
          octets = Buffer.concat([parts[0], Buffer.from(insert, 'latin1'), parts[1]]);
          if (octets.length === 0) break;
        }
        return { octets, version };
      });
    fc.assert(
      fc.property(changed, places, ({ octets, version }, places) => {
        const whole = decode([octets], version);
        const pieces = decode(cut(octets, places), version);
        if (whole.error !== pieces.error) throw new Error(`${whole.error} or ${pieces.error}`);
        if (whole.frames.length !== pieces.frames.length) throw new Error('other frames');
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it('at random make frames or a StompFrameException, and nothing more is held than the limit', () => {
    const likely = fc.constantFrom(...Buffer.from('\n\n\n\r\0\0::\\SENDACKcn0'));
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(likely, { maxLength: 60 }),
      fc.array(likely, { maxLength: 60 }).map((octets) => [...Buffer.from('SEND\n'), ...octets]),
    );
    fc.assert(
      fc.property(random, version, places, (octets, version, places) => {
        decode(cut(Buffer.from(octets), places), version);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
