import { ConsoleLogger, Logger } from '@nestjs/common';
import fc from 'fast-check';
import {
  Model,
  type Foreseen,
  type Mode,
  type ModelLimits,
  type ModelSubscription,
} from './model.js';
import { Bench, type Client } from './verbs.js';

const CLIENTS = ['a', 'b', 'c'];
const DESTINATIONS = ['/topic/a', '/topic/b', '/queue/a', '/queue/b', '/queue/dead'];
const LIMITS: ModelLimits = {
  maxPending: 2,
  maxQueueMessages: 4,
  maxDeliveryAttempts: 3,
  deadLetterDestination: '/queue/dead',
};

/** The broker with its clients, beside the model. */
class Real {
  readonly bench = new Bench({ ...LIMITS, queues: ['/queue'], lastValue: ['/topic/b'] }).start();
  readonly clients = new Map<string, Client>();
  private sent = 0;

  nextBody(): string {
    return `m${this.sent++}`;
  }

  client(id: string): Client {
    return this.clients.get(id)!;
  }

  /** The `ack` of the message that a client got last with this body. */
  ackOf({ client, id }: ModelSubscription, body: string): string {
    const { received } = this.client(client);
    return received.findLast((one) => one.subscription === id && one.body === body)!.ack!;
  }
}

/** One command: does it on both sides, then both must have delivered the same. */
abstract class Step implements fc.Command<Model, Real> {
  check(_model: Readonly<Model>): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    this.perform(model, real);
    for (const subscription of model.subscriptions) expectSame(subscription, real);
  }

  protected abstract perform(model: Model, real: Real): void;
  abstract toString(): string;
}

const byDestination = (list: readonly Foreseen[]): Foreseen[] =>
  list.toSorted((one, other) => one.destination.localeCompare(other.destination));

function expectSame({ client, id, got }: ModelSubscription, real: Real): void {
  const received = real.client(client).received.filter((one) => one.subscription === id);
  const seen = received.map(({ destination, body, redelivered }) => ({
    destination,
    body,
    redelivered,
  }));
  // The order among the queues of one pattern is not promised.
  expect(byDestination(seen)).toEqual(byDestination(got));
}

class Connect extends Step {
  constructor(private readonly client: string) {
    super();
  }

  override check(model: Model): boolean {
    return !model.clients.has(this.client);
  }

  protected perform(model: Model, real: Real): void {
    model.clients.set(this.client, new Map());
    real.clients.set(this.client, real.bench.connect(this.client));
  }

  toString(): string {
    return `${this.client} connects`;
  }
}

abstract class ClientStep extends Step {
  constructor(protected readonly client: string) {
    super();
  }

  override check(model: Model): boolean {
    return model.clients.has(this.client);
  }
}

class Disconnect extends ClientStep {
  protected perform(model: Model, real: Real): void {
    model.clients.delete(this.client);
    real.client(this.client).disconnect();
    model.end(model.subscriptions.filter((one) => one.client === this.client));
  }

  toString(): string {
    return `${this.client} disconnects`;
  }
}

let ids = 0;

class Subscribe extends ClientStep {
  constructor(
    client: string,
    private readonly destination: string,
    private readonly mode: Mode,
    private readonly prefetch: number,
  ) {
    super(client);
  }

  protected perform(model: Model, real: Real): void {
    const id = `s${ids++}`;
    const headers = { ack: this.mode, 'prefetch-count': String(this.prefetch) };
    model.subscribe(this.client, id, this.destination, this.mode, this.prefetch);
    real.client(this.client).subscribe(id, this.destination, headers);
    expect(() => real.client(this.client).subscribe(id, '/topic/a')).toThrow();
  }

  toString(): string {
    return `${this.client} subscribes to ${this.destination} (${this.mode}, ${this.prefetch})`;
  }
}

class Unsubscribe extends ClientStep {
  constructor(
    client: string,
    private readonly which: number,
  ) {
    super(client);
  }

  override check(model: Model): boolean {
    return this.pick(model) !== undefined;
  }

  protected perform(model: Model, real: Real): void {
    const subscription = this.pick(model)!;
    model.end([subscription]);
    real.client(this.client).unsubscribe(subscription.id, subscription.destination);
  }

  toString(): string {
    return `${this.client} unsubscribes #${this.which}`;
  }

  private pick(model: Model): ModelSubscription | undefined {
    const own = model.subscriptions.filter((one) => one.client === this.client);
    return own[this.which % Math.max(own.length, 1)];
  }
}

class Send extends ClientStep {
  constructor(
    client: string,
    private readonly destination: string,
    private readonly transaction: string | undefined,
  ) {
    super(client);
  }

  protected perform(model: Model, real: Real): void {
    const frames = this.transaction && model.transactionsOf(this.client).get(this.transaction);
    const headers: Record<string, string> = frames ? { transaction: this.transaction } : {};
    const body = real.nextBody();
    if (frames) frames.push({ destination: this.destination, body });
    else model.publish(this.destination, body);
    real.client(this.client).send(this.destination, body, headers);
  }

