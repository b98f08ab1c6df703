import { stompBrokerRelay, type StompBrokerRelayOptions } from 'nestjs-stomp';

const LONGER_THAN_TIMERS = 2 ** 31;
const BAD_COUNTS = [NaN, -1, 1.5, Infinity, '5'];
const BAD_TIMES = [...BAD_COUNTS, LONGER_THAN_TIMERS];
const BAD_PORTS = [NaN, -1, 0, 61613.5, 65_536, '61613'];

const REFUSED: Record<string, unknown[]> = {
  destinations: ['/topic', [1]],
  port: BAD_PORTS,
  name: ['', 5],
  host: ['', 5, null],
  tls: ['yes', 'false', null, []],
  connect: [true, {}, class {}],
  virtualHost: [5],
  hosts: [
    [],
    'rabbit:61613',
    null,
    [null],
    [{ port: 61613 }],
    ...BAD_PORTS.map((port) => [{ host: 'a', port }]),
  ],
  systemHeartbeatSendInterval: BAD_TIMES,
  systemHeartbeatReceiveInterval: BAD_TIMES,
  connections: ['Shared', null],
  allowQueueHeaders: ['false', 0],
  sharedDestinations: ['/topic', [null]],
  sharedConnections: [...BAD_COUNTS, 0],
  reconnectDelayMs: [...BAD_TIMES, 0],
  maxReconnectDelayMs: [...BAD_TIMES, 0],
  reconnectJitter: [NaN, -0.1, 1.1, Infinity, '0.5'],
  connectTimeoutMs: [...BAD_TIMES, 0],
  disconnectTimeoutMs: [...BAD_TIMES, 0],
  maxFrameBytes: [...BAD_COUNTS, 0],
  maxBufferBytes: [NaN, -1, 1.5, 0, '5'],
  maxBufferedMessages: BAD_COUNTS,
  userDestinationHeaders: ['Auto', true, null],
};

const TAKEN: StompBrokerRelayOptions[] = [
  { port: 1, systemHeartbeatSendInterval: 0, systemHeartbeatReceiveInterval: 0 },
  { hosts: [{ host: 'a', port: 65_535 }] },
  { hosts: () => ({ host: 'a', port: 61613 }) },
  { connections: 'shared', sharedConnections: 1 },
  { reconnectDelayMs: 1, maxReconnectDelayMs: LONGER_THAN_TIMERS - 1, reconnectJitter: 1 },
  { reconnectJitter: 0.3, maxBufferBytes: Infinity, maxBufferedMessages: 0 },
  { userDestinationHeaders: {}, port: undefined },
  { tls: true, clientLogin: '', clientPasscode: '', virtualHost: '/' },
  {
    tls: { ca: 'x' },
    connect: (): never => {
      throw new Error('never asked');
    },
  },
];

describe('options of a relay', () => {
  it.each(
    Object.entries(REFUSED).flatMap(([name, values]) =>
      values.map((value) => [name, value] as const),
    ),
  )('%s cannot be %p', (name, value) => {
    expect(() => stompBrokerRelay({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'STOMP_ERR_OPTION',
        message: expect.stringContaining(`Option "stompBrokerRelay.${name}`),
      }),
    );
  });

  it('refuses a name that there is not', () => {
    const options: object = { relayHost: 'rabbit' };
    expect(() => stompBrokerRelay(options)).toThrow(
      /^stompBrokerRelay has no option "relayHost"\. It has name, destinations, host,/,
    );
  });

  it.each(['clientPasscode', 'systemPasscode'])('never shows what is wrong with %s', (name) => {
    expect(() => stompBrokerRelay({ [name]: 12_345 })).toThrow(
      `Option "stompBrokerRelay.${name}" must be a text, not 'number'`,
    );
  });

  it.each(TAKEN)('may be %p', (options) => {
    expect(stompBrokerRelay(options).available).toBe(false);
  });
});
