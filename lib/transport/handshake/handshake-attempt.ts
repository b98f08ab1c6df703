import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { Place } from '../admission/admission.js';
import type { Exchange, HttpAnswer } from '../exchange.js';
import { HandshakeAnswer, HandshakeChain } from './handshake-chain.js';
import { statusOf } from './status-of.js';

/** A check that a transport adds between the interceptors and the authentication. */
export type HandshakeCheck = (exchange: Exchange) => HttpAnswer | undefined;

/** A handshake that was refused, with its answer. */
export class RefusedHandshake extends Error {
  constructor(readonly answer: HttpAnswer) {
    super(`The handshake was answered ${answer.status}`);
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
    private readonly chain: HandshakeChain,
  ) {}

  /** The connection is open. */
  succeed(): void {
    this.chain.after();
  }

  /** It could not be opened. */
  fail(error: Error): void {
    this.place.leave();
    this.chain.after(error);
  }
}

/** One handshake on its way: interceptors, origin, form, principal, in this order. */
export class HandshakeAttempt {
  private readonly chain: HandshakeChain;
  private readonly answer = new HandshakeAnswer();

  constructor(
    readonly exchange: Exchange,
    private readonly check: HandshakeCheck,
    private readonly place: Place,
  ) {
    const { endpoint, handshake } = exchange;
    this.chain = new HandshakeChain(endpoint.options.handshakeInterceptors ?? [], handshake);
  }

  /** At once where nobody has to be asked. Fails when the handshake is refused. */
  decide(): AcceptedHandshake | Promise<AcceptedHandshake> {
    return this.chain.isEmpty ? this.authenticate(undefined) : this.intercept();
  }

  /** The handshake is over. Returns what its client is answered. */
  giveUp(error: unknown): HttpAnswer {
    this.place.leave();
    this.chain.after(error);
    const answer =
      error instanceof RefusedHandshake ? error.answer : { status: statusOf(error) ?? 500 };
    return { ...answer, headers: { ...this.answer.headers, ...answer.headers } };
  }

  private async intercept(): Promise<AcceptedHandshake> {
    const attributes = new Map<string, unknown>();
    if (!(await this.chain.before(this.answer, attributes)))
      throw new RefusedHandshake({ status: this.answer.status ?? 403 });
    return this.authenticate(attributes);
  }

  private authenticate(
    attributes: Map<string, unknown> | undefined,
  ): AcceptedHandshake | Promise<AcceptedHandshake> {
    const { exchange } = this;
    const refusal = originRefusal(exchange) ?? this.check(exchange);
    if (refusal !== undefined) throw new RefusedHandshake(refusal);
    const user = principalOf(exchange);
    if (!(user instanceof Promise)) return this.accept(user, attributes);
    return user.then((found) => this.accept(found, attributes), refusePrincipal);
  }

  private accept(
    user: StompPrincipal | undefined,
    attributes: Map<string, unknown> | undefined,
  ): AcceptedHandshake {
    const { answer, chain, place } = this;
    const { handshake, path } = this.exchange;
    return new AcceptedHandshake(handshake, path, user, attributes, answer.headers, place, chain);
  }
}

function originRefusal(exchange: Exchange): HttpAnswer | undefined {
  const { endpoint, handshake } = exchange;
  const { origin } = handshake.headers;
  const isAllowed = origin === undefined || endpoint.origins.allows(origin, exchange.ownOrigin);
  return isAllowed ? undefined : { status: 403 };
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
  throw new RefusedHandshake({ status: statusOf(error) ?? 401 });
}
