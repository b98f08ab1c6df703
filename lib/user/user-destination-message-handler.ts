import { Logger } from '@nestjs/common';
import {
  isPending,
  type Handling,
  type HandlingResult,
  type MessageHandler,
  type PublishSubscribeChannel,
  type SendResult,
  type SubscribableChannel,
} from '../channel/index.js';
import { quoted, StompException } from '../exception/index.js';
import type { Message } from '../message/index.js';
import type {
  UserDestinationResolver,
  UserDestinationResult,
  UserDestinationTarget,
} from './user-destination-resolver.js';

const QUIET_MS = 10_000;
const DONE = Promise.resolve();

/** What the handler is made of. */
export interface UserDestinationMessageHandlerOptions {
  readonly brokerChannel: PublishSubscribeChannel;
  readonly resolver: UserDestinationResolver;
  /** What the destinations begin with that the resolver resolves. @default [], it is asked about all */
  readonly destinationPrefixes?: readonly string[];
  /** Takes messages to users without a session here, to try elsewhere. @default they are lost, with a debug log */
  readonly onUnresolved?: (message: Message, result: UserDestinationResult) => HandlingResult;
  /** Whether what is sent to a target from here gets there; else it goes to `onUnresolved`. @default all does */
  readonly isReachable?: (target: UserDestinationTarget) => boolean;
}

/**
 * Sends what is meant for a user destination on to the destinations it stands for, on the brokerChannel: in the place of
 * the message it came with, so that their order is kept (Spring: UserDestinationMessageHandler).
 */
export class UserDestinationMessageHandler implements MessageHandler {
  readonly destinationPrefixes: readonly string[];
  private readonly logger = new Logger('UserDestinationMessageHandler');
  private readonly send = (message: Message): SendResult =>
    this.options.brokerChannel.send(message);
  /** What is subscribed to the brokerChannel. */
  private readonly published: MessageHandler;
  /** Messages to users that had no session here, since the start. */
  private lost = 0;
  private quietUntil = 0;

  constructor(private readonly options: UserDestinationMessageHandlerOptions) {
    this.destinationPrefixes = options.destinationPrefixes ?? [];
    const resolver: Partial<UserDestinationResolver> = options.resolver;
    if (typeof resolver.resolveDestination !== 'function')
      throw new StompException(
        'Option "userDestinationResolver" must have resolveDestination(message): extend RegistryUserDestinationResolver',
        { code: 'STOMP_ERR_OPTION' },
      );
    const sendInPlace = (message: Message): SendResult =>
      options.brokerChannel.sendInPlace(message);
    this.published = {
      destinationPrefixes: this.destinationPrefixes,
      handleMessage: (message) => this.resolve(message, sendInPlace),
    };
  }

  /** Whether nobody else would see a message to this user destination on the brokerChannel. */
  isAloneWith(destination: string): boolean {
    return this.options.brokerChannel.isOnlyFor(this.published, destination);
  }

  /** Subscribes to both channels that user destinations come from. Returns how to leave. */
  subscribeTo(inbound: SubscribableChannel): () => void {
    const { brokerChannel } = this.options;
    const leave = [inbound.subscribe(this), brokerChannel.subscribe(this.published)];
    return () => leave.forEach((one) => one());
  }

  /** Handles a message of the clientInboundChannel. */
  handleMessage(message: Message): HandlingResult {
    return this.resolve(message, this.send);
  }

  private resolve(message: Message, send: (message: Message) => SendResult): HandlingResult {
    const result = this.options.resolver.resolveDestination(message);
    if (result === undefined) return;
    const targets = this.reachable(result);
    if (targets.length === 0) return this.unresolved(message, result);
    if (targets.length < result.targets.length)
      return sendAll([...targets, undefined], (target) =>
        target ? send(resolved(message, result, target)) : this.sendElsewhere(message, result),
      );
    if (targets.length === 1) return pendingOnly(send(resolved(message, result, targets[0]!)));
    return sendAll(targets, (target) => send(resolved(message, result, target)));
  }

  private reachable({ targets }: UserDestinationResult): readonly UserDestinationTarget[] {
    const { isReachable } = this.options;
    if (!isReachable || targets.every(isReachable)) return targets;
    return targets.filter(isReachable);
  }

  private sendElsewhere(message: Message, result: UserDestinationResult): HandlingResult {
    return this.options.onUnresolved?.(message, result);
  }

  private unresolved(message: Message, result: UserDestinationResult): HandlingResult {
    const { onUnresolved } = this.options;
    if (onUnresolved) return onUnresolved(message, result);
    this.lost++;
    if (performance.now() < this.quietUntil) return;
    this.quietUntil = performance.now() + QUIET_MS;
    this.logger.debug(
      `No active sessions for user destination ${quoted(result.sourceDestination)}; ${this.lost} messages lost like this so far`,
    );
  }
}

function resolved(
  message: Message,
  { subscribeDestination }: UserDestinationResult,
  target: UserDestinationTarget,
): Message {
  const headers = message.headers.clone();
  headers.fields.destination = target.destination;
  headers.fields.origDestination = subscribeDestination;
  headers.fields.targetSessionId = target.sessionId;
  return message.withHeaders(headers);
}

/** One that is refused does not keep the others from being sent; the first failure counts. */
function sendAll<T>(
  targets: readonly T[],
  send: (target: T) => SendResult | HandlingResult,
): HandlingResult {
  const pending: Handling[] = [];
  let failures: unknown[] | undefined;
  for (const target of targets) {
    try {
      const sent = send(target);
      if (!isPending(sent)) continue;
      pending.push('completed' in sent ? sent : { entered: DONE, completed: sent });
    } catch (error) {
      (failures ??= []).push(error);
    }
  }
  if (pending.length === 0) {
    if (failures) throw failures[0];
    return;
  }
  return {
    entered: allOf(
      pending.map((one) => one.entered),
      failures,
    ),
    completed: allOf(
      pending.map((one) => one.completed),
      failures,
    ),
  };
}

async function allOf(all: Promise<unknown>[], failures: unknown[] = []): Promise<void> {
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
  if (failures.length > 0) throw failures[0];
}

function pendingOnly(sent: SendResult): HandlingResult {
  return typeof sent === 'boolean' ? undefined : sent;
}
