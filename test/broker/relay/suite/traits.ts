import type { Headers } from '../../../support/stomp-wire.js';

/** In what brokers differ, though a relay does the same for each. */
export interface Traits {
  /** The wildcard for any number of levels. */
  readonly anyLevels: string;
  /** Whether names of topics may have `/` in them, for which `*` then stands too. */
  readonly hasSlashesInNames: boolean;
  /** Where a consumer finds what another one refused by NACK. */
  readonly afterNack: (queue: string) => string;
  /** Headers of a SUBSCRIBE that the broker answers with ERROR. */
  readonly refused: Headers;
  /** Frames by which a client would reach another destination than it names. */
  readonly detours: readonly Headers[];
  /** Headers of a SEND that the broker answers with ERROR. */
  readonly refusedOnSend: readonly Headers[];
  /** Whether its ERROR says which frame it is about. */
  readonly namesRefused: boolean;
  readonly hasSelectors: boolean;
  /** Headers of a SUBSCRIBE to a topic that is kept for a client, known by its `client-id`. */
  readonly durable: Headers | undefined;
  /** Whether a client subscribes to its temporary queue; else the broker does when it is named in `reply-to`. */
  readonly subscribesToTemporaryQueues: boolean;
}

export const RABBITMQ: Traits = {
  anyLevels: '#',
  hasSlashesInNames: false,
  afterNack: (queue) => queue,
  refused: { destination: '/topic/a/b' },
  detours: [
    {
      destination: '/topic/open',
      'x-queue-name': 'orders',
      durable: 'true',
      'auto-delete': 'false',
    },
    { destination: '/queue/open', 'x-dead-letter-exchange': '' },
    { destination: '/queue/open', 'x-dead-letter-routing-key': 'orders' },
  ],
  refusedOnSend: [{ CC: 'x' }, { BCC: 'x' }, { 'message-id': '1' }, { priority: 'high' }],
  namesRefused: false,
  hasSelectors: false,
  durable: undefined,
  subscribesToTemporaryQueues: false,
};

export const ACTIVEMQ: Traits = {
  anyLevels: '>',
  hasSlashesInNames: true,
  afterNack: () => '/queue/ActiveMQ.DLQ',
  refused: { destination: '/topic/a', selector: 'colour = (' },
  detours: [
    ...['/topic/staff ', '/topic/ staff', '/topic /staff', '/topic/staff\t', '/queue/orders '],
    ...['/topic/staff?consumer.priority=1', '/topic/open,/topic/staff', '/queue/orders?a=b'],
  ].map((destination) => ({ destination })),
  refusedOnSend: [{ priority: 'high' }, { expires: 'soon' }],
  namesRefused: true,
  hasSelectors: true,
  durable: { 'activemq.subscriptionName': 'durable' },
  subscribesToTemporaryQueues: true,
};
