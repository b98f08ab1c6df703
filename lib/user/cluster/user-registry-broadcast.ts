import { Buffer } from 'node:buffer';
import { Logger } from '@nestjs/common';
import type { StompEvents, StompEventType } from '../../channel/index.js';
import { checkTime } from '../../exception/index.js';
import { NODE_HEADER, type Message } from '../../message/index.js';
import type { SimpUserRegistry } from '../simp-user-registry.js';
import { isCloseRequest, type CloseRequest } from './close-request.js';
import type { ClusterChannel } from './cluster-channel.js';
import { isNodeSnapshot, snapshotsOf, type NodeSnapshot } from './remote-user.js';

/** After how long a node that says nothing is taken for gone. Spring: UserRegistryMessageHandler. */
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
  /** After how many milliseconds the others forget this node when it says nothing; it speaks twice as often. @default 20000 */
  readonly expiryMs?: number;
}

/** Another node: what it said last, and when it is taken for gone. */
interface OtherNode {
  readonly said: string;
  readonly expiry: NodeJS.Timeout;
}

/**
 * Tells the other nodes who is connected here, and the registry who is connected there; carries requests to close
 * sessions.
 */
export class UserRegistryBroadcast {
  private readonly logger = new Logger('UserRegistryBroadcast');
  private readonly leave: (() => void)[] = [];
  private readonly others = new Map<string, OtherNode>();
  private readonly expiryMs: number;
  private gathering: NodeJS.Timeout | undefined;
  private readonly period: NodeJS.Timeout;

  /** @throws StompException when `expiryMs` is no time that a timer can wait */
  constructor(private readonly options: UserRegistryBroadcastOptions) {
    const { channel, destination, events, registry } = options;
    this.expiryMs = options.expiryMs ?? EXPIRY_MS;
    checkTime('userRegistryExpiryMs', this.expiryMs, false);
    this.leave.push(channel.subscribe(destination, (message) => this.receive(message)));
    for (const type of CHANGES) this.leave.push(events.on(type, () => this.changed()));
    this.leave.push(registry.onCloseElsewhere((close) => this.publish({ close })));
    this.period = setInterval(() => this.tell(), this.expiryMs / 2).unref();
    this.changed();
  }

  /** Tells the others that the users of this node are gone. */
  stop(): void {
    for (const leave of this.leave) leave();
    clearInterval(this.period);
    clearTimeout(this.gathering);
    for (const { expiry } of this.others.values()) clearTimeout(expiry);
    this.others.clear();
    this.publish({ users: [], expiryMs: this.expiryMs });
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
    const users = snapshotsOf(this.options.registry.getLocalUsers());
    this.publish({ users, expiryMs: this.expiryMs });
  }

  /** False when the others could not be told. */
  private publish(said: Omit<NodeSnapshot, 'node'> | { close: CloseRequest }): boolean {
    const { channel, destination, node } = this.options;
    if (!channel.available) return false;
    const headers = { [NODE_HEADER]: node, 'content-type': 'application/json' };
    try {
      void channel.publish(destination, Buffer.from(JSON.stringify({ node, ...said })), headers);
      return true;
    } catch (error) {
      this.logger.warn(`The other nodes were not told who is here: ${(error as Error).message}`);
      return false;
    }
  }

  private receive(message: Message): void {
    const { node, registry } = this.options;
    const from = message.headers.native.get(NODE_HEADER);
    if (from === undefined || from === node) return;
    const text = String(message.payload);
    const said = this.parse(text);
    if (said === undefined) return;
    if ('close' in said) registry.closeHere(said.close);
    else this.remember(said, text);
  }

  private remember({ node, users, expiryMs }: NodeSnapshot, said: string): void {
    const before = this.others.get(node);
    clearTimeout(before?.expiry);
    const expiry = setTimeout(() => this.checkIsSilent(node), expiryMs).unref();
    this.others.set(node, { said, expiry });
    if (before?.said === said) return;
    this.options.registry.setRemoteUsers(node, users);
    this.options.events.publish({ type: 'remoteUsers', node });
    // A node that has just come knows nobody yet.
    if (!before) this.changed();
  }

  private checkIsSilent(node: string): void {
    const silent = this.others.get(node);
    // A process that did not run has not read what came meanwhile.
    setImmediate(() => {
      if (this.others.get(node) === silent) this.forget(node);
    });
  }

  private forget(node: string): void {
    this.others.delete(node);
    this.options.registry.setRemoteUsers(node, []);
    this.options.events.publish({ type: 'remoteUsers', node });
  }

  private parse(text: string): NodeSnapshot | { close: CloseRequest } | undefined {
    try {
      const said = JSON.parse(text) as Partial<NodeSnapshot> & { close?: unknown };
      if (isNodeSnapshot(said)) return said;
      if (isCloseRequest(said.close)) return { close: said.close };
    } catch {
      // Told below, as what is JSON but neither.
    }
    this.logger.warn(`What came to ${this.options.destination} is no list of users; it is ignored`);
    return undefined;
  }
}
