import type { Access } from './access.js';

/**
 * Kinds of frames that rules are about. CONNECT, SEND and SUBSCRIBE need a rule that lets them pass. The others only end or
 * acknowledge what was let pass before, and are looked at only where a rule names them. DISCONNECT and heart-beats always
 * pass.
 *
 * @publicApi
 */
export type AuthorizedFrame =
  'CONNECT' | 'SEND' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'ACK' | 'NACK' | 'BEGIN' | 'COMMIT' | 'ABORT';

interface RuleBase {
  /** Who passes. */
  readonly access: Access;
}

/**
 * One rule of `authorization`. The first one that matches a frame decides; without one the frame is denied. Destinations are
 * Ant patterns with the separator of the instance, as clients write them: `/user/queue/errors`, `/app/orders/{id}`.
 *
 * A subscription with wildcards stands for all destinations it matches: every rule that is about some of them has to let it
 * pass, up to the first rule that is about all of them.
 *
 * @example
 * authorization: [
 *   { type: 'CONNECT', access: authenticated },
 *   { subscribe: ['/user/queue/*', '/topic/public/**'], access: permitAll },
 *   { subscribe: '/topic/room/{room}', access: check(({ user, variables }) => isMember(user, variables.room)) },
 *   { send: '/app/admin/**', access: hasRole('ADMIN') },
 *   { send: '/app/**', access: authenticated },
 * ]
 *
 * @publicApi
 */
export type AuthorizationRule = RuleBase &
  (
    | {
        /** Subscriptions to these destinations. */
        readonly subscribe: string | readonly string[];
      }
    | {
        /** Messages sent to these destinations. */
        readonly send: string | readonly string[];
      }
    | {
        /** Frames of these kinds. @default CONNECT, SEND and SUBSCRIBE; with a destination the last two */
        readonly type?: AuthorizedFrame | readonly AuthorizedFrame[];
        /** Only to these destinations. @default all, and frames without any */
        readonly destination?: string | readonly string[];
      }
  );

/**
 * One rule of `outboundAuthorization`: which receivers get the messages of these destinations. The first one that matches
 * decides; what none matches is delivered.
 *
 * @publicApi
 */
export interface OutboundAuthorizationRule {
  /** Ant patterns; user destinations as their receivers see them, `/user/queue/x`. */
  readonly destination: string | readonly string[];
  /** Which receivers get them: `user`, `session` of the context are the receiver's. */
  readonly access: Access;
}
