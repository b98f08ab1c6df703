import { Buffer } from 'node:buffer';
import type { Delivery, Receiver, Warnings } from '../channel/index.js';
import { StompCommand } from '../frame/index.js';
import type { Message, SessionContext } from '../message/index.js';
import {
  FrameBatch,
  type Flushable,
  type OutboundFrame,
  type SharedTail,
  type SharedTails,
  type Turn,
} from '../transport/index.js';
import { MessageTail } from './outgoing-message.js';
import {
  prepareReceivers,
  type FanOutTarget,
  type GatheredBatch,
  type PreparedReceivers,
  type ReceiverGroup,
  type ReceiverKind,
} from './prepared-receivers.js';
import type { SessionStatistics } from './session-statistics.js';

// What is gathered leaves earlier than at the end of the turn when it is more than this. Few large writes cost less than
// many.
const GATHER_LIMIT_BYTES = 262_144;

/**
 * Turns deliveries into frames. The messages of one turn to the same receivers are gathered; receivers with the same
 * subscription id share one batch of frames. The order of each session is kept: batches leave in the order in which
 * they were begun, and one is added to only while it is the last one of all its receivers.
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
    private readonly warnings: Warnings,
  ) {}

  /** Gathers a message that nobody acknowledges; one for a single receiver is written at once. */
  deliver({ message, messageId, receivers }: Delivery): void {
    const tail = new MessageTail(message as Message<Buffer>, messageId);
    if (receivers.length === 1 && this.deliverOne(receivers[0]!, tail)) return;
    const prepared = this.prepare(receivers);
    if (prepared.targets.length === 0) return;
    const batch = this.batchFor(prepared);
    batch.tails.push(tail);
    batch.byteLength += tail.bodyLength;
    if (batch.byteLength > GATHER_LIMIT_BYTES) this.handOver();
  }

  /** To be called for a message that cannot be text and whose receivers have nothing else. */
  notSent(receivers: number): void {
    this.statistics.notSent += receivers;
    this.warnings.warn('binary', binaryNotSent);
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
      const { receivers } = batch;
      if (receivers.batch === batch) receivers.batch = undefined;
      for (const kind of receivers.kinds) this.writeKind(kind, batch);
    }
  }

  /** False when something was gathered for the receiver, which the message must not overtake. */
  private deliverOne(receiver: Receiver, tail: MessageTail): boolean {
    const target = this.targetOf(receiver.session);
    if (target === undefined || !target.isOpen) return true;
    if (target.gathered) return false;
    const { version } = target;
    const needsText = tail.binary && !target.connection.supportsBinary;
    const shared = needsText ? tail.asText(version) : tail.forOne(version);
    if (shared === undefined) {
      this.notSent(1);
      return true;
    }
    const prefix = target.prefixFor(receiver.subscriptionId);
    const batch = FrameBatch.forOne(prefix, shared, true);
    this.statistics.framesOut[StompCommand.MESSAGE]++;
    this.statistics.bytesOut += batch.byteLength;
    this.tryWrite(target, batch);
    return true;
  }

  private prepare(receivers: readonly Receiver[]): PreparedReceivers {
    let prepared = this.prepared.get(receivers);
    if (prepared === undefined) {
      prepared = prepareReceivers(receivers, this.targetOf);
      this.prepared.set(receivers, prepared);
    }
    return prepared;
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

  private writeKind(kind: ReceiverKind, batch: GatheredBatch): void {
    const tails = this.tailsFor(kind, batch);
    for (const group of kind.groups) this.writeGroup(group, tails, batch);
  }

  /** The ends of the frames for one kind of receivers. */
  private tailsFor(kind: ReceiverKind, batch: GatheredBatch): SharedTails {
    const tails: SharedTail[] = [];
    let byteLength = 0;
    for (const tail of batch.tails) {
      const needsText = tail.binary && !kind.supportsBinary;
      const shared = needsText ? tail.asText(kind.version) : tail.for(kind.version);
      if (shared === undefined) {
        for (const { targets } of kind.groups) this.notSent(targets.length);
        continue;
      }
      tails.push(shared);
      byteLength += shared.part.length;
    }
    return { tails, byteLength };
  }

  private writeGroup(group: ReceiverGroup, tails: SharedTails, batch: GatheredBatch): void {
    const frames = tails.tails.length === 0 ? undefined : framesFor(group, tails);
    let written = 0;
    for (const target of group.targets) {
      if (frames && target.isOpen) {
        this.tryWrite(target, frames);
        written++;
      }
      if (target.gathered === batch) this.writeRest(target);
    }
    if (frames === undefined) return;
    this.statistics.framesOut[StompCommand.MESSAGE] += written * frames.frameCount;
    this.statistics.bytesOut += written * frames.byteLength;
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
}

const binaryNotSent = (): string =>
  'A binary message was not sent: the transport of its receivers has text only';

function framesFor({ prefixes, targets }: ReceiverGroup, tails: SharedTails): FrameBatch {
  if (prefixes.length === 1)
    return FrameBatch.spliced(
      prefixes[0]!,
      tails,
      true,
      targets.length === 1 ? 'tails' : 'everything',
    );
  const frames: OutboundFrame[] = [];
  for (const { part, binary } of tails.tails)
    for (const prefix of prefixes)
      frames.push({ octets: joined(prefix.octets, part.octets), binary });
  return new FrameBatch(frames, true);
}

/** The two parts of a frame in one. */
function joined(prefix: Buffer, tail: Buffer): Buffer {
  const octets = Buffer.allocUnsafe(prefix.length + tail.length);
  octets.set(prefix, 0);
  octets.set(tail, prefix.length);
  return octets;
}
