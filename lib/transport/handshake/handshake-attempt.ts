import { StompException } from '../../exception/index.js';
import { principalFault, type Handshake, type StompPrincipal } from '../../message/index.js';
import type { Place } from '../admission/admission.js';
import type { Exchange, HttpAnswer } from '../exchange.js';
import { HandshakeAnswer, HandshakeChain } from './handshake-chain.js';
import { statusOf } from './status-of.js';

/** A check that a transport adds between the interceptors and the authentication. */
export type HandshakeCheck = (exchange: Exchange) => HttpAnswer | undefined;

const NO_HEADERS = {};
// Of what a client sent, in a line of the log.
const SHOWN_LENGTH = 200;

/** A handshake that was refused, with its answer. */
export class RefusedHandshake extends Error {
  /**
   * @param why for the log
   * @param cause the exception that refused it
   */
  constructor(
    readonly answer: HttpAnswer,
    readonly why: string,
    cause?: unknown,
  ) {
    super(`The handshake was answered ${answer.status}: ${why}`, { cause });
  }

  /** Whether its cause was no refusal: one would say so by its type, or by a status. */
  get isFault(): boolean {
    const { cause } = this;
    if (cause === undefined || cause instanceof StompException) return false;
    return statusOf(cause) === undefined;
  }
}

/** A handshake that went well; whoever gets it calls exactly one of `succeed` and `fail`. */
export class AcceptedHandshake {
  /** @param headers what interceptors added to the answer */
  constructor(
    readonly handshake: Handshake,
    readonly endpoint: string,
    readonly user: StompPrincipal | undefined,
    readonly attributes: Map<string, unknown> | undefined,
    readonly headers: Readonly<Record<string, string>>,
    /** Given back by `place.leave()` when the connection ends. */
    readonly place: Place,
    private readonly chain: HandshakeChain | undefined,
  ) {}

  /** The connection is open. */
  succeed(): void {
    this.chain?.after();
  }

  /** It could not be opened. */
  fail(error: Error): void {
    this.place.leave();
    this.chain?.after(error);
  }
}

/** One handshake on its way: interceptors, origin, form, principal, in this order. */
export class HandshakeAttempt {
  /** Undefined where there are no interceptors. */
  private readonly chain: HandshakeChain | undefined;
  private answer: HandshakeAnswer | undefined;

  constructor(
    readonly exchange: Exchange,
    private readonly check: HandshakeCheck,
    private readonly place: Place,
  ) {
    const { endpoint, handshake } = exchange;
    const { handshakeInterceptors } = endpoint.options;
    if (handshakeInterceptors?.length)
      this.chain = new HandshakeChain(handshakeInterceptors, handshake);
  }

  /** At once where nobody has to be asked. Fails when the handshake is refused. */
  decide(): AcceptedHandshake | Promise<AcceptedHandshake> {
    return this.chain ? this.intercept(this.chain) : this.authenticate(undefined);
  }

  /** The handshake is over. Returns what its client is answered. */
  giveUp(error: unknown): HttpAnswer {
    this.place.leave();
    this.chain?.after(error);
    const answer =
      error instanceof RefusedHandshake ? error.answer : { status: statusOf(error) ?? 500 };
    return { ...answer, headers: { ...this.answer?.headers, ...answer.headers } };
  }

  private async intercept(chain: HandshakeChain): Promise<AcceptedHandshake> {
    const attributes = new Map<string, unknown>();
    const answer = (this.answer = new HandshakeAnswer());
    const refusal = await chain.before(answer, attributes);
    if (refusal !== undefined)
      throw new RefusedHandshake({ status: answer.status ?? 403 }, refusal);
    return this.authenticate(attributes);
  }

  private authenticate(
    attributes: Map<string, unknown> | undefined,
  ): AcceptedHandshake | Promise<AcceptedHandshake> {
    const { exchange } = this;
    checkOrigin(exchange);
    const refusal = this.check(exchange);
    if (refusal !== undefined)
      throw new RefusedHandshake(refusal, refusal.body ?? 'it is no WebSocket handshake');
    const user = principalOf(exchange);
    if (!(user instanceof Promise)) return this.accept(user, attributes);
    return user.then((found) => this.accept(found, attributes), refusePrincipal);
  }

  private accept(
    user: StompPrincipal | undefined,
    attributes: Map<string, unknown> | undefined,
  ): AcceptedHandshake {
    const fault = user ? principalFault(user) : undefined;
    if (fault !== undefined) throw new StompException(fault, { code: 'STOMP_ERR_PRINCIPAL' });
    const { chain, place } = this;
    const { handshake, path } = this.exchange;
    const headers = this.answer?.headers ?? NO_HEADERS;
    return new AcceptedHandshake(handshake, path, user, attributes, headers, place, chain);
  }
}

function checkOrigin(exchange: Exchange): void {
  const { endpoint, handshake } = exchange;
  const { origin } = handshake.headers;
  if (origin === undefined) return;
  // Parsed when it is read, which most handshakes need not pay for.
  const { ownOrigin } = exchange;
  if (endpoint.origins.allows(origin, ownOrigin)) return;
  const shown = JSON.stringify(origin.slice(0, SHOWN_LENGTH));
  const why = `the origin ${shown} is not allowed: it is in none of allowedOrigins and allowedOriginPatterns, and not the server's own (${ownOrigin?.origin ?? 'unknown'}; behind a proxy see trustProxy)`;
  throw new RefusedHandshake({ status: 403 }, why);
}

function principalOf({
  endpoint,
  handshake,
}: Exchange): StompPrincipal | undefined | Promise<StompPrincipal | undefined> {
  try {
    return endpoint.principalOf(handshake);
  } catch (error) {
    return refusePrincipal(error);
  }
}

function refusePrincipal(error: unknown): never {
  const why = `authenticateHandshake or clientCertificate refused it: ${String(error)}`;
  throw new RefusedHandshake({ status: statusOf(error) ?? 401 }, why, error);
}
