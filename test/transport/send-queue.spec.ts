import { FrameBatch } from '../../lib/transport/index.js';
import { SendQueue } from '../../lib/transport/send-queue.js';

function batch(text: string, droppable = true): FrameBatch {
  return new FrameBatch([{ octets: Buffer.from(text), binary: false }], droppable);
}

function queueOf(...batches: FrameBatch[]): SendQueue {
  const queue = new SendQueue();
  for (const one of batches) queue.push(one);
  return queue;
}

const texts = (batches: FrameBatch[]) => batches.map(({ frames }) => frames[0]!.octets.toString());

describe('SendQueue', () => {
  it('gives what it got, in order, at most so many bytes at a time', () => {
    const queue = queueOf(batch('aa'), batch('bb'), batch('cc'));

    expect(texts(queue.take(5))).toEqual(['aa', 'bb']);
    expect(queue.byteLength).toBe(2);
    expect(texts(queue.take(5))).toEqual(['cc']);
    expect(queue.isEmpty).toBe(true);
  });

  it('gives a batch that is larger than the limit by itself', () => {
    expect(texts(queueOf(batch('large'), batch('b')).take(2))).toEqual(['large']);
  });

  it('drops the oldest batch that may be dropped, and keeps the order of the others', () => {
    const queue = queueOf(batch('r1', false), batch('m1'), batch('r2', false), batch('m2'));

    expect(texts([queue.dropOldest()!, queue.dropOldest()!])).toEqual(['m1', 'm2']);
    expect(queue.dropOldest()).toBeUndefined();
    expect(texts(queue.takeAll())).toEqual(['r1', 'r2']);
  });

  it('keeps its count through thousands of drops and takes', () => {
    const queue = queueOf(batch('r', false));
    for (let i = 0; i < 5_000; i++) {
      queue.push(batch(`m${i}`));
      if (i >= 10) queue.dropOldest();
    }

    expect(texts(queue.takeAll())).toEqual([
      'r',
      ...Array.from({ length: 10 }, (_, i) => `m${4_990 + i}`),
    ]);
    expect(queue.byteLength).toBe(0);
  });
});
