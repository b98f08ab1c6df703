import { Logger } from '@nestjs/common';
import { ClientOutboundChannel, type Delivery } from '../../lib/channel/index.js';
import { StompCommand } from '../../lib/frame/index.js';
import { SimpMessageType, type Message, type SessionContext } from '../../lib/message/index.js';
import { message } from '../support/session-rig.js';

const session = (id: string): SessionContext =>
  ({ id, attributes: new Map(), user: { name: `user of ${id}` } }) as unknown as SessionContext;

describe('ClientOutboundChannel', () => {
  const deliveries: Delivery[] = [];
  const messages: Message[] = [];
  let channel: ClientOutboundChannel;

  const delivery = (more: Partial<Delivery> = {}): Delivery => ({
    message: message(
      { destination: '/topic/a', sessionId: 'sender', user: { name: 'sender' } },
      'x',
    ),
    messageId: 'm-1',
    receivers: [
      { session: session('s1'), subscriptionId: '1' },
      { session: session('s2'), subscriptionId: '2' },
    ],
    ...more,
  });

  beforeEach(() => {
    Logger.overrideLogger(false);
    deliveries.length = messages.length = 0;
    channel = new ClientOutboundChannel();
    channel.subscribe({ handleMessage: (one) => void messages.push(one) });
    channel.subscribeDeliveries({ handleDelivery: (one) => void deliveries.push(one) });
  });

  it('passes a delivery on as one while nobody looks at single messages', () => {
    channel.deliver(delivery());
    expect([deliveries.length, messages.length]).toEqual([1, 0]);
  });

  it('makes one message a receiver when there is an interceptor', () => {
    channel.addInterceptors({ preSend: (one) => one });
    channel.deliver(delivery());
    expect(deliveries).toEqual([]);
    expect(messages.map(({ headers }) => [headers.sessionId, headers.subscriptionId])).toEqual([
      ['s1', '1'],
      ['s2', '2'],
    ]);
    expect(messages[0]!.headers.fields).toMatchObject({
      messageType: SimpMessageType.MESSAGE,
      command: StompCommand.MESSAGE,
      destination: '/topic/a',
    });
    expect(messages[0]!.headers.user?.name).toBe('user of s1');
    expect(messages[0]!.headers.get('messageId')).toBe('m-1');
  });

  it('makes one message a receiver when somebody observes the channel', () => {
    const seen: unknown[] = [];
    const subscription = channel.messages$.subscribe((one) => seen.push(one.headers.sessionId));
    channel.deliver(delivery());
    subscription.unsubscribe();
    channel.deliver(delivery());
    expect([seen, deliveries.length]).toEqual([['s1', 's2'], 1]);
  });

  it('tells single messages what the receiver acknowledges, and to which broker', () => {
    channel.addInterceptors({ preSend: (one) => one });
    channel.deliver(delivery({ ack: 'a', redelivered: true, broker: 3 }));
    const [{ headers }] = messages as [Message];
    expect([headers.get('ack'), headers.get('redelivered'), headers.fields.broker]).toEqual([
      'a',
      true,
      3,
    ]);
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('no');
      },
    ],
    ['rejects', (): Promise<never> => Promise.reject(new Error('no'))],
  ])('brings a message to the others when an interceptor %s for one', async (_how, refuse) => {
    channel.addInterceptors({
      preSend: (one) => (one.headers.sessionId === 's1' ? refuse() : one),
    });
    channel.deliver(delivery());
    await new Promise((resolve) => setImmediate(resolve));
    expect(messages.map(({ headers }) => headers.sessionId)).toEqual(['s2']);
  });

  it('keeps the order of each session behind an asynchronous interceptor, and no session waits for another', async () => {
    channel.addInterceptors({
      preSend: async (one) => {
        const isSlow = one.headers.sessionId === 's1' && one.headers.get('messageId') === 'm-1';
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 15));
        return one;
      },
    });
    channel.deliver(delivery());
    channel.deliver(delivery({ messageId: 'm-2' }));
    while (messages.length < 4) await new Promise((resolve) => setImmediate(resolve));
    const order = messages.map(
      ({ headers }) => `${headers.sessionId} ${String(headers.get('messageId'))}`,
    );
    expect(order).toEqual(['s2 m-1', 's2 m-2', 's1 m-1', 's1 m-2']);
  });
});
