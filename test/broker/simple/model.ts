/** What a client got, as the model foresees it. */
export interface Foreseen {
  readonly destination: string;
  readonly body: string;
  readonly redelivered: boolean;
}

export type Mode = 'auto' | 'client' | 'client-individual';

export interface ModelSubscription {
  readonly client: string;
  readonly id: string;
  readonly destination: string;
  readonly mode: Mode;
  readonly limit: number;
  readonly got: Foreseen[];
  unacknowledged: ModelMessage[];
  pending: ModelMessage[];
  servedAt: number;
}

export interface ModelMessage {
  readonly destination: string;
  readonly body: string;
  readonly sequence: number;
  attempts: number;
  refusedBy: ModelSubscription | undefined;
}

type Frame =
  | { readonly destination: string; readonly body: string }
  | {
      readonly subscription: ModelSubscription;
      readonly message: ModelMessage;
      readonly accepted: boolean;
    };

export interface ModelLimits {
  readonly maxPending: number;
  readonly maxQueueMessages: number;
  readonly maxDeliveryAttempts: number;
  readonly deadLetterDestination: string;
}

/** The rules of the simple broker in the simplest words, without any thought of speed. */
export class Model {
  readonly clients = new Map<string, Map<string, Frame[]>>();
  subscriptions: ModelSubscription[] = [];
  readonly ended: ModelSubscription[] = [];
  readonly queues = new Map<string, ModelMessage[]>();
  readonly lastValues = new Map<string, ModelMessage>();
  /** Bodies of messages that were published to queues, and what became of them. */
  readonly published: string[] = [];
  readonly taken: string[] = [];
  readonly overflowed: string[] = [];
  readonly buried: string[] = [];
  private clock = 0;

  constructor(private readonly limits: ModelLimits) {}

  transactionsOf(client: string): Map<string, Frame[]> {
    return this.clients.get(client)!;
  }

  find(client: string, id: string): ModelSubscription | undefined {
    return this.subscriptions.find((one) => one.client === client && one.id === id);
  }

  subscribe(client: string, id: string, destination: string, mode: Mode, limit: number): void {
    const subscription: ModelSubscription = {
      client,
      id,
      destination,
      mode,
      limit: mode === 'auto' ? Infinity : limit,
      got: [],
      unacknowledged: [],
      pending: [],
      servedAt: 0,
    };
    this.subscriptions.push(subscription);
    for (const message of this.lastValues.values())
      if (matches(destination, message.destination)) this.offer(subscription, message);
    for (const queue of this.queues.keys()) this.serve(queue);
  }

  end(subscriptions: readonly ModelSubscription[]): void {
    this.subscriptions = this.subscriptions.filter((one) => !subscriptions.includes(one));
    this.ended.push(...subscriptions);
    for (const one of subscriptions) this.takeBack(one.unacknowledged.splice(0), undefined);
  }

  publish(destination: string, body: string): void {
    if (isQueue(destination)) this.published.push(body);
    this.route(destination, body);
  }

  private route(destination: string, body: string): void {
    const message = {
      destination,
      body,
      sequence: ++this.clock,
      attempts: 0,
      refusedBy: undefined,
    };
    if (isQueue(destination)) {
      this.queue(destination).push(message);
      return this.serve(destination);
    }
    if (destination === '/topic/b') this.lastValues.set(destination, message);
    for (const one of this.subscriptions)
      if (matches(one.destination, destination)) this.offer(one, message);
  }

  settle(subscription: ModelSubscription, message: ModelMessage, accepted: boolean): void {
    const at = subscription.unacknowledged.indexOf(message);
    if (at < 0) return;
    const from = subscription.mode === 'client' ? 0 : at;
    const settled = subscription.unacknowledged.splice(from, at - from + 1);
    if (!isQueue(subscription.destination)) return this.resume(subscription);
    if (accepted) this.taken.push(...settled.map(({ body }) => body));
    else this.takeBack(settled, subscription);
    this.serve(message.destination);
  }

  commit(frames: readonly Frame[]): void {
    for (const frame of frames)
      if ('body' in frame) this.publish(frame.destination, frame.body);
      else this.settle(frame.subscription, frame.message, frame.accepted);
  }

  private queue(destination: string): ModelMessage[] {
    const queue = this.queues.get(destination) ?? [];
    this.queues.set(destination, queue);
    return queue;
  }

  /** Hands out what can be handed out, oldest first, each to the consumer that waited longest. */
  private serve(destination: string): void {
    const queue = this.queue(destination);
    for (const message of [...queue]) {
      const consumer = this.nextConsumer(message);
      if (!consumer) break;
      queue.splice(queue.indexOf(message), 1);
      message.attempts++;
      consumer.servedAt = ++this.clock;
      this.deliver(consumer, message);
      if (consumer.mode === 'auto') this.taken.push(message.body);
    }
    while (queue.length > this.limits.maxQueueMessages) this.overflowed.push(queue.shift()!.body);
  }

  private nextConsumer(message: ModelMessage): ModelSubscription | undefined {
    const [next] = this.subscriptions
      .filter((one) => matches(one.destination, message.destination) && hasRoom(one))
      .sort((one, other) => rank(one, message) - rank(other, message));
    return next;
  }

  private takeBack(messages: readonly ModelMessage[], from: ModelSubscription | undefined): void {
    const back = messages.filter(({ destination }) => isQueue(destination));
    const isSpent = (one: ModelMessage): boolean => one.attempts >= this.limits.maxDeliveryAttempts;
    for (const message of back) message.refusedBy = from;
    for (const message of back.filter((one) => !isSpent(one))) {
      const queue = this.queue(message.destination);
      queue.push(message);
      queue.sort((one, other) => one.sequence - other.sequence);
    }
    for (const { destination, body } of back.filter(isSpent)) {
      const { deadLetterDestination } = this.limits;
      if (destination === deadLetterDestination) this.buried.push(body);
      else this.route(deadLetterDestination, body);
    }
    for (const destination of new Set(back.map((one) => one.destination))) this.serve(destination);
  }

  private offer(subscription: ModelSubscription, message: ModelMessage): void {
    subscription.pending.push(message);
    this.resume(subscription);
    if (subscription.pending.length > this.limits.maxPending) subscription.pending.shift();
  }

  private resume(subscription: ModelSubscription): void {
    while (subscription.pending.length > 0 && hasRoom(subscription))
      this.deliver(subscription, subscription.pending.shift()!);
  }

  private deliver(subscription: ModelSubscription, message: ModelMessage): void {
    const { destination, body, attempts } = message;
    subscription.got.push({ destination, body, redelivered: attempts > 1 });
    if (subscription.mode !== 'auto') subscription.unacknowledged.push(message);
  }
}

const isQueue = (destination: string): boolean => destination.startsWith('/queue');

const hasRoom = (one: ModelSubscription): boolean => one.unacknowledged.length < one.limit;

const rank = (one: ModelSubscription, { refusedBy }: ModelMessage): number =>
  one === refusedBy ? Infinity : one.servedAt;

/** The model knows `*` at the end only. */
function matches(pattern: string, destination: string): boolean {
  return pattern.endsWith('*')
    ? destination.startsWith(pattern.slice(0, -1))
    : pattern === destination;
}
