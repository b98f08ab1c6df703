import {
  checkBound,
  checkNames,
  checkText,
  checkValues,
  refuseOption,
  StompException,
} from '../../exception/index.js';
import { isPattern, type SubscriptionPatternLimits } from '../../destination/index.js';

/**
 * Options of the simple broker. Every one has a default.
 *
 * @publicApi
 */
export interface SimpleBrokerOptions extends SubscriptionPatternLimits {
  /** Name of the broker in events, logs and statistics. @default 'simple' */
  name?: string;
  /** It takes destinations that begin with one of these (Spring: destinationPrefixes). @default [], all */
  destinations?: readonly string[];
  /**
   * Destinations that begin with one of these are queues: each message goes to one consumer in turn, waits while there is
   * none, and comes again until it is acknowledged. User destinations never are. @default [], none, as in Spring
   */
  queues?: readonly string[];
  /** Header of SUBSCRIBE that holds a selector, usually `selector`. @default none: selectors are off, as in Spring */
  selectorHeaderName?: string;
  /** Longest selector, in characters. @default 1024 */
  maxSelectorLength?: number;
  /** How deep parentheses, NOTs and signs of a selector may nest. @default 32 */
  maxSelectorDepth?: number;
  /** Destinations that only patterns match which are remembered with those patterns. @default 65536 */
  cacheLimit?: number;

  /** Destinations or patterns of topics whose newest message a new subscriber gets first. @default [], none */
  lastValue?: readonly string[];
  /** Destinations whose newest message is kept; what changed longest ago goes first. @default 10000 */
  maxLastValues?: number;
  /** Octets of those messages together; a larger one is not kept. @default 16777216 (16 MiB) */
  maxLastValueBytes?: number;

  /** Messages that a subscription with `ack:client` or `client-individual` may leave unacknowledged. @default 1000 */
  maxUnacknowledged?: number;
  /**
   * The same for subscriptions that do not say `prefetch-count`; what they say is bounded by `maxUnacknowledged`.
   * @default maxUnacknowledged
   */
  prefetch?: number;
  /** Messages of topics that wait for one subscription with too much unacknowledged; the oldest is dropped. @default 1000 */
  maxPending?: number;
  /** Octets of those messages. @default 1048576 (1 MiB) */
  maxPendingBytes?: number;

  /** Queues that hold messages at a time; a message for one more is refused. @default 10000 */
  maxQueues?: number;
  /** Messages that wait in one queue; the oldest is dropped. @default 10000 */
  maxQueueMessages?: number;
  /** Octets of the messages that wait in one queue; the oldest is dropped. @default 16777216 (16 MiB) */
  maxQueueBytes?: number;
  /** How long a message waits in a queue before it is dropped; milliseconds. @default 3600000 (1 hour) */
  queueMessageTtlMs?: number;
  /**
   * Octets that the broker holds altogether: what waits, and what queues keep until it is acknowledged. Beyond it the
   * oldest messages of the same queue or subscription are dropped, and where there are none the new one is refused.
   * @default 134217728 (128 MiB)
   */
  maxHeldBytes?: number;
  /** How often a message of a queue is handed to consumers before it is given up. @default 10 */
  maxDeliveryAttempts?: number;
  /**
   * Where messages go that were given up, with their destination in the header `original-destination`; a queue or topic of
   * this broker. @default none: they are dropped with a warning
   */
  deadLetterDestination?: string;

  /** Open transactions of one session. @default 100 */
  maxTransactions?: number;
  /** SEND, ACK and NACK frames in all open transactions of one session. @default 1000 */
  maxTransactionFrames?: number;
  /** Octets of those frames. @default 8388608 (8 MiB) */
  maxTransactionBytes?: number;
}

const MEBIBYTE = 1024 * 1024;

