import { Injectable } from '@nestjs/common';
import { OnStompEvent, SimpUserRegistry } from 'nestjs-stomp';
import { BehaviorSubject, distinctUntilChanged } from 'rxjs';

/** How many people look on. The registry has heard of an event before this class does. */
@Injectable()
export class Audience {
  private readonly users = new BehaviorSubject(0);
  /** The number now, and each time it changes. */
  readonly size$ = this.users.pipe(distinctUntilChanged());

  constructor(private readonly registry: SimpUserRegistry) {}

  @OnStompEvent('sessionConnected', 'sessionDisconnect')
  cameOrWent(): void {
    this.users.next(this.registry.getUserCount());
  }
}
