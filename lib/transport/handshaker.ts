import { Logger } from '@nestjs/common';
import { type Admission, Place } from './admission/admission.js';
import type { Exchange, HttpAnswer } from './exchange.js';
import {
  type AcceptedHandshake,
  HandshakeAttempt,
  type HandshakeCheck,
  RefusedHandshake,
} from './handshake/handshake-attempt.js';
import type { TransportStats } from './transport-stats.js';

function unavailable(why: string): RefusedHandshake {
  return new RefusedHandshake({ status: 503, headers: { 'Retry-After': '5' } }, why);
}

/** Decides about handshakes: admission first, then what `HandshakeAttempt` asks, within a time. */
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
    for (const cut of [...this.cuts]) cut(unavailable('the server is stopping'));
  }

  /** Answers what it refuses, and returns undefined then. A promise only where somebody has to be asked. */
  run(
    exchange: Exchange,
    check: HandshakeCheck,
  ): AcceptedHandshake | undefined | Promise<AcceptedHandshake | undefined> {
    const place = this.admission.enter(exchange.handshake.remoteAddress);
    if (!(place instanceof Place)) {
      const headers = { 'Retry-After': String(place.retryAfterSeconds) };
      return this.refuse(exchange, { status: 503, headers }, place.reason);
    }
    const attempt = new HandshakeAttempt(exchange, check, place);
    try {
      const decision = attempt.decide();
      return decision instanceof Promise ? this.await(attempt, decision) : decision;
    } catch (error) {
      return this.refuse(exchange, attempt.giveUp(error), error);
    }
  }

  private async await(
    attempt: HandshakeAttempt,
    decision: Promise<AcceptedHandshake>,
  ): Promise<AcceptedHandshake | undefined> {
    try {
      return await this.withinTime(attempt.exchange, decision);
    } catch (error) {
      return this.refuse(attempt.exchange, attempt.giveUp(error), error);
    }
  }

  /** Ends the wait when the time is over or the client left; the work behind it runs out by itself. */
  private async withinTime<T>(exchange: Exchange, work: Promise<T>): Promise<T> {
    const { socket } = exchange.request;
    let reject!: (why: Error) => void;
    const cut = new Promise<never>((_, rejectCut) => (reject = rejectCut));
    const onLeave = () => reject(new Error('The client left during the handshake'));
    const overdue = `interceptors and authenticateHandshake did not decide within ${this.timeoutMs} ms (handshakeTimeoutMs)`;
    const timer = setTimeout(() => reject(unavailable(overdue)), this.timeoutMs);
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

  private refuse(exchange: Exchange, answer: HttpAnswer, reason: unknown): undefined {
    this.stats.countRefused(answer.status);
    const { handshake } = exchange;
    const isRefusal = reason instanceof RefusedHandshake;
    const why = isRefusal ? reason.why : String(reason);
    const text = `Handshake of ${handshake.remoteAddress} at ${exchange.path}: ${answer.status}, ${why}`;
    const fault = isRefusal ? reason.cause : reason;
    if (answer.status === 500 || (isRefusal && reason.isFault))
      this.logger.error(text, fault instanceof Error ? fault.stack : undefined);
    else this.logger.debug(text);
    exchange.answer(answer);
    return undefined;
  }
}
