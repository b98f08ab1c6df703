import { Logger } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { errorText, reportRejection } from '../exception/index.js';
import { SafeObservable } from './safe-observable.js';
import type { StompEvent, StompEventMap, StompEventType } from './session-events.js';

type Listener<T extends StompEventType> = (event: StompEventMap[T]) => unknown;

/** One registration of a listener, which may have several. */
interface Entry {
  readonly listener: Listener<any>;
}

/**
 * What happens to sessions and brokers, each event once and in order. Listeners are called synchronously; one that
 * throws or rejects is logged and disturbs nobody.
 *
 * @publicApi
 */
export class StompEvents {
  /** All events, hot. */
  readonly events$: Observable<StompEvent>;
  private readonly logger = new Logger('StompEvents');
  private readonly subject = new Subject<StompEvent>();
  private readonly listeners = new Map<StompEventType, readonly Entry[]>();

  constructor() {
    this.events$ = new SafeObservable<StompEvent>(
      (error) => this.report('observer', error),
      (subscriber) => this.subject.subscribe(subscriber),
    );
  }

  /**
   * Calls a listener for every event of a type, in order of registration. Returns how to leave, which ends this registration
   * only.
   */
  on<T extends StompEventType>(type: T, listener: Listener<T>): () => void {
    const entry: Entry = { listener };
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), entry]);
    return () => {
      this.listeners.set(
        type,
        (this.listeners.get(type) ?? []).filter((other) => other !== entry),
      );
    };
  }

  publish(event: StompEvent): void {
    for (const { listener } of this.listeners.get(event.type) ?? []) this.call(listener, event);
    if (this.subject.observed) this.subject.next(event);
  }

  private call(listener: Listener<any>, event: StompEvent): void {
    try {
      reportRejection(listener(event), (error) => this.report(event.type, error));
    } catch (error) {
      this.report(event.type, error);
    }
  }

  private report(what: string, error: unknown): void {
    const text = errorText(error);
    this.logger.error(
      `A listener of ${what} failed: ${text}`,
      error instanceof Error ? error.stack : undefined,
    );
  }
}
