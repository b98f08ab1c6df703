import { FrameBatch, FramePart, type SharedTails } from '../../../lib/transport/index.js';
import { SharedWire } from '../../../lib/transport/websocket/shared-wire.js';
import { wireOf } from '../../../lib/transport/websocket/wire-frames.js';

const partOf = (text: string): FramePart => FramePart.ofOctets(Buffer.from(text));

function tailsOf(...texts: string[]): SharedTails {
  const tails = texts.map((text) => ({ part: partOf(text), binary: text.startsWith('b') }));
  return { tails, byteLength: tails.reduce((sum, { part }) => sum + part.length, 0) };
}

const batchFor = (prefix: string, tails: SharedTails): FrameBatch =>
  FrameBatch.spliced(partOf(prefix), tails, true, 'tails');

describe('SharedWire', () => {
  const tails = tailsOf('one', 'b'.repeat(200), 'x'.repeat(70_000));
  const wire = new SharedWire();

  const expectWire = (batch: FrameBatch): void =>
    expect(Buffer.from(wire.of(batch.splice!))).toEqual(wireOf(new FrameBatch(batch.frames, true)));

  it.each(['id:1', 'id:2', 'id:10', 'id:3', 'é:'])(
    'has the frames that begin with %s, whatever it had before',
    (prefix) => expectWire(batchFor(prefix, tails)),
  );

  it('has the frames of other ends that are as long', () => {
    expectWire(batchFor('id:1', tailsOf('one')));
    expectWire(batchFor('id:1', tailsOf('two')));
  });

  it('uses its memory again for the next connection', () => {
    const first = wire.of(batchFor('id:1', tails).splice!);

    expect(wire.of(batchFor('id:2', tails).splice!)).toBe(first);
  });

  it('uses its memory again for frames that need at least half of it', () => {
    const fresh = new SharedWire();
    const memories = [50_000, 30_000, 20_000].map(
      (length) => fresh.of(batchFor('id:1', tailsOf('x'.repeat(length))).splice!).buffer,
    );

    expect(memories[1] === memories[0]).toBe(true);
    expect(memories[2] === memories[0]).toBe(false);
  });

  it('does not touch what it left', () => {
    const left = wire.of(batchFor('id:1', tails).splice!);
    const before = Buffer.from(left);
    wire.leave();
    expectWire(batchFor('id:2', tails));
    expectWire(batchFor('id:3', tailsOf('one')));

    expect(left.equals(before)).toBe(true);
  });
});
