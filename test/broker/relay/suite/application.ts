import type { RelayRig } from './relay-rig.js';

const TEXT = { 'content-type': 'text/plain' };

/** What the application sends, and to whom. */
export function application(rig: RelayRig): void {
  it('answers handlers and @SubscribeMapping', async () => {
    const client = await rig.connect();
    await client.subscribe('/topic/echo', 'echo');
    client.frame('SUBSCRIBE', { id: 'init', destination: '/app/init' });
    expect((await client.message()).text).toBe('init');
    client.send('/app/echo', 'a', TEXT);
    expect((await client.message()).text).toBe('echo a');
  });

  it('sends what the application sends, and tells when the broker has it', async () => {
    const client = await rig.connect();
    await client.subscribe('/topic/app');
    await rig.template.convertAndSendAsync(
      '/topic/app',
      { a: 1 },
      { headers: { 'x-own': 'kept' } },
    );
    const { headers, text } = await client.message();
    expect([text, headers['content-type'], headers['x-own']]).toEqual([
      '{"a":1}',
      'application/json',
      'kept',
    ]);
  });

  it('answers the session that asked, which needs no user', async () => {
    const [guest, other] = [await rig.connect(), await rig.connect()];
    for (const client of [guest, other]) await client.subscribe('/user/queue/mine', 'mine');
    guest.send('/app/mine', 'b', TEXT);
    const { headers, text } = await guest.message();
    expect([text, headers.destination, headers.subscription]).toEqual([
      'mine b',
      '/user/queue/mine',
      'mine',
    ]);
    await other.expectNoFrame();
  });

  it('sends to all sessions of a user, and to nobody else', async () => {
    const ann = [await rig.connect({ login: 'ann' }), await rig.connect({ login: 'ann' })];
    const bob = await rig.connect({ login: 'bob' });
    for (const client of [...ann, bob]) await client.subscribe('/user/queue/mail');
    await rig.template.convertAndSendToUserAsync('ann', '/queue/mail', 'letter');
    for (const client of ann) {
      const { headers, text } = await client.message();
      expect([text, headers.destination]).toEqual(['letter', '/user/queue/mail']);
      expect(Object.keys(headers)).not.toContain('auto-delete');
    }
    await bob.expectNoFrame();
  });

  it('sends what one user sends to another', async () => {
    const [ann, bob] = [await rig.connect({ login: 'ann' }), await rig.connect({ login: 'bob' })];
    await bob.subscribe('/user/queue/mail');
    await ann.receipt('SEND', { destination: '/user/bob/queue/mail' }, 'hello');
    expect((await bob.message()).text).toBe('hello');
  });
}
