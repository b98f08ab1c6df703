import { until } from '../../../support/until.js';
import type { RelayRig } from './relay-rig.js';
import type { Traits } from './traits.js';

export function topics(rig: RelayRig, traits: Traits): void {
  const { anyLevels, durable, hasSelectors, hasSlashesInNames } = traits;
  it('brings what one client sends to a topic to all that subscribe to it', async () => {
    const [a, b] = [await rig.connect(), await rig.connect()];
    await a.subscribe('/topic/one');
    await b.subscribe('/topic/one', 'x');
    a.send('/topic/one', 'hello', { 'content-type': 'text/plain', 'x-own': 'kept' });
    const [toA, toB] = [await a.message(), await b.message()];
    expect([toA.text, toA.headers.subscription, toB.text, toB.headers.subscription]).toEqual([
      'hello',
      '1',
      'hello',
      'x',
    ]);
    expect(toB.headers).toMatchObject({
      destination: '/topic/one',
      'content-type': 'text/plain',
      'x-own': 'kept',
    });
    expect(toB.headers['message-id']).toBeTruthy();
  });

  it('knows the wildcards of the broker', async () => {
    const client = await rig.connect();
    await client.subscribe('/topic/wild.*', 'child');
    await client.subscribe('/topic/wild.a.*', 'grandchild');
    await client.subscribe(`/topic/wild.${anyLevels}`, 'any');
    await client.receipt('SEND', { destination: '/topic/wild.a.b' }, 'x');
    const got = (await client.messages(2)).map(({ headers }) => headers);
    expect(got.map(({ subscription }) => subscription).sort()).toEqual(['any', 'grandchild']);
    expect(got.map(({ destination }) => destination)).toEqual(Array(2).fill('/topic/wild.a.b'));
    await client.expectNoFrame();
  });

  if (hasSlashesInNames)
    it('brings to a * no more than the one segment that rules take it for', async () => {
      const client = await rig.connect();
      await client.subscribe('/topic/*.slashed');
      for (const name of ['x/y.slashed', 'x.slashed'])
        await client.receipt('SEND', { destination: `/topic/${name}` }, name);
      expect((await client.message()).text).toBe('x.slashed');
      await client.expectNoFrame();
    });

  it('delivers what follows a SUBSCRIBE in the same breath', async () => {
    const client = await rig.connect();
    client.frame('SUBSCRIBE', { id: '1', destination: '/topic/breath' });
    client.send('/topic/breath', 'at once');
    expect((await client.message()).text).toBe('at once');
  });

  it('delivers what follows a SUBSCRIBE that a client has a connection for, the first and others', async () => {
    for (let n = 0; n < 10; n++) {
      const client = await rig.connect();
      if (n % 2) await client.subscribe(rig.queue('warm'), 'warm');
      client.frame('SUBSCRIBE', { id: '1', destination: `/topic/own.${n}`, ack: 'client' });
      client.send(`/topic/own.${n}`, 'at once');
      expect((await client.message()).text).toBe('at once');
    }
  });

  if (rig.connections === 'shared')
    it('delivers what the application answers behind a SUBSCRIBE', async () => {
      for (let n = 0; n < 10; n++) {
        const client = await rig.connect();
        client.frame('SUBSCRIBE', { id: '1', destination: '/topic/echo', ack: 'client' });
        client.send('/app/echo', `${n}`, { 'content-type': 'text/plain' });
        expect((await client.message()).text).toBe(`echo ${n}`);
        await client.disconnect();
      }
    });

  it('stops delivering after UNSUBSCRIBE', async () => {
    const client = await rig.connect();
    await client.subscribe('/topic/stop');
    await client.receipt('UNSUBSCRIBE', { id: '1' });
    client.send('/topic/stop', 'nobody');
    await client.expectNoFrame();
  });

  it('keeps the order of one sender', async () => {
    const client = await rig.connect();
    await client.subscribe('/topic/order');
    const sent = Array.from({ length: 200 }, (_, n) => String(n));
    for (const text of sent) client.send('/topic/order', text);
    expect((await client.messages(sent.length)).map(({ text }) => text)).toEqual(sent);
  });

  it('keeps the order of one sender, whatever its frames need', async () => {
    const [receiver, sender] = [await rig.connect(), await rig.connect()];
    await receiver.subscribe('/topic/order');
    const sent = Array.from({ length: 300 }, (_, n) => String(n));
    for (const text of sent)
      sender.send('/topic/order', text, text.endsWith('5') ? { 'correlation-id': 'c' } : {});
    expect((await receiver.messages(sent.length)).map(({ text }) => text)).toEqual(sent);
  });

  it('knows subscriptions of STOMP 1.0 by their destinations', async () => {
    const client = await rig.open();
    client.frame('CONNECT', { login: 'old' });
    await client.nextFrame('CONNECTED');
    const [mail, news, more] = ['/user/queue/mail', '/topic/news', '/topic/more'];
    for (const destination of [mail, news, more])
      await client.receipt('SUBSCRIBE', { destination });
    const sendAll = async (): Promise<void> => {
      await rig.template.convertAndSendToUserAsync('old', '/queue/mail', 'letter');
      await rig.template.convertAndSendAsync(news, 'news');
      await rig.template.convertAndSendAsync(more, 'more');
    };
    const got = async (count: number): Promise<(string | undefined)[][]> => {
      const frames = await client.messages(count);
      const seen = frames.map(({ headers, text }) => [
        text,
        headers.destination,
        headers.subscription,
      ]);
      return seen.sort();
    };
    await sendAll();
    const [letter, another] = [
      ['letter', mail, undefined],
      ['more', more, undefined],
    ];
    expect(await got(3)).toEqual([letter, another, ['news', news, undefined]]);
    await client.receipt('UNSUBSCRIBE', { destination: news });
    await sendAll();
    expect(await got(2)).toEqual([letter, another]);
    await client.expectNoFrame();
  });

  it('carries octets and large bodies', async () => {
    const client = await rig.connect();
    await client.subscribe('/topic/octets');
    const body = Buffer.from([0, 255, 254, 128, 13, 10, 0, 7]);
    const head = Buffer.from('SEND\ndestination:/topic/octets\ncontent-length:8\n\n');
    client.raw(Buffer.concat([head, body, Buffer.of(0)]), { binary: true });
    expect([...(await client.message()).body]).toEqual([...body]);
    const large = 'x'.repeat(50_000);
    client.send('/topic/octets', large);
    expect((await client.message()).text).toBe(large);
  });

  it('leaves other destinations to the broker beside it', async () => {
    const client = await rig.connect();
    await client.subscribe('/local/topic');
    client.send('/local/topic', 'here');
    expect((await client.message()).text).toBe('here');
  });

  if (durable)
    it('keeps a topic for a client that is away, known by the client-id of its CONNECT', async () => {
      const who = { 'client-id': `away.${rig.connections}` };
      const client = await rig.connect(who);
      await client.subscribe('/topic/durable', '1', durable);
      await client.disconnect();
      await until(() => rig.relay.clientConnections === 0);
      await rig.template.convertAndSendAsync('/topic/durable', 'while away', {
        headers: { persistent: 'true' },
      });
      const again = await rig.connect(who);
      again.frame('SUBSCRIBE', { id: '1', destination: '/topic/durable', ...durable });
      expect((await again.message()).text).toBe('while away');
    });

  if (hasSelectors)
    it('lets the broker select', async () => {
      const client = await rig.connect();
      await client.subscribe('/topic/selected', 'red', { selector: "colour = 'red'" });
      await client.subscribe('/topic/selected', 'big', { selector: 'size > 9' });
      for (const [colour, size] of [
        ['red', '1'],
        ['blue', '10'],
        ['blue', '2'],
      ] as const)
        client.send('/topic/selected', colour + size, { colour, size });
      const got = (await client.messages(2)).map(({ headers, text }) => [
        headers.subscription,
        text,
      ]);
      expect(got.sort()).toEqual([
        ['big', 'blue10'],
        ['red', 'red1'],
      ]);
      await client.expectNoFrame();
    });
}
