import type { Delivery, Receiver } from '../channel/index.js';
import { encodeMessagePrefix, StompCommand, type StompVersion } from '../frame/index.js';
import type { Message, SessionContext } from '../message/index.js';
import {
  FrameBatch,
  type Connection,
  type Flushable,
  type OutboundFrame,
  type Turn,
} from '../transport/index.js';
import { SharedTail } from './outgoing-message.js';
import type { SessionStatistics } from './session-statistics.js';

/** A session as the fan-out sees it. */
export interface FanOutTarget {
  readonly connection: Connection;
  readonly version: StompVersion;
  /** Whether frames may still be written. */
  readonly isOpen: boolean;
  /** The last gathered batch it is part of, until that is handed over. */
  gathered: GatheredBatch | undefined;
  /** RECEIPTs that leave behind that batch. */
  behind: FrameBatch[] | undefined;
}

/** Sessions that get the same octets: same subscription ids, same version, same kind of transport. */
export interface ReceiverGroup {
  /** One for each subscription that a session of this group has in the list; mostly one. */
  readonly prefixes: readonly Buffer[];
  readonly version: StompVersion;
  readonly supportsBinary: boolean;
  readonly targets: FanOutTarget[];
}

/** What a list of receivers needs for every message, prepared once. */
export interface PreparedReceivers {
  readonly groups: readonly ReceiverGroup[];
  readonly targets: readonly FanOutTarget[];
  batch: GatheredBatch | undefined;
}

/** The messages of one turn to one list of receivers. */
export interface GatheredBatch {
  readonly receivers: PreparedReceivers;
  readonly tails: SharedTail[];
  byteLength: number;
  /** Whether a later batch has a receiver of this one: then nothing may be added to this one, or order would break. */
  overtaken: boolean;
}

// What is gathered leaves earlier than at the end of the turn when it is more than this.
const GATHER_LIMIT_BYTES = 65_536;

/**
 * Turns deliveries into frames. The messages of one turn to the same receivers are gathered; every group of receivers
 * with the same subscription id shares one batch of frames. The order of each session is kept: batches leave in the
 * order in which they were begun, and one is added to only while it is the last one of all its receivers.
 */
export class FanOut implements Flushable {
  private readonly prepared = new WeakMap<readonly Receiver[], PreparedReceivers>();
  private batches: GatheredBatch[] = [];
  private scheduled = false;

  constructor(
    private readonly turn: Turn,
    private readonly targetOf: (session: SessionContext) => FanOutTarget | undefined,
    private readonly statistics: SessionStatistics,
    private readonly report: (text: string, error?: unknown) => void,
  ) {}

  /** Gathers a message that nobody acknowledges. */
  deliver({ message, messageId, receivers }: Delivery): void {
    const prepared = this.prepare(receivers);
    if (prepared.targets.length === 0) return;
    const tail = new SharedTail(message as Message<Buffer>, messageId);
    const batch = this.batchFor(prepared);
    batch.tails.push(tail);
    batch.byteLength += tail.byteLength;
    if (batch.byteLength > GATHER_LIMIT_BYTES) this.handOver();
  }

  /** Writes a batch to one session behind everything that was gathered for it. */
  write(target: FanOutTarget, batch: FrameBatch): void {
    if (target.gathered) this.handOver();
    target.connection.write(batch);
  }

  /**
   * Writes RECEIPTs behind what was gathered, without ending the gathering: a RECEIPT may be later than messages that
   * came after it (STOMP 1.2, RECEIPT: it is cumulative).
   */
  writeBehind(target: FanOutTarget, batch: FrameBatch): void {
    if (target.gathered) (target.behind ??= []).push(batch);
    else target.connection.write(batch);
  }

  flush(): void {
    this.scheduled = false;
    this.handOver();
  }

  /** Hands what was gathered to the connections. */
  handOver(): void {
    const { batches } = this;
    if (batches.length === 0) return;
    this.batches = [];
    for (const batch of batches) {
      if (batch.receivers.batch === batch) batch.receivers.batch = undefined;
      for (const group of batch.receivers.groups) this.writeGroup(group, batch);
    }
  }

