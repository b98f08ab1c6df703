import { Logger } from '@nestjs/common';
import type { StompEvents, StompEventType } from '../../channel/index.js';
import { NODE_HEADER, type Message } from '../../message/index.js';
import type { SimpUserRegistry } from '../simp-user-registry.js';
import type { ClusterChannel } from './cluster-channel.js';
import { snapshotOf, type NodeSnapshot, type UserSnapshot } from './remote-user.js';

/** How often a node tells its users, changed or not. Spring: MultiServerUserRegistry. */
const PERIOD_MS = 10_000;
/** After how long a node that says nothing is taken for gone. */
const EXPIRY_MS = 20_000;
/** Changes within this time are told together; with many users it is longer, as all of them are told. */
const GATHER_MS = 50;
const GATHER_MS_PER_USER = 0.05;
const CHANGES: readonly StompEventType[] = [
  'sessionConnected',
  'sessionSubscribe',
  'sessionUnsubscribe',
  'sessionDisconnect',
  'brokerAvailability',
];

export interface UserRegistryBroadcastOptions {
  readonly node: string;
  readonly destination: string;
  readonly registry: SimpUserRegistry;
  readonly events: StompEvents;
  readonly channel: ClusterChannel;
}

/** Tells the other nodes who is connected here, and the registry who is connected there. */
export class UserRegistryBroadcast {
  private readonly logger = new Logger('UserRegistryBroadcast');
  private readonly leave: (() => void)[] = [];
  private readonly expiries = new Map<string, NodeJS.Timeout>();
  private gathering: NodeJS.Timeout | undefined;
  private readonly period: NodeJS.Timeout;

  constructor(private readonly options: UserRegistryBroadcastOptions) {
    const { channel, destination, events } = options;
    this.leave.push(channel.subscribe(destination, (message) => this.receive(message)));
    for (const type of CHANGES) this.leave.push(events.on(type, () => this.changed()));
    this.period = setInterval(() => this.tell(), PERIOD_MS).unref();
    this.changed();
  }

  /** Tells the others that the users of this node are gone. */
  stop(): void {
    for (const leave of this.leave) leave();
    clearInterval(this.period);
    clearTimeout(this.gathering);
    for (const expiry of this.expiries.values()) clearTimeout(expiry);
    this.publish({ node: this.options.node, users: [] });
  }

  private changed(): void {
    this.gathering ??= setTimeout(
      () => this.tell(),
      GATHER_MS + GATHER_MS_PER_USER * this.options.registry.getLocalUsers().length,
    ).unref();
  }

  private tell(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.publish(snapshotOf(this.options.node, this.options.registry.getLocalUsers()));
  }

  private publish(snapshot: NodeSnapshot): void {
    const { channel, destination, node } = this.options;
    if (!channel.available) return;
    const headers = { [NODE_HEADER]: node, 'content-type': 'application/json' };
    try {
      channel.publish(destination, Buffer.from(JSON.stringify(snapshot)), headers);
    } catch (error) {
      this.logger.warn(`The other nodes were not told who is here: ${(error as Error).message}`);
    }
  }

  private receive(message: Message): void {
    const { node, registry } = this.options;
    const from = message.headers.native.get(NODE_HEADER);
    if (from === undefined || from === node) return;
    const snapshot = this.parse(message);
    if (!snapshot) return;
    const isNew = !this.expiries.has(snapshot.node);
    this.remember(snapshot);
    registry.setRemoteUsers(snapshot.node, snapshot.users);
    // A node that has just come knows nobody yet.
    if (isNew) this.changed();
  }

  private remember({ node }: NodeSnapshot): void {
    clearTimeout(this.expiries.get(node));
    const forget = (): void => {
      this.expiries.delete(node);
      this.options.registry.setRemoteUsers(node, []);
    };
    this.expiries.set(node, setTimeout(forget, EXPIRY_MS).unref());
  }

  private parse(message: Message): NodeSnapshot | undefined {
    try {
      const snapshot = JSON.parse(String(message.payload)) as NodeSnapshot;
      if (typeof snapshot.node === 'string' && snapshot.users.every(isUser)) return snapshot;
    } catch {
      // Told below, as what is JSON but no snapshot.
    }
    this.logger.warn(`What came to ${this.options.destination} is no list of users; it is ignored`);
    return undefined;
  }
}

function isUser({ name, sessions }: UserSnapshot): boolean {
  return (
    typeof name === 'string' &&
    sessions.every(
      ({ id, subscriptions }) => typeof id === 'string' && Array.isArray(subscriptions),
    )
  );
}
