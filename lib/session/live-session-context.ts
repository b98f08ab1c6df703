import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { StompVersion } from '../frame/index.js';
import type { Handshake, Message, SessionContext, StompPrincipal } from '../message/index.js';
import type { Connection } from '../transport/index.js';
import type { FanOutTarget } from './prepared-receivers.js';
import type { SessionHost } from './session-host.js';

/** `randomUUID` joins a dozen strings, and as long as nobody looks at the result it keeps them all. */
function newId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}

/** The session of a context: told what of its messages passed the interceptors. */
export interface SessionOwner {
  readonly host: SessionHost;
  onConnectPassed(message: Message): void;
  onDisconnectPassed(): void;
  /** Any other frame but SEND did. */
  onFramePassed(message: Message): void;
}

/** What the messages of a session share. Prints without the request that opened it. */
export class LiveSessionContext implements SessionContext {
  readonly id = newId();
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly transport: string;
  user: StompPrincipal | undefined;
  version: StompVersion | undefined = undefined;
  /** Where messages to the session are written; while it is connected. */
  target: FanOutTarget | undefined = undefined;

  constructor(
    private readonly connection: Connection,
    readonly owner: SessionOwner,
  ) {
    this.handshake = connection.handshake;
    this.endpoint = connection.endpoint;
    this.transport = connection.transport;
    this.user = connection.user;
  }

  get isTextOnly(): boolean {
    return !this.connection.supportsBinary;
  }

  get attributes(): Map<string, unknown> {
    return this.connection.attributes;
  }

  toJSON(): unknown {
    const { id, endpoint, transport, version, user } = this;
    return { id, endpoint, transport, version, user: user?.name };
  }

  [inspect.custom](): unknown {
    return this.toJSON();
  }
}
