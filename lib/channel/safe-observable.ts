import { Observable, type Observer, type Operator, type Subscription } from 'rxjs';
import { reportRejection } from '../exception/index.js';

type ReportError = (error: unknown) => void;

/**
 * An Observable whose observers may throw or reject: RxJS would rethrow that outside of everything and end the process;
 * here it is reported, also behind operators.
 */
export class SafeObservable<T> extends Observable<T> {
  constructor(
    private readonly report: ReportError,
    subscribe?: ConstructorParameters<typeof Observable<T>>[0],
  ) {
    super(subscribe);
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new SafeObservable<R>(this.report);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(
    observer?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: any,
    complete?: any,
  ): Subscription {
    const given: Partial<Observer<T>> =
      typeof observer === 'object' && observer !== null
        ? observer
        : {
            next: observer ?? undefined,
            error: error ?? undefined,
            complete: complete ?? undefined,
          };
    // Operators hand over a Subscriber of RxJS, which passes errors on by itself.
    if ('isStopped' in given) return super.subscribe(given);
    return super.subscribe({
      next: (value) => this.guard(() => given.next?.(value)),
      error: (thrown) =>
        this.guard(() => (given.error ? given.error(thrown) : this.report(thrown))),
      complete: () => this.guard(() => given.complete?.()),
    });
  }

  private guard(call: () => unknown): void {
    try {
      reportRejection(call(), this.report);
    } catch (error) {
      this.report(error);
    }
  }
}
