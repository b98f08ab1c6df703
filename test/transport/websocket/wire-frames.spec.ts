import { FrameBatch } from '../../../lib/transport/index.js';
import { controlFrame, joinWire, wireOf } from '../../../lib/transport/websocket/wire-frames.js';

function batchOf(...lengths: number[]): FrameBatch {
  const frames = lengths.map((length) => ({ octets: Buffer.alloc(length, 'x'), binary: false }));
  return new FrameBatch(frames, false);
}

describe('wire frames', () => {
  it.each([
    [0, '8100'],
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ])('frame %d octets as RFC 6455 says', (length, header) => {
    const wire = wireOf(batchOf(length));

    expect(wire.subarray(0, header.length / 2).toString('hex')).toBe(header);
    expect(wire.length).toBe(header.length / 2 + length);
  });

  it('mark binary frames', () => {
    const batch = new FrameBatch([{ octets: Buffer.from([255]), binary: true }], false);

    expect(wireOf(batch).toString('hex')).toBe('8201ff');
  });

  it('are made once for a batch', () => {
    const batch = batchOf(1, 2);

    expect(wireOf(batch)).toBe(wireOf(batch));
  });

  it('join batches, whether they are made already or not', () => {
    const [made, fresh] = [batchOf(1, 200), batchOf(3)];
    const expected = Buffer.concat([wireOf(made), wireOf(batchOf(3))]);

    expect(joinWire([made, fresh])).toEqual(expected);
    expect(fresh.wire).toBeUndefined();
  });

  it('frame pings and pongs', () => {
    expect(controlFrame('ping', Buffer.alloc(0)).toString('hex')).toBe('8900');
    expect(controlFrame('pong', Buffer.from('a')).toString('hex')).toBe('8a0161');
  });
});
