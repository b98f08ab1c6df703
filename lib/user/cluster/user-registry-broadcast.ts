import { Buffer } from 'node:buffer';
import { Logger } from '@nestjs/common';
import {
  isPending,
  Warnings,
  type HandlingResult,
  type StompEvents,
  type StompEventType,
} from '../../channel/index.js';
import { checkTime, quoted } from '../../exception/index.js';
import { NODE_HEADER, type Message } from '../../message/index.js';
import type { SimpUserRegistry } from '../simp-user-registry.js';
import { isCloseRequest, type CloseRequest } from './close-request.js';
import type { ClusterChannel } from './cluster-channel.js';
import { PART_HEADER, PartCollector, partHeader } from './part-collector.js';
import { isNodeSnapshot, type NodeSnapshot, type UserSnapshot } from './remote-user.js';
import { partsOf } from './user-parts.js';

/** After how long a node that says nothing is taken for gone. Spring: UserRegistryMessageHandler. */
const EXPIRY_MS = 20_000;
/** Changes within this time are told together; it is longer with many users and subscriptions, as all of them are told. */
const GATHER_MS = 50;
const GATHER_MS_PER_CHARACTER = 1 / 2048;
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

/** Another node: the list that it told last, and when it is taken for gone. */
interface OtherNode {
  readonly said: string | undefined;
  readonly parts: PartCollector;
  readonly expiry: NodeJS.Timeout;
}

/**
 * Tells the other nodes who is connected here, and the registry who is connected there; carries requests to close
 * sessions. A long list goes in parts, one behind the other: what the application sends meanwhile goes between them.
 */
export class UserRegistryBroadcast {
  private readonly logger = new Logger('UserRegistryBroadcast');
  private readonly warnings = new Warnings(this.logger);
  private readonly leave: (() => void)[] = [];
  private readonly others = new Map<string, OtherNode>();
  private readonly expiryMs: number;
  private gathering: NodeJS.Timeout | undefined;
  private toldLength = 0;
  private lists = 0;
  private isTelling = false;
  private hasChanged = false;
  private isStopped = false;
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
    this.isStopped = true;
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
      GATHER_MS + GATHER_MS_PER_CHARACTER * this.toldLength,
    ).unref();
  }

  private tell(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    if (this.isTelling) return void (this.hasChanged = true);
    this.hasChanged = false;
    const { parts, length, leftOut } = partsOf(this.options.registry.getLocalUsers());
    this.toldLength = length;
    if (leftOut !== undefined) this.warnOfLeftOut(leftOut);
    const [users = [], ...more] = parts;
    if (more.length > 0) void this.tellInParts(parts);
    else this.publish({ users, expiryMs: this.expiryMs });
  }

  // The broker has one before it gets the next: they do not stand before all that the application sends.
  private async tellInParts(parts: readonly (readonly UserSnapshot[])[]): Promise<void> {
    this.isTelling = true;
    const list = ++this.lists;
    try {
      for (const [index, users] of parts.entries()) {
        if (this.isStopped || !this.options.channel.available) break;
        const said = { users, expiryMs: this.expiryMs };
        const sent = this.send(said, partHeader(list, index, parts.length));
        if (isPending(sent)) await ('completed' in sent ? sent.completed : sent);
      }
    } catch (error) {
      this.warnNotTold(error);
    }
    this.isTelling = false;
    if (this.hasChanged && !this.isStopped) this.changed();
  }

  /** False when the others could not be told. */
  private publish(said: Omit<NodeSnapshot, 'node'> | { close: CloseRequest }): boolean {
    if (!this.options.channel.available) return false;
    try {
      void this.send(said);
      return true;
    } catch (error) {
      this.warnNotTold(error);
      return false;
    }
  }

  /** With `part` the result is to wait for the broker. */
  private send(said: object, part?: string): HandlingResult {
    const { channel, destination, node } = this.options;
    const headers: Record<string, string> = {
      [NODE_HEADER]: node,
      'content-type': 'application/json',
    };
    if (part !== undefined) headers[PART_HEADER] = part;
    const body = Buffer.from(JSON.stringify({ node, ...said }));
    return channel.publish(destination, body, headers, part !== undefined);
  }

  private warnNotTold(error: unknown): void {
    this.logger.warn(`The other nodes were not told who is here: ${(error as Error).message}`);
  }

  private warnOfLeftOut(text: string): void {
    this.warnings.warn(
      'left out',
      () =>
        `The other nodes are not told of ${quoted(text)}, nor of other users and destinations that are so long (${text.length} characters): ` +
        'give users shorter names, or lower "maxDestinationLength"',
    );
  }

  private receive(message: Message): void {
    const { node, registry } = this.options;
    const from = message.headers.native.get(NODE_HEADER);
    if (from === undefined || from === node) return;
    const text = String(message.payload);
    const said = this.parse(text);
    if (said === undefined) return;
    if ('close' in said) registry.closeHere(said.close);
    else this.remember(said, text, message.headers.native.get(PART_HEADER));
  }

  private remember(
    { node, users, expiryMs }: NodeSnapshot,
    text: string,
    part: string | undefined,
  ): void {
    const before = this.others.get(node);
    clearTimeout(before?.expiry);
    const expiry = setTimeout(() => this.checkIsSilent(node), expiryMs).unref();
    const parts = before?.parts ?? new PartCollector();
    const whole = parts.take(users, text, part);
    this.others.set(node, { said: whole?.said ?? before?.said, parts, expiry });
    if (whole === undefined || whole.said === before?.said) return;
    this.options.registry.setRemoteUsers(node, whole.users);
    this.options.events.publish({ type: 'remoteUsers', node });
    // A node that has just come knows nobody yet.
    if (before?.said === undefined) this.changed();
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