  toString(): string {
    return `${this.client} sends to ${this.destination} in ${this.transaction}`;
  }
}

class Settle extends ClientStep {
  constructor(
    client: string,
    private readonly which: number,
    private readonly accepted: boolean,
    private readonly transaction: string | undefined,
  ) {
    super(client);
  }

  override check(model: Model): boolean {
    return this.pick(model) !== undefined;
  }

  protected perform(model: Model, real: Real): void {
    const { subscription, message } = this.pick(model)!;
    const frames = this.transaction && model.transactionsOf(this.client).get(this.transaction);
    const headers: Record<string, string> = frames ? { transaction: this.transaction } : {};
    const ack = real.ackOf(subscription, message.body);
    if (frames) frames.push({ subscription, message, accepted: this.accepted });
    else model.settle(subscription, message, this.accepted);
    const client = real.client(this.client);
    if (this.accepted) client.ack(ack, headers);
    else client.nack(ack, headers);
  }

  toString(): string {
    return `${this.client} ${this.accepted ? 'ACK' : 'NACK'} #${this.which} in ${this.transaction}`;
  }

  private pick(model: Model) {
    const own = model.subscriptions
      .filter((one) => one.client === this.client)
      .flatMap((subscription) =>
        subscription.unacknowledged.map((message) => ({ subscription, message })),
      );
    return own[this.which % Math.max(own.length, 1)];
  }
}

class Transact extends ClientStep {
  constructor(
    client: string,
    private readonly command: 'BEGIN' | 'COMMIT' | 'ABORT',
    private readonly transaction: string,
  ) {
    super(client);
  }

  protected perform(model: Model, real: Real): void {
    const open = model.transactionsOf(this.client);
    const frames = open.get(this.transaction);
    const act = (): void => real.client(this.client).transaction(this.command, this.transaction);
    if ((this.command === 'BEGIN') === (frames !== undefined)) return void expect(act).toThrow();
    if (this.command === 'BEGIN') open.set(this.transaction, []);
    else open.delete(this.transaction);
    if (this.command === 'COMMIT') model.commit(frames!);
    act();
  }

  toString(): string {
    return `${this.client} ${this.command} ${this.transaction}`;
  }
}

const client = fc.constantFrom(...CLIENTS);
const transaction = fc.constantFrom(undefined, undefined, 't', 'u');
const commands = fc.commands<Model, Real>(
  [
    client.map((id) => new Connect(id)),
    client.map((id) => new Disconnect(id)),
    fc
      .tuple(
        client,
        fc.constantFrom<[string, Mode]>(
          ...DESTINATIONS.flatMap((one): [string, Mode][] => [
            [one, 'auto'],
            [one, 'client'],
            [one, 'client-individual'],
          ]),
          ['/topic/*', 'auto'],
          ['/topic/*', 'client'],
          ['/queue/*', 'auto'],
        ),
        fc.integer({ min: 1, max: 3 }),
      )
      .map(([id, [destination, mode], prefetch]) => new Subscribe(id, destination, mode, prefetch)),
    fc.tuple(client, fc.nat(9)).map((args) => new Unsubscribe(...args)),
    ...Array.from({ length: 3 }, () =>
      fc
        .tuple(client, fc.constantFrom(...DESTINATIONS), transaction)
        .map((args) => new Send(...args)),
    ),
    ...Array.from({ length: 3 }, () =>
      fc.tuple(client, fc.nat(9), fc.boolean(), transaction).map((args) => new Settle(...args)),
    ),
    fc
      .tuple(client, fc.constantFrom('BEGIN', 'COMMIT', 'ABORT'), fc.constantFrom('t', 'u'))
      .map((args) => new Transact(...args)),
  ],
  { maxCommands: 120, size: 'max' },
);

/** Everybody leaves; then somebody takes what is left, and nothing may remain. */
function finish(model: Model, real: Real): void {
  for (const id of model.clients.keys()) new Disconnect(id).run(model, real);
  new Connect('last').run(model, real);
  new Subscribe('last', '/queue/*', 'auto', 1).run(model, real);
  new Disconnect('last').run(model, real);
  const { published, taken, overflowed, buried } = model;
  expect([...taken, ...overflowed, ...buried].sort()).toEqual(published.sort());
  expect(real.bench.broker.statistics).toMatchObject({
    droppedFromQueues: overflowed.length,
    sessions: 0,
    subscriptions: 0,
    queues: 0,
    queuedMessages: 0,
    pendingMessages: 0,
    unacknowledged: 0,
    heldBytes: 0,
    transactions: 0,
  });
}

describe('the broker and its model', () => {
  // It warns about what overflows, which is what happens here all the time.
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(new ConsoleLogger()));

  it('deliver the same, lose nothing, deliver nothing twice, and are empty at the end', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const model = new Model(LIMITS);
        const real = new Real();
        try {
          fc.modelRun(() => ({ model, real }), steps);
          finish(model, real);
        } finally {
          real.bench.broker.stop();
        }
      }),
      { numRuns: 200 },
    );
  });
});
