import type { StompClient } from '../support/stomp-client.js';
import type { ReceivedFrame } from '../support/stomp-wire.js';
import { until } from '../support/until.js';
import type { Peer, Rules } from './peer.js';

interface Consumer {
  client: StompClient;
  queue: string;
  messages: ReceivedFrame[];
}

/** A consumer that has got so many messages from a queue of its own, and acknowledged none. */
async function consumer(peer: Peer, mode: string, count: number): Promise<Consumer> {
  const queue = peer.queue();
  const { client } = await peer.subscribed(queue, { ack: mode });
  for (let i = 1; i <= count; i++) client.send(queue, String(i));
  return { client, queue, messages: await client.messages(count) };
}

const texts = (frames: ReceivedFrame[]): string[] => frames.map(({ text }) => text);

/** E: acknowledgement. */
export const acknowledging: Rules = (peer, it) => {
  it('E1 MESSAGE of an explicit ack mode has ack', async () => {
    const { messages } = await consumer(peer(), 'client', 1);
    expect(messages[0]!.headers.ack).toBeTruthy();
  });

  it('E2 ACK is answered by its RECEIPT', async () => {
    const { client, messages } = await consumer(peer(), 'client', 1);
    await client.receipt('ACK', { id: messages[0]!.headers.ack! });
  });

  it('E3 what a lost connection did not acknowledge is delivered again', async () => {
    const { client, queue } = await consumer(peer(), 'client', 1);
    await client.vanish();
    const { client: other } = await peer().subscribed(queue);
    expect((await other.message()).text).toBe('1');
  });

  it('E4 client-individual is not cumulative', async () => {
    const { client, queue, messages } = await consumer(peer(), 'client-individual', 2);
    await client.receipt('ACK', { id: messages[1]!.headers.ack! });
    await client.vanish();
    const { client: other } = await peer().subscribed(queue);
    expect((await other.message()).text).toBe('1');
    await other.expectNoFrame();
  });

  it('E5 client is cumulative', async () => {
    const { client, queue, messages } = await consumer(peer(), 'client', 2);
    await client.receipt('ACK', { id: messages[1]!.headers.ack! });
    await client.vanish();
    const { client: other } = await peer().subscribed(queue);
    other.send(queue, 'next');
    expect((await other.message()).text).toBe('next');
  });

  it('E6 an ACK without id is refused', async () => {
    const client = await peer().connect();
    client.frame('ACK');
    await client.refused();
  });

  it('H4 a 1.0 session acknowledges by message-id', async () => {
    const client = await peer().connect({ 'accept-version': '1.0' });
    const destination = peer().queue();
    await client.receipt('SUBSCRIBE', { destination, ack: 'client' });
    client.send(destination, 'x');
    const { headers } = await client.message();
    await client.receipt('ACK', { 'message-id': headers['message-id']! });
    await client.vanish();
    const { client: other } = await peer().subscribed(destination);
    await other.expectNoFrame();
  });

  it('H4 a 1.1 session acknowledges by message-id and subscription', async () => {
    const client = await peer().connect({ 'accept-version': '1.1' });
    const destination = peer().queue();
    await client.subscribe(destination, '1', { ack: 'client' });
    client.send(destination, 'x');
    const { headers } = await client.message();
    await client.receipt('ACK', { 'message-id': headers['message-id']!, subscription: '1' });
    await client.vanish();
    const { client: other } = await peer().subscribed(destination);
    await other.expectNoFrame();
  });

  it('H4 a 1.0 session knows no NACK', async () => {
    const client = await peer().connect({ 'accept-version': '1.0' });
    client.frame('NACK', { 'message-id': '1' });
    await client.refused();
  });

  it.each([
    ['client', 'cumulative', ['1', '2']],
    ['client-individual', 'single', ['2']],
  ])('H10 NACK in a %s subscription is %s', async (mode, _, redelivered) => {
    const { client, queue, messages } = await consumer(peer(), mode, 3);
    const { client: other } = await peer().subscribed(queue, { ack: 'client' });
    await client.receipt('NACK', { id: messages[1]!.headers.ack! });
    // RabbitMQ confirms a NACK before it has delivered again.
    await until(() => client.pending.length + other.pending.length >= redelivered.length);
    const again = [...(await client.settled()), ...(await other.settled())];
    expect(texts(again).sort()).toEqual(redelivered);
    expect(again.every(({ headers }) => headers.redelivered === 'true')).toBe(true);
  });
};
