import { isPending, type SendResult } from '../channel/index.js';
import { StompCommand } from '../frame/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import { sessionMessage } from './incoming-message.js';
import type { LiveSessionContext } from './live-session-context.js';
import type { SessionHost } from './session-host.js';

/**
 * The one DISCONNECT message of a session: sent through the interceptors, and past them when they keep it from the
 * subscribers, for brokers have to forget the session.
 */
export class Departure {
  /** Whether subscribers saw CONNECT, and so have something to forget. */
  hasEntered = false;
  /** Whether the interceptors let DISCONNECT pass. */
  hasPassed = false;
  private hasLeft = false;

  constructor(
    private readonly host: SessionHost,
    private readonly context: LiveSessionContext,
  ) {}

  /** @param frame the client's DISCONNECT; without one, the message is made here */
  async leave(frame?: Message<Buffer>): Promise<void> {
    if (!this.hasEntered || this.hasLeft) return;
    this.hasLeft = true;
    const message = frame ?? this.disconnect();
    try {
      await finished(this.host.inbound.send(message));
    } catch (error) {
      this.host.debug(`DISCONNECT of session ${this.context.id} failed: ${String(error)}`);
    }
    if (!this.hasPassed) await this.leaveAnyway();
  }

  private async leaveAnyway(): Promise<void> {
    try {
      await finished(this.host.inbound.sendUnintercepted(this.disconnect()));
    } catch (error) {
      this.host.warn(`A subscriber failed on DISCONNECT of session ${this.context.id}`, error);
    }
  }

  private disconnect(): Message<Buffer> {
    return sessionMessage(SimpMessageType.DISCONNECT, StompCommand.DISCONNECT, this.context);
  }
}

function finished(result: SendResult): unknown {
  return isPending(result) ? result.completed : undefined;
}