const DEFAULT_LIMITS = {
  maxPatternLength: 512,
  maxPatternWildcards: 16,
  maxSelectorLength: 1024,
  maxSelectorDepth: 32,
  cacheLimit: 65_536,
  maxLastValues: 10_000,
  maxLastValueBytes: 16 * MEBIBYTE,
  maxUnacknowledged: 1000,
  maxPending: 1000,
  maxPendingBytes: MEBIBYTE,
  maxQueues: 10_000,
  maxQueueMessages: 10_000,
  maxQueueBytes: 16 * MEBIBYTE,
  queueMessageTtlMs: 3_600_000,
  maxHeldBytes: 128 * MEBIBYTE,
  maxDeliveryAttempts: 10,
  maxTransactions: 100,
  maxTransactionFrames: 1000,
  maxTransactionBytes: 8 * MEBIBYTE,
};

type Limits = typeof DEFAULT_LIMITS;

const NAMES: Readonly<Record<keyof SimpleBrokerOptions, unknown>> = {
  name: true,
  destinations: true,
  queues: true,
  selectorHeaderName: true,
  lastValue: true,
  prefetch: true,
  deadLetterDestination: true,
  ...DEFAULT_LIMITS,
};

const TEXTS = { name: checkText, selectorHeaderName: checkText, deadLetterDestination: checkText };

/** The options with their defaults. */
export interface ResolvedOptions extends Limits {
  readonly name: string;
  readonly destinations: readonly string[];
  readonly queues: readonly string[];
  readonly selectorHeaderName: string | undefined;
  readonly lastValue: readonly string[];
  readonly prefetch: number;
  readonly deadLetterDestination: string | undefined;
}

/** @throws StompException when an option makes no sense */
export function resolveOptions(options: SimpleBrokerOptions): ResolvedOptions {
  checkNames('simpleBroker', options, NAMES);
  checkValues(options, TEXTS, 'simpleBroker.');
  const limits = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(limits) as (keyof Limits)[])
    limits[name] = bound(name, options[name] ?? limits[name]);
  const { destinations = [], queues = [], lastValue = [] } = options;
  checkLists({ destinations, queues, lastValue });
  for (const prefix of [...destinations, ...queues])
    if (typeof prefix !== 'string' || prefix === '')
      throw badOption('"destinations" and "queues" take texts that destinations begin with');
  if (isPattern(options.deadLetterDestination ?? ''))
    throw badOption('"deadLetterDestination" is a pattern: it must be one destination');
  checkAreOwned(options, destinations);
  return {
    ...limits,
    name: options.name ?? 'simple',
    destinations,
    queues,
    selectorHeaderName: options.selectorHeaderName,
    lastValue,
    prefetch: bound('prefetch', options.prefetch ?? limits.maxUnacknowledged),
    deadLetterDestination: options.deadLetterDestination,
  };
}

function checkLists(lists: Readonly<Record<string, unknown>>): void {
  for (const [name, list] of Object.entries(lists))
    if (!Array.isArray(list)) refuseOption(`simpleBroker.${name}`, list, "a list like ['/topic']");
}

function bound(name: string, value: number): number {
  checkBound(`simpleBroker.${name}`, value, true);
  return value;
}

/** What is kept for destinations of which no message comes here, or where nobody can subscribe, is lost without a word. */
function checkAreOwned(
  { queues = [], lastValue = [], deadLetterDestination }: SimpleBrokerOptions,
  destinations: readonly string[],
): void {
  const isOwn = (destination: string): boolean =>
    destinations.some((one) => destination.startsWith(one));
  const isOwnInPart = (beginning: string): boolean =>
    isOwn(beginning) || destinations.some((one) => one.startsWith(beginning));
  const check = (option: string, value: string, isOwned: boolean): void => {
    if (destinations.length > 0 && !isOwned)
      throw badOption(
        `"${option}" has ${JSON.stringify(value)}, which is below none of its "destinations" ${JSON.stringify(destinations)}`,
      );
  };
  for (const queue of queues) check('queues', queue, isOwnInPart(queue));
  for (const one of lastValue)
    check('lastValue', one, isPattern(one) ? isOwnInPart(fixedBeginning(one)) : isOwn(one));
  if (deadLetterDestination !== undefined)
    check('deadLetterDestination', deadLetterDestination, isOwn(deadLetterDestination));
}

function fixedBeginning(pattern: string): string {
  return pattern.split(/[*?{]/, 1)[0]!;
}

function badOption(text: string): StompException {
  return new StompException(`simpleBroker: ${text}`, { code: 'STOMP_ERR_OPTION' });
}
