import type { ChannelGate } from '../channel/index.js';
import {
  checkSubscriptionPattern,
  DestinationPattern,
  withBrokerWildcards,
} from '../destination/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import { RawUserDestinationException } from './raw-user-destination.exception.js';
import type { SimpUserRegistry } from './simp-user-registry.js';

/** What the guard goes by. */
export interface RawUserDestinationGuardOptions {
  readonly registry: Pick<SimpUserRegistry, 'getSession'>;
  /** Destinations by which servers talk among themselves; no client may send or subscribe there. @default [] */
  readonly reservedDestinations?: readonly string[];
  /** Separator of patterns. @default '/' */
  readonly separator?: string;
}

const MARK = '-user';
// Ids of sessions, which may live on another server of the application.
const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/**
 * Gate of clientInboundChannel that refuses SUBSCRIBE and SEND to what the user destinations of other sessions are
 * resolved to (`/queue/x-user<session>`), and to reserved destinations. Wildcards get nothing of either: a resolved
 * message names the only session that a broker may deliver it to.
 */
export class RawUserDestinationGuard implements ChannelGate {
  private readonly reserved: readonly string[];
  private readonly separator: string;

  constructor(private readonly options: RawUserDestinationGuardOptions) {
    this.reserved = options.reservedDestinations ?? [];
    this.separator = options.separator ?? '/';
  }

  /** @throws RawUserDestinationException */
  check(message: Message): void {
    const { messageType, destination } = message.headers.fields;
    if (destination === undefined) return;
    const isSubscribe = messageType === SimpMessageType.SUBSCRIBE;
    if (!isSubscribe && messageType !== SimpMessageType.MESSAGE) return;
    if (this.namesOtherSession(destination, message.headers.sessionId))
      throw new RawUserDestinationException(destination);
    if (this.reserved.length === 0) return;
    const reserved = this.reservedFor(destination, isSubscribe);
    if (reserved !== undefined) throw new RawUserDestinationException(destination, reserved);
  }

  private namesOtherSession(destination: string, own: string | undefined): boolean {
    let at = destination.indexOf(MARK);
    for (; at >= 0; at = destination.indexOf(MARK, at + 1)) {
      const rest = destination.slice(at + MARK.length);
      if (own !== undefined && rest.startsWith(own)) continue;
      if (SESSION_ID.test(rest) || this.options.registry.getSession(rest)) return true;
    }
    return false;
  }

  private reservedFor(destination: string, isSubscribe: boolean): string | undefined {
    if (!isSubscribe) return this.reserved.find((one) => one === destination);
    checkSubscriptionPattern(destination, this.separator);
    const pattern = new DestinationPattern(
      withBrokerWildcards(destination, this.separator),
      this.separator,
    );
    return this.reserved.find((one) => one === destination || pattern.matches(one));
  }
}
