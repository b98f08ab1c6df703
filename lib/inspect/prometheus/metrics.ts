import type {
  BrokerCounts,
  RelayCounts,
  SimpleBrokerCounts,
  StompStatsSnapshot,
} from '../stats-snapshot.js';

export type Labels = Record<string, string | number>;

/** One value of a metric; `suffix` for the parts of a histogram. */
export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/**
 * Of Prometheus.
 *
 * @publicApi
 */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/**
 * One metric of the table.
 *
 * @publicApi
 */
export interface StompMetric {
  /** Without the prefix. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** @internal */
  readonly samples: (snapshot: StompStatsSnapshot) => Sample[];
}

type SamplesOf = StompMetric['samples'];

/**
 * All metrics, by name without prefix. Each sample has the label `instance` beside those named in the help text.
 *
 * @publicApi
 */
export const METRICS: readonly StompMetric[] = [
  gauge('sessions', 'Open connections by transport', ({ sessions }) =>
    Object.entries(sessions.byTransport).map(([transport, { current: value }]) => ({
      value,
      labels: { transport },
    })),
  ),
  gauge('sessions_connected', 'Sessions that got CONNECTED', (one) => [
    { value: one.sessions.connected },
  ]),
  counter('sessions_total', 'Connections that were accepted, by transport', ({ sessions }) =>
    Object.entries(sessions.byTransport).map(([transport, { total: value }]) => ({
      value,
      labels: { transport },
    })),
  ),
  counter('sessions_closed_total', 'Sessions that ended, by WebSocket close code', ({ sessions }) =>
    byLabel('code', sessions.closedByCode),
  ),
  counter(
    'sessions_closed_abnormally_total',
    'Sessions that ended abnormally, by reason: noConnect, slow, transportError',
    ({ sessions: { closedAbnormally } }) => {
      const { noConnect, slow, transportError } = closedAbnormally;
      return byLabel('reason', { noConnect, slow, transportError });
    },
  ),
  counter(
    'handshakes_refused_total',
    'Handshakes that were answered with an error, by HTTP status',
    ({ handshakes }) => byLabel('status', handshakes.refused),
  ),
  gauge('users', 'Users with a session', (one) => [{ value: one.users.users }]),
  gauge('subscriptions', 'Subscriptions of all sessions', (one) => [{ value: one.subscriptions }]),
  counter('frames_in_total', 'STOMP frames of clients, by command', ({ inbound }) =>
    byLabel('command', inbound.frames),
  ),
  counter('frames_out_total', 'STOMP frames to clients, by command', ({ outbound }) =>
    byLabel('command', outbound.frames),
  ),
  counter('bytes_in_total', 'Octets of STOMP from clients', (one) => [
    { value: one.inbound.bytes },
  ]),
  counter('bytes_out_total', 'Octets of STOMP to clients', (one) => [
    { value: one.outbound.bytes },
  ]),
  gauge('frames_in_flight', 'Frames whose handling is not complete', (one) => [
    { value: one.messages.inFlight },
  ]),
  counter('messages_dropped_total', 'Frames that an interceptor dropped', (one) => [
    { value: one.messages.dropped },
  ]),
  counter('messages_not_sent_total', 'Messages that could not be sent to their session', (one) => [
    { value: one.messages.notSent },
  ]),
  gauge('send_buffer_bytes', 'Octets that wait for clients', (one) => [
    { value: one.sendBuffers.bytes },
  ]),
  gauge('send_buffer_largest_bytes', 'Octets that wait for the client with most', (one) => [
    { value: one.sendBuffers.largestBytes },
  ]),
  counter('slow_clients_total', 'Times that a client read too slowly', (one) => [
    { value: one.sendBuffers.slowClients },
  ]),
  counter('slow_client_frames_dropped_total', 'Frames left out for slow clients', (one) => [
    { value: one.sendBuffers.framesDropped },
  ]),
  gauge('broker_available', 'Whether a broker takes messages, by broker', ({ brokers }) =>
    brokers.map(({ name: broker, available }) => ({
      value: Number(available),
      labels: { broker },
    })),
  ),
  ...simple('gauge', {
    broker_queued_messages: ['Messages that wait in queues', 'queuedMessages'],
    broker_pending_messages: [
      'Messages that wait for acknowledgement of others',
      'pendingMessages',
    ],
    broker_unacknowledged_messages: ['Messages that were not acknowledged', 'unacknowledged'],
    broker_held_bytes: ['Octets of messages that are held', 'heldBytes'],
    broker_transactions: ['Open transactions', 'transactions'],
  }),
  ...simple('counter', {
    broker_published_total: ['Messages that were published', 'published'],
    broker_delivered_total: ['Messages handed out, one for each receiver', 'delivered'],
    broker_redelivered_total: ['Messages of queues that were handed out again', 'redelivered'],
    broker_dead_lettered_total: ['Messages given up after too many attempts', 'deadLettered'],
    broker_expired_total: ['Messages of queues that got too old', 'expired'],
    broker_queue_dropped_total: ['Messages dropped from full queues', 'droppedFromQueues'],
    broker_pending_dropped_total: [
      'Messages dropped for want of acknowledgement',
      'droppedPending',
    ],
  }),
  ...relayed('gauge', {
    relay_client_connections: ['Connections of clients to an external broker', 'clientConnections'],
    relay_shared_subscriptions: [
      'Subscriptions at an external broker that clients share',
      'sharedSubscriptions',
    ],
    relay_buffered_messages: [
      'Messages of the application that wait for an external broker',
      'bufferedMessages',
    ],
  }),
  ...relayed('counter', {
    relay_reconnects_total: [
      'Times that a connection for all to an external broker was made again',
      'reconnects',
    ],
    relay_bytes_in_total: ['Octets of STOMP from an external broker', 'bytesIn'],
    relay_bytes_out_total: ['Octets of STOMP to an external broker', 'bytesOut'],
  }),
  counter('handler_calls_total', 'Calls of handlers, by handler', ({ handlers }) =>
    handlers.each.map(({ handler, invocations: value }) => ({ value, labels: { handler } })),
  ),
  counter('handler_failures_total', 'Calls of handlers that failed, by handler', ({ handlers }) =>
    handlers.each.map(({ handler, failures: value }) => ({ value, labels: { handler } })),
  ),
  gauge('handlers_running', 'Calls of handlers that are not complete', (one) => [
    { value: one.handlers.running },
  ]),
  gauge('handler_streams', 'Streams of handlers that go on', (one) => [
    { value: one.handlers.streams },
  ]),
  {
    name: 'handler_duration_seconds',
    type: 'histogram',
    help: 'Durations of the calls that were measured, by handler',
    samples: durations,
  },
];

