import { isThenable, quoted, StompException } from '../exception/index.js';
import { negotiateVersion, parseHeartbeat } from '../frame/index.js';
import type { Heartbeat, StompVersion } from '../frame/index.js';
import {
  isExpired,
  type Handshake,
  type Message,
  type StompHeaderAccessor,
  type StompPrincipal,
} from '../message/index.js';
import { CloseCode, FrameRefusedException } from './frame-refused.exception.js';

/**
 * Says who a client is, from the headers of its CONNECT frame and from the handshake, before anything else looks at
 * them. What it throws refuses the client: the text becomes the ERROR frame, and the connection closes with the
 * exception's close code, or 1008. Undefined leaves the session to the handshake's user, or anonymous.
 *
 * @publicApi
 */
export type Authenticate = (
  connect: StompHeaderAccessor,
  handshake: Handshake,
) => StompPrincipal | undefined | void | Promise<StompPrincipal | undefined | void>;

const VERSIONS = '1.0,1.1,1.2';

/** What CONNECT asked for. */
export interface Negotiated {
  readonly version: StompVersion;
  /** Milliseconds `[can send every, wants to receive every]`. */
  readonly heartbeat: Heartbeat;
}

interface Negotiation {
  readonly accepted: string | undefined;
  readonly heartbeat: string | undefined;
  readonly negotiated: Negotiated;
}

/** Clients of one program all ask for the same. */
let lastNegotiation: Negotiation | undefined;

/** What CONNECT and the server agree on. @throws StompException when there is nothing, or a header is malformed */
export function negotiate({ headers: { native } }: Message): Negotiated {
  const accepted = native.get('accept-version');
  const heartbeat = native.get('heart-beat');
  const last = lastNegotiation;
  if (last && last.accepted === accepted && last.heartbeat === heartbeat) return last.negotiated;
  const negotiated = { version: agreedVersion(accepted), heartbeat: parseHeartbeat(heartbeat) };
  lastNegotiation = { accepted, heartbeat, negotiated };
  return negotiated;
}

function agreedVersion(accepted: string | undefined): StompVersion {
  const version = negotiateVersion(accepted);
  // STOMP 1.2, Protocol Negotiation: an ERROR that says which versions the server has.
  if (version === undefined)
    throw new FrameRefusedException(
      'STOMP_ERR_VERSION',
      `None of the versions in accept-version ${quoted(accepted)} is supported; this server speaks ${VERSIONS}`,
      { headers: { version: VERSIONS } },
    );
  return version;
}

/** Asks who the client is; whatever is thrown becomes an exception that closes with 1008, unless it has its own code. */
export function authenticated(
  authenticate: Authenticate,
  connect: StompHeaderAccessor,
  handshake: Handshake,
): StompPrincipal | undefined | void | Promise<StompPrincipal | undefined | void> {
  try {
    const user = authenticate(connect, handshake);
    return isThenable(user) ? Promise.resolve(user).catch(refuseLogin) : user;
  } catch (error) {
    return refuseLogin(error);
  }
}

function refuseLogin(error: unknown): never {
  if (error instanceof StompException) throw error;
  const text = error instanceof Error ? error.message : String(error);
  const options = { closeCode: CloseCode.POLICY, cause: error };
  throw new FrameRefusedException('STOMP_ERR_AUTHENTICATION', text, options);
}

export const EXPIRED = 'The credentials of this session have expired';

/** @throws FrameRefusedException when they have ended */
export function checkExpiry(user: StompPrincipal | undefined): void {
  if (!isExpired(user)) return;
  throw new FrameRefusedException('STOMP_ERR_CREDENTIALS_EXPIRED', EXPIRED, {
    closeCode: CloseCode.EXPIRED,
  });
}
