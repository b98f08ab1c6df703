import { RealBroker, type BrokerKind } from '../../brokers/real-broker.js';
import { application } from './suite/application.js';
import { connections } from './suite/connections.js';
import { crash } from './suite/crash.js';
import { queues } from './suite/queues.js';
import { RelayRig } from './suite/relay-rig.js';
import { topics } from './suite/topics.js';
import type { Traits } from './suite/traits.js';
import { transactions } from './suite/transactions.js';

/** What holds for every broker, in both ways to connect clients to it. */
export function relaySuite(kind: BrokerKind, traits: Traits): void {
  let broker: RealBroker;

  beforeAll(async () => {
    broker = await RealBroker.start(kind);
  }, 120_000);

  afterAll(() => broker.stop(), 120_000);

  describe.each(['per-client', 'shared'] as const)(`a relay to ${kind.name}, %s`, (mode) => {
    const rig = new RelayRig(kind, mode);

    beforeEach(() => rig.start(), 30_000);
    afterEach(() => rig.stop(), 30_000);
    topics(rig, traits);
    queues(rig, traits);
    transactions(rig);
    application(rig);
    connections(rig, traits);
  });

  describe(`${kind.name}, killed under load,`, () => crash(kind, () => broker));
}
