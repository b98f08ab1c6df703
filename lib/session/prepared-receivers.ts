import type { Receiver } from '../channel/index.js';
import { encodeMessagePrefix, type StompVersion } from '../frame/index.js';
import type { SessionContext } from '../message/index.js';
import { FramePart, type Connection, type FrameBatch } from '../transport/index.js';
import type { MessageTail } from './outgoing-message.js';

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
  /** How each MESSAGE for a subscription of it begins. */
  prefixFor(subscriptionId: string | undefined): FramePart;
}

/** Sessions of one kind with the same subscription ids: they get the same octets. */
export interface ReceiverGroup {
  /** One for each subscription that a session of this group has in the list; mostly one. */
  readonly prefixes: readonly FramePart[];
  readonly targets: FanOutTarget[];
}

/** Sessions for which the ends of frames are the same: those of one version, with or without binary messages. */
export interface ReceiverKind {
  readonly version: StompVersion;
  readonly supportsBinary: boolean;
  /** Those whose frames begin alike long next to each other, so that a transport can write them over each other. */
  readonly groups: readonly ReceiverGroup[];
}

/** What a list of receivers needs for every message, prepared once. */
export interface PreparedReceivers {
  readonly kinds: readonly ReceiverKind[];
  readonly targets: readonly FanOutTarget[];
  /** What is being gathered for them. */
  batch: GatheredBatch | undefined;
}

/** The messages of one turn to one list of receivers. */
export interface GatheredBatch {
  readonly receivers: PreparedReceivers;
  readonly tails: MessageTail[];
  byteLength: number;
  /** Whether a later batch has a receiver of this one: then nothing may be added to this one, or order would break. */
  overtaken: boolean;
}

type TargetOf = (session: SessionContext) => FanOutTarget | undefined;

/** A kind that groups are still added to; they are found by their subscription ids. */
type GrowingKind = Omit<ReceiverKind, 'groups'> & { readonly groups: Map<string, ReceiverGroup> };

export function prepareReceivers(
  receivers: readonly Receiver[],
  targetOf: TargetOf,
): PreparedReceivers {
  const idsOf = new Map<FanOutTarget, (string | undefined)[]>();
  for (const { session, subscriptionId } of receivers) {
    const target = targetOf(session);
    if (target === undefined) continue;
    const ids = idsOf.get(target);
    if (ids) ids.push(subscriptionId);
    else idsOf.set(target, [subscriptionId]);
  }
  const kinds: GrowingKind[] = [];
  for (const [target, ids] of idsOf) groupFor(kindFor(target, kinds), ids).targets.push(target);
  return { kinds: kinds.map(inOrder), targets: [...idsOf.keys()], batch: undefined };
}

function inOrder({ groups, ...kind }: GrowingKind): ReceiverKind {
  const byLength = (one: ReceiverGroup, other: ReceiverGroup): number =>
    one.prefixes[0]!.length - other.prefixes[0]!.length;
  return { ...kind, groups: [...groups.values()].sort(byLength) };
}

function kindFor(
  { version, connection: { supportsBinary } }: FanOutTarget,
  kinds: GrowingKind[],
): GrowingKind {
  for (const kind of kinds)
    if (kind.version === version && kind.supportsBinary === supportsBinary) return kind;
  const kind = { version, supportsBinary, groups: new Map<string, ReceiverGroup>() };
  kinds.push(kind);
  return kind;
}

function groupFor(
  { groups, version }: GrowingKind,
  ids: readonly (string | undefined)[],
): ReceiverGroup {
  // No subscription id of a frame holds NUL.
  const key = ids.length === 1 ? (ids[0] ?? '') : ids.join('\0');
  let group = groups.get(key);
  if (group === undefined) {
    const prefixes = ids.map((id) =>
      FramePart.ofOctets(encodeMessagePrefix(id, undefined, false, version)),
    );
    group = { prefixes, targets: [] };
    groups.set(key, group);
  }
  return group;
}
