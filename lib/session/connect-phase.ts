import { errorText, isFault, isThenable, quoted, StompException } from '../exception/index.js';
import { negotiateVersion, parseHeartbeat, SUPPORTED_VERSIONS } from '../frame/index.js';
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
 * exception's `closeCode`, or 1008. Of faults (a TypeError, a system or a database that failed, an HttpException from 500
 * on) the client reads nothing; they close with 1011, and the log has them. Undefined leaves the session to the
 * handshake's user, or anonymous.
 *
 * @publicApi
 */
export type Authenticate = (
  connect: StompHeaderAccessor,
  handshake: Handshake,
) => StompPrincipal | undefined | void | Promise<StompPrincipal | undefined | void>;

const VERSIONS = SUPPORTED_VERSIONS.toReversed().join();

interface Negotiation<Result> {
  readonly asked: string | undefined;
  readonly result: Result;
}

// Clients of one program all ask for the same.
let lastVersion: Negotiation<StompVersion> | undefined;
let lastHeartbeat: Negotiation<Heartbeat> | undefined;

/** The version that CONNECT and the server agree on. @throws FrameRefusedException when there is none */
export function versionFor({ headers: { native } }: Message): StompVersion {
  const asked = native.get('accept-version');
  if (!lastVersion || lastVersion.asked !== asked)
    lastVersion = { asked, result: agreedVersion(asked) };
  return lastVersion.result;
}

/** The heart-beats that CONNECT asks for. @throws StompFrameException when the header is malformed */
export function heartbeatOf({ headers: { native } }: Message): Heartbeat {
  const asked = native.get('heart-beat');
  if (!lastHeartbeat || lastHeartbeat.asked !== asked)
    lastHeartbeat = { asked, result: parseHeartbeat(asked) };
  return lastHeartbeat.result;
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

// A client learns nothing of what is inside.
export const LOGIN_FAILED = 'The login failed by a mistake of the server';

/** Told of what authenticate threw without refusing anybody. */
type ReportFault = (text: string, fault: unknown) => void;

/** Asks who the client is; whatever is thrown becomes an exception that is fit for the client. */
export function authenticated(
  authenticate: Authenticate,
  connect: StompHeaderAccessor,
  handshake: Handshake,
  report: ReportFault,
): StompPrincipal | undefined | void | Promise<StompPrincipal | undefined | void> {
  try {
    const user = authenticate(connect, handshake);
    if (!isThenable(user)) return user;
    return Promise.resolve(user).catch((error: unknown) => refuseLogin(error, report));
  } catch (error) {
    return refuseLogin(error, report);
  }
}

function refuseLogin(error: unknown, report: ReportFault): never {
  if (error instanceof StompException) throw error;
  const code = 'STOMP_ERR_AUTHENTICATION';
  if (isFault(error)) {
    report(`authenticate failed: ${String(error)} (${code})`, error);
    const closeCode = CloseCode.INTERNAL;
    throw new FrameRefusedException(code, LOGIN_FAILED, { closeCode, cause: error });
  }
  const text = errorText(error);
  const { closeCode = CloseCode.POLICY } = Object(error) as { closeCode?: number };
  throw new FrameRefusedException(code, text, { closeCode, cause: error });
}

export const EXPIRED = 'The credentials of this session have expired';

/** @throws FrameRefusedException when they have ended */
export function checkExpiry(user: StompPrincipal | undefined): void {
  if (!isExpired(user)) return;
  throw new FrameRefusedException('STOMP_ERR_CREDENTIALS_EXPIRED', EXPIRED, {
    closeCode: CloseCode.EXPIRED,
  });
}
