import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { StompVersion } from '../frame/index.js';
import type { Handshake, SessionContext, StompPrincipal } from '../message/index.js';
import type { Connection } from '../transport/index.js';

/** What the messages of a session share. Prints without the request that opened it. */
export class LiveSessionContext implements SessionContext {
  readonly id = randomUUID();
  readonly attributes: Map<string, unknown>;
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly transport: string;
  user: StompPrincipal | undefined;
  version: StompVersion | undefined = undefined;

  constructor(connection: Connection) {
    this.attributes = connection.attributes;
    this.handshake = connection.handshake;
    this.endpoint = connection.endpoint;
    this.transport = connection.transport;
    this.user = connection.user;
  }

  toJSON(): unknown {
    const { id, endpoint, transport, version, user } = this;
    return { id, endpoint, transport, version, user: user?.name };
  }

  [inspect.custom](): unknown {
    return this.toJSON();
  }
}
