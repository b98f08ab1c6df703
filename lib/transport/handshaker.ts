import { Logger } from '@nestjs/common';
import type { Handshake, StompPrincipal } from '../message/index.js';
import type { Admission, Place } from './admission/admission.js';
import type { Exchange, HttpAnswer } from './exchange.js';
import { HandshakeAnswer, HandshakeChain } from './handshake/handshake-chain.js';
import { statusOf } from './handshake/status-of.js';
import type { TransportStats } from './transport-stats.js';

/** A handshake that went well; whoever gets it calls exactly one of `succeed` and `fail`. */
export interface AcceptedHandshake {
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly user: StompPrincipal | undefined;
  readonly attributes: Map<string, unknown>;
  /** What interceptors added to the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The connection is open; its place is given back by `place.leave()` when it ends. */
  succeed(): void;
  /** It could not be opened. */
  fail(error: Error): void;
  readonly place: Place;
}

/** A check that a transport adds between the interceptors and the authentication. */
export type HandshakeCheck = (exchange: Exchange) => HttpAnswer | undefined;

/** A handshake that was refused, with its answer. */
class RefusedHandshake extends Error {
  constructor(readonly answer: HttpAnswer) {
    super(`The handshake was answered ${answer.status}`);
  }
}

function unavailable(): RefusedHandshake {
  return new RefusedHandshake({ status: 503, headers: { 'Retry-After': '5' } });
}

/** Decides about handshakes: admission, interceptors, origin, form, principal, in this order. */
export class Handshaker {
  private readonly logger = new Logger(Handshaker.name);
  private readonly cuts = new Set<(why: Error) => void>();

  constructor(
    private readonly admission: Admission,
    private readonly timeoutMs: number,
    private readonly stats: TransportStats,
  ) {}

  /** Handshakes that are being decided. */
  get pending(): number {
    return this.cuts.size;
  }

  /** Refuses all that are being decided. */
  cutAll(): void {
    for (const cut of [...this.cuts]) cut(unavailable());
  }

  /** Answers what it refuses, and returns undefined then. */
  async run(exchange: Exchange, check: HandshakeCheck): Promise<AcceptedHandshake | undefined> {
    const { handshake } = exchange;
    const place = this.admission.enter(handshake.remoteAddress);
    if ('reason' in place) {
      const headers = { 'Retry-After': String(place.retryAfterSeconds) };
      this.refuse(exchange, { status: 503, headers }, place.reason);
      return undefined;
    }
    const chain = new HandshakeChain(
      exchange.endpoint.options.handshakeInterceptors ?? [],
      handshake,
    );
    const answer = new HandshakeAnswer();
    try {
      return await this.withinTime(exchange, this.accept(exchange, check, chain, answer, place));
    } catch (error) {
      place.leave();
      this.refuse(exchange, answerTo(error, answer), error);
      void chain.after(error);
      return undefined;
    }
  }

  private async accept(
    exchange: Exchange,
    check: HandshakeCheck,
    chain: HandshakeChain,
    answer: HandshakeAnswer,
    place: Place,
  ): Promise<AcceptedHandshake> {
    const attributes = new Map<string, unknown>();
    if (!(await chain.before(answer, attributes))) {
      throw new RefusedHandshake({ status: answer.status ?? 403 });
    }
    const refusal = originRefusal(exchange) ?? check(exchange);
    if (refusal !== undefined) throw new RefusedHandshake(refusal);
    const user = await principalOf(exchange);
    return {
      handshake: exchange.handshake,
      endpoint: exchange.path,
      user,
      attributes,
      headers: answer.headers,
      place,
      succeed: () => void chain.after(),
      fail: (error) => {
        place.leave();
        void chain.after(error);
      },
    };
  }

  /** Ends the wait when the time is over or the client left; the work behind it runs out by itself. */
  private async withinTime<T>(exchange: Exchange, work: Promise<T>): Promise<T> {
    const { socket } = exchange.request;
    let reject!: (why: Error) => void;
    const cut = new Promise<never>((_, rejectCut) => (reject = rejectCut));
    const onLeave = () => reject(new Error('The client left during the handshake'));
    const timer = setTimeout(() => reject(unavailable()), this.timeoutMs);
    socket.once('close', onLeave);
    this.cuts.add(reject);
    try {
      return await Promise.race([work, cut]);
    } finally {
      clearTimeout(timer);
      socket.off('close', onLeave);
      this.cuts.delete(reject);
    }
  }

  private refuse(exchange: Exchange, answer: HttpAnswer, reason: unknown): void {
    this.stats.countRefused(answer.status);
    const { handshake } = exchange;
    const text = `Handshake of ${handshake.remoteAddress} at ${exchange.path}: ${answer.status}`;
    if (answer.status === 500) this.logger.error(text, reason instanceof Error ? reason.stack : '');
    else this.logger.debug(`${text}, ${String(reason)}`);
    exchange.answer(answer);
  }
}

function originRefusal(exchange: Exchange): HttpAnswer | undefined {
  const { endpoint, handshake } = exchange;
  const { origin } = handshake.headers;
  const isAllowed = origin === undefined || endpoint.origins.allows(origin, exchange.ownOrigin);
  return isAllowed ? undefined : { status: 403 };
}

async function principalOf({ endpoint, handshake }: Exchange): Promise<StompPrincipal | undefined> {
  try {
    return await endpoint.principalOf(handshake);
  } catch (error) {
    throw new RefusedHandshake({ status: statusOf(error) ?? 401 });
  }
}

function answerTo(error: unknown, { headers }: HandshakeAnswer): HttpAnswer {
  const answer =
    error instanceof RefusedHandshake ? error.answer : { status: statusOf(error) ?? 500 };
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