  private batchFor(receivers: PreparedReceivers): GatheredBatch {
    const open = receivers.batch;
    if (open && !open.overtaken) return open;
    const batch: GatheredBatch = { receivers, tails: [], byteLength: 0, overtaken: false };
    for (const target of receivers.targets) {
      if (target.gathered) target.gathered.overtaken = true;
      target.gathered = batch;
    }
    receivers.batch = batch;
    this.batches.push(batch);
    if (!this.scheduled) {
      this.scheduled = true;
      this.turn.addSource(this);
    }
    return batch;
  }

  private writeGroup(group: ReceiverGroup, batch: GatheredBatch): void {
    const frames = this.framesFor(group, batch.tails);
    const shared = frames.length === 0 ? undefined : new FrameBatch(frames, true);
    let written = 0;
    for (const target of group.targets) {
      if (shared && target.isOpen) {
        this.tryWrite(target, shared);
        written++;
      }
      if (target.gathered === batch) this.writeRest(target);
    }
    this.statistics.framesOut[StompCommand.MESSAGE] += written * frames.length;
    this.statistics.bytesOut += written * (shared?.byteLength ?? 0);
  }

  private writeRest(target: FanOutTarget): void {
    const { behind } = target;
    target.gathered = target.behind = undefined;
    if (behind) for (const batch of behind) this.tryWrite(target, batch);
  }

  private tryWrite(target: FanOutTarget, batch: FrameBatch): void {
    try {
      target.connection.write(batch);
    } catch (error) {
      this.report('A connection failed while it was written to', error);
    }
  }

  private framesFor(group: ReceiverGroup, tails: readonly SharedTail[]): OutboundFrame[] {
    const frames: OutboundFrame[] = [];
    for (const tail of tails) {
      if (tail.binary && !group.supportsBinary) {
        this.statistics.notSent += group.targets.length;
        this.report('A binary message was not sent: the transport of its receivers has text only');
        continue;
      }
      const { binary } = tail;
      for (const prefix of group.prefixes)
        frames.push({ octets: joined(prefix, tail.for(group.version)), binary });
    }
    return frames;
  }

  private prepare(receivers: readonly Receiver[]): PreparedReceivers {
    let prepared = this.prepared.get(receivers);
    if (prepared === undefined) {
      prepared = this.prepareAnew(receivers);
      this.prepared.set(receivers, prepared);
    }
    return prepared;
  }

  private prepareAnew(receivers: readonly Receiver[]): PreparedReceivers {
    const idsOf = new Map<FanOutTarget, (string | undefined)[]>();
    for (const { session, subscriptionId } of receivers) {
      const target = this.targetOf(session);
      if (target === undefined) continue;
      const ids = idsOf.get(target);
      if (ids) ids.push(subscriptionId);
      else idsOf.set(target, [subscriptionId]);
    }
    const groups = new Map<string, ReceiverGroup>();
    for (const [target, ids] of idsOf) groupFor(target, ids, groups).targets.push(target);
    return { groups: [...groups.values()], targets: [...idsOf.keys()], batch: undefined };
  }
}

function groupFor(
  { version, connection: { supportsBinary } }: FanOutTarget,
  ids: readonly (string | undefined)[],
  groups: Map<string, ReceiverGroup>,
): ReceiverGroup {
  // No header value of a frame holds NUL.
  const key = `${version}${supportsBinary ? '+' : '-'}${ids.join('\0')}`;
  let group = groups.get(key);
  if (group === undefined) {
    const prefixes = ids.map((id) => encodeMessagePrefix(id, undefined, false, version));
    group = { prefixes, version, supportsBinary, targets: [] };
    groups.set(key, group);
  }
  return group;
}

/** The two parts of a frame as one. */
export function joined(prefix: Buffer, tail: Buffer): Buffer {
  const octets = Buffer.allocUnsafe(prefix.length + tail.length);
  octets.set(prefix, 0);
  octets.set(tail, prefix.length);
  return octets;
}
