import { FrameBatch, FramePart, type SharedTails } from '../../lib/transport/index.js';
import { wireOf, wirePrefix, wireText } from '../../lib/transport/websocket/wire-frames.js';

const tailsOf = (...texts: [text: string, binary: boolean][]): SharedTails => {
  const tails = texts.map(([text, binary]) => ({
    part: FramePart.ofOctets(Buffer.from(text)),
    binary,
  }));
  return { tails, byteLength: tails.reduce((sum, { part }) => sum + part.length, 0) };
};

const prefix = FramePart.ofOctets(Buffer.from('é:'));

describe('a spliced FrameBatch', () => {
  const tails = tailsOf(['eins', false], ['zwöi'.repeat(50), false], ['x'.repeat(70_000), true]);
  const spliced = FrameBatch.spliced(prefix, tails, true, 'tails');
  const whole = new FrameBatch(spliced.frames, true);

  it('has the frames that come of its beginning and the ends', () => {
    expect(spliced.frames.slice(0, 2)).toEqual([
      { octets: Buffer.from('é:eins'), binary: false },
      { octets: Buffer.from(`é:${'zwöi'.repeat(50)}`), binary: false },
    ]);
  });

  it('is as long as they are', () => {
    expect(spliced.byteLength).toBe(whole.byteLength);
    expect(spliced.frameCount).toBe(3);
  });

  it('is the same on the wire, made as octets, as text, or piece by piece', () => {
    const splice = spliced.splice!;
    const wire = wireOf(whole);
    expect(wireOf(FrameBatch.spliced(prefix, tails, true, 'everything'))).toEqual(wire);
    expect(Buffer.from(wireText(splice), 'latin1')).toEqual(wire);
    const pieces = splice.tails.flatMap((tail) => [wirePrefix(splice, tail), tail.part.octets]);
    expect(Buffer.concat(pieces)).toEqual(wire);
  });

  it('is the same whether its parts were octets or text', () => {
    const text = (part: FramePart): FramePart => FramePart.ofText(part.latin1);
    const texts = tails.tails.map(({ part, binary }) => ({ part: text(part), binary }));
    const { byteLength } = tails;
    const same = FrameBatch.spliced(text(prefix), { tails: texts, byteLength }, true, 'tails');
    expect(same.byteLength).toBe(whole.byteLength);
    expect(same.frames).toEqual(spliced.frames);
    expect(wireOf(same)).toEqual(wireOf(whole));
  });
});
