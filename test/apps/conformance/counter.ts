import { Injectable } from '@nestjs/common';
import { StompSessionScoped } from 'nestjs-stomp';

/** Counts the calls of one session. */
@Injectable()
@StompSessionScoped()
export class Counter {
  private calls = 0;

  next(): number {
    return ++this.calls;
  }
}