function gauge(name: string, help: string, samples: SamplesOf): StompMetric {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: SamplesOf): StompMetric {
  return { name, type: 'counter', help, samples };
}

/** Metrics of simple brokers, by the label `broker`. */
function simple(
  type: MetricType,
  table: Record<string, [help: string, key: keyof SimpleBrokerCounts]>,
): StompMetric[] {
  return Object.entries(table).map(([name, [help, key]]) => ({
    name,
    type,
    help: `${help}, by broker`,
    samples: ({ brokers }) => ofBrokers(brokers, (one) => one.simple?.[key]),
  }));
}

/** Metrics of relays, by the label `broker`. */
function relayed(
  type: MetricType,
  table: Record<string, [help: string, key: keyof RelayCounts]>,
): StompMetric[] {
  return Object.entries(table).map(([name, [help, key]]) => ({
    name,
    type,
    help: `${help}, by broker`,
    samples: ({ brokers }) => ofBrokers(brokers, (one) => one.relay?.[key]),
  }));
}

function ofBrokers(
  brokers: readonly BrokerCounts[],
  valueOf: (broker: BrokerCounts) => number | undefined,
): Sample[] {
  return brokers.flatMap((broker) => {
    const value = valueOf(broker);
    return value === undefined ? [] : [{ value, labels: { broker: broker.name } }];
  });
}

function byLabel(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([key, value]) => ({ value, labels: { [label]: key } }));
}

function durations({ handlers }: StompStatsSnapshot): Sample[] {
  return handlers.each.flatMap(({ handler, durations: { buckets, sumMs, count } }): Sample[] => [
    ...buckets.map(({ leMs, count: value }) => ({
      value,
      labels: { handler, le: leMs === Number.POSITIVE_INFINITY ? '+Inf' : leMs / 1000 },
      suffix: '_bucket' as const,
    })),
    { value: sumMs / 1000, labels: { handler }, suffix: '_sum' },
    { value: count, labels: { handler }, suffix: '_count' },
  ]);
}
