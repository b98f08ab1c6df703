import fc from 'fast-check';
import type { MemoryConnection } from '../support/memory-connection.js';
import { message, SessionRig } from '../support/session-rig.js';

const DESTINATIONS = ['/topic/a', '/topic/b', '/topic/c'];
const CLIENTS = 4;

type Step =
  | { do: 'publish'; to: number }
  | { do: 'reply' | 'toggle'; client: number; to: number }
  | { do: 'flush' };

const anyClient = fc.nat(CLIENTS - 1);
const anyDestination = fc.nat(DESTINATIONS.length - 1);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('publish' as const), to: anyDestination }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('reply' as const, 'toggle' as const),
      client: anyClient,
      to: anyDestination,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
);

/** The same steps against sessions, and against lists of what each client should read. */
class Model {
  readonly rig = new SessionRig();
  readonly clients: MemoryConnection[] = [];
  readonly expected: string[][] = [];
  private readonly subscribed: Set<number>[] = [];
  private count = 0;

  constructor() {
    for (let i = 0; i < CLIENTS; i++) {
      this.clients.push(this.rig.connect({ 'accept-version': i === 0 ? '1.1' : '1.2' }));
      this.expected.push([]);
      this.subscribed.push(new Set());
      // Half of the clients share their subscription ids, so that batches are shared too.
      for (let to = 0; to < DESTINATIONS.length; to++) if ((i + to) % 3) this.toggle(i, to);
    }
  }

  take(step: Step): void {
    if (step.do === 'flush') this.rig.flush();
    else if (step.do === 'publish') this.publish(step.to);
    else if (step.do === 'toggle') this.toggle(step.client, step.to);
    else this.reply(step.client, step.to);
  }

  received(client: number): string[] {
    return this.clients[client]!.framesOf('MESSAGE').map(
      ({ headers, text }) => `${headers.subscription} ${text}`,
    );
  }

  private publish(to: number): void {
    const body = `m${this.count++}`;
    this.rig.broker.publish(message({ destination: DESTINATIONS[to] }, body));
    this.subscribed.forEach((ids, client) => {
      if (ids.has(to)) this.expected[client]!.push(`${this.idOf(client, to)} ${body}`);
    });
  }

  private reply(client: number, to: number): void {
    if (!this.subscribed[client]!.has(to)) return;
    const body = `r${this.count++}`;
    const subscriptionId = this.idOf(client, to);
    const sessionId = this.rig.contextOf(this.clients[client]!).id;
    this.rig.outbound.send(message({ sessionId, subscriptionId, destination: '/x' }, body));
    this.expected[client]!.push(`${subscriptionId} ${body}`);
  }

  private toggle(client: number, to: number): void {
    const id = this.idOf(client, to);
    const ids = this.subscribed[client]!;
    const receipt = `t${this.count++}`;
    if (ids.delete(to)) this.clients[client]!.send('UNSUBSCRIBE', { id, receipt });
    else {
      this.clients[client]!.send('SUBSCRIBE', { id, destination: DESTINATIONS[to]!, receipt });
      ids.add(to);
    }
  }

  private idOf(client: number, to: number): string {
    return client % 2 ? `sub-${to}` : `${client}:${to}`;
  }
}

describe('fan-out', () => {
  it('brings every session exactly its messages, in the order in which they were sent', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const step of steps) model.take(step);
        model.rig.flush();
        for (let client = 0; client < CLIENTS; client++)
          expect(model.received(client)).toEqual(model.expected[client]);
        model.rig.stop();
      }),
      { numRuns: 200 },
    );
  });
});
