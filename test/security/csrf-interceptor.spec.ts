import { PublishSubscribeChannel, type SendResult } from '../../lib/channel/index.js';
import { SimpMessageType } from '../../lib/message/index.js';
import { securityInterceptors, type CsrfOptions } from '../../lib/security/index.js';
import { fromClient, session } from '../user/verbs.js';

const TOKEN = 'a2V5-of-the-session';

function connect(
  headers: Record<string, string>,
  { csrf = true, token = TOKEN }: { csrf?: boolean | CsrfOptions; token?: unknown } = {},
): SendResult {
  const channel = new PublishSubscribeChannel('clientInboundChannel');
  const context = { brokerChannel: channel, control: undefined as never };
  channel.addInterceptors(...securityInterceptors({ csrf }, context).inbound);
  const from = session('s1', 'ann');
  if (token !== undefined) from.attributes.set('csrfToken', token);
  const message = fromClient(SimpMessageType.CONNECT, from);
  for (const [name, value] of Object.entries(headers))
    message.headers.fields.native.add(name, value);
  return channel.send(message);
}

it('lets a CONNECT with the token of its session pass', () => {
  expect(connect({ 'X-CSRF-TOKEN': TOKEN })).toBe(true);
  expect(connect({ 'x-csrf-token': TOKEN })).toBe(true);
});

it.each([
  ['missing', {}],
  ['empty', { 'X-CSRF-TOKEN': '' }],
  ['another', { 'X-CSRF-TOKEN': 'other' }],
  ['the beginning of it', { 'X-CSRF-TOKEN': TOKEN.slice(0, -1) }],
  ['longer', { 'X-CSRF-TOKEN': `${TOKEN}x` }],
])('refuses a CONNECT whose token is %s', (_, headers) => {
  expect(() => connect(headers as Record<string, string>)).toThrow(
    expect.objectContaining({
      code: 'STOMP_ERR_CSRF_TOKEN',
      closeCode: 1008,
      message: 'Header "X-CSRF-TOKEN" of CONNECT is missing or not the CSRF token of this session',
    }),
  );
});

it.each([undefined, '', 7])('refuses every CONNECT while the expected token is %p', (token) => {
  for (const sent of ['', 'undefined', '7', TOKEN]) {
    const options = { token, csrf: { token: () => token as never } };
    expect(() => connect({ 'X-CSRF-TOKEN': sent }, options)).toThrow('CSRF');
  }
});

it('takes header and token from elsewhere, also later', async () => {
  const csrf: CsrfOptions = { headerName: 'x-own', token: () => Promise.resolve('own') };
  const good = connect({ 'x-own': 'own' }, { csrf });
  const bad = connect({ 'X-CSRF-TOKEN': 'own' }, { csrf });
  if (typeof good !== 'object' || typeof bad !== 'object') throw new Error('not asynchronous');
  expect(await good.completed).toBe(true);
  await expect(bad.completed).rejects.toThrow('Header "x-own"');
});

it('asks no other frame', () => {
  const channel = new PublishSubscribeChannel('clientInboundChannel');
  const context = { brokerChannel: channel, control: undefined as never };
  channel.addInterceptors(...securityInterceptors({ csrf: true }, context).inbound);
  expect(channel.send(fromClient(SimpMessageType.MESSAGE, session('s1'), '/x'))).toBe(true);
});
