import type { StompClient } from '../../../support/stomp-client.js';
import type { ReceivedFrame } from '../../../support/stomp-wire.js';
import { until } from '../../../support/until.js';
import type { RelayRig } from './relay-rig.js';
import type { Traits } from './traits.js';

export function queues(rig: RelayRig, traits: Traits): void {
  /** A client that has got the messages 1 to 3 of a queue. */
  async function consumer(
    queue: string,
    ack: string,
  ): Promise<{ client: StompClient; acks: string[] }> {
    const client = await rig.connect();
    for (const text of ['1', '2', '3'])
      await client.receipt('SEND', { destination: queue, persistent: 'true' }, text);
    await client.subscribe(queue, '1', { ack });
    const messages = await client.messages(3);
    expect(texts(messages)).toEqual(['1', '2', '3']);
    return { client, acks: messages.map(({ headers }) => headers.ack!) };
  }

  async function left(queue: string, count: number): Promise<string[]> {
    const reader = await rig.connect();
    await reader.subscribe(queue);
    const messages = await reader.messages(count);
    await reader.expectNoFrame();
    return texts(messages).sort();
  }

  it('keeps what is sent to a queue until somebody reads it', async () => {
    const sender = await rig.connect();
    await sender.receipt('SEND', { destination: rig.queue('kept') }, 'here');
    await sender.vanish();
    expect(await left(rig.queue('kept'), 1)).toEqual(['here']);
  });

  it('gives each message of a queue to one of its consumers', async () => {
    const [a, b] = [await rig.connect(), await rig.connect()];
    await a.subscribe(rig.queue('each'));
    await b.subscribe(rig.queue('each'));
    const sent = Array.from({ length: 20 }, (_, n) => `n${n}`);
    for (const text of sent) a.send(rig.queue('each'), text);
    await until(() => a.pending.length + b.pending.length === sent.length);
    expect(texts([...a.pending, ...b.pending]).sort()).toEqual(sent.sort());
  });

  it('gives a message to a consumer only while it has room for one more', async () => {
    const one = { ack: 'client-individual', 'prefetch-count': '1', 'activemq.prefetchSize': '1' };
    const [a, b] = [await rig.connect(), await rig.connect()];
    for (const client of [a, b]) await client.subscribe(rig.queue('room'), '1', one);
    for (const text of ['1', '2', '3']) a.send(rig.queue('room'), text);
    const [toA, toB] = [await a.message(), await b.message()];
    expect(texts([toA, toB]).sort()).toEqual(['1', '2']);
    await b.receipt('ACK', { id: toB.headers.ack! });
    expect((await b.message()).text).toBe('3');
    expect(a.pending).toEqual([]);
  });

  it('acknowledges all up to a message in mode client', async () => {
    const { client, acks } = await consumer(rig.queue('client'), 'client');
    await client.receipt('ACK', { id: acks[1]! });
    await client.vanish();
    expect(await left(rig.queue('client'), 1)).toEqual(['3']);
  });

  it('acknowledges one message in mode client-individual', async () => {
    const { client, acks } = await consumer(rig.queue('single'), 'client-individual');
    await client.receipt('ACK', { id: acks[1]! });
    await client.vanish();
    expect(await left(rig.queue('single'), 2)).toEqual(['1', '3']);
  });

  it('refuses with NACK as the broker does', async () => {
    const queue = rig.queue('nack');
    const { client, acks } = await consumer(queue, 'client-individual');
    await client.receipt('ACK', { id: acks[0]! });
    await client.receipt('ACK', { id: acks[2]! });
    await client.receipt('NACK', { id: acks[1]! });
    await client.vanish();
    expect(await left(traits.afterNack(queue), 1)).toEqual(['2']);
  });

  it.each(['/queue/*', '/queue/>', '/topic/>', '/queue/a,/queue/*'])(
    'refuses what a client sends to %s, which may be many',
    async (destination) => {
      const client = await rig.connect();
      client.send(destination, 'to all');
      expect((await client.refused()).close.code).toBe(1008);
    },
  );

  it('brings an answer to the temporary queue of who asked', async () => {
    const [client, worker] = [await rig.connect(), await rig.connect()];
    const [queue, answers] = [rig.queue('ask'), '/temp-queue/answers'];
    if (traits.subscribesToTemporaryQueues) await client.subscribe(answers, answers);
    await worker.subscribe(queue);
    client.send(queue, 'question', { 'reply-to': answers });
    const { headers, text } = await worker.message();
    expect(text).toBe('question');
    worker.send(headers['reply-to']!, 'answer');
    const answer = await client.message();
    expect([answer.text, answer.headers.subscription]).toEqual(['answer', answers]);
  });
}

const texts = (frames: readonly ReceivedFrame[]): string[] => frames.map(({ text }) => text);
