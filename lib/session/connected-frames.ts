import { Buffer } from 'node:buffer';
import { encodeFrame, StompCommand, type Heartbeat, type StompVersion } from '../frame/index.js';
import type { StompPrincipal } from '../message/index.js';
import { FrameBatch } from '../transport/index.js';

/** Headers that a broker's CONNECTED may put in place of ours. */
export interface BrokerConnected {
  readonly version: StompVersion | undefined;
  readonly heartbeat: string | undefined;
  readonly server: string | undefined;
  readonly session: string | undefined;
}

const NO_BODY = Buffer.alloc(0);

/** The CONNECTED frames of one instance. Anonymous clients of one version all get the same, which is made once. */
export class ConnectedFrames {
  private readonly ofAnonymous = new Map<StompVersion, FrameBatch>();
  private readonly heartbeat: string;

  constructor(heartbeat: Heartbeat) {
    this.heartbeat = heartbeat.join();
  }

  of(
    version: StompVersion,
    user: StompPrincipal | undefined,
    broker: BrokerConnected | undefined,
  ): FrameBatch {
    if (user || broker) return this.newFrame(version, user, broker);
    let frame = this.ofAnonymous.get(version);
    if (!frame) this.ofAnonymous.set(version, (frame = this.newFrame(version)));
    return frame;
  }

  private newFrame(
    version: StompVersion,
    user?: StompPrincipal,
    broker?: BrokerConnected,
  ): FrameBatch {
    const headers = ['version', version, 'heart-beat', broker?.heartbeat ?? this.heartbeat];
    for (const name of ['server', 'session'] as const) {
      const value = broker?.[name];
      if (value !== undefined) headers.push(name, value);
    }
    // STOMP 1.2, Value Encoding: CONNECTED is not escaped, so that such a name would make headers of its own.
    if (user && !/[\r\n\0]/.test(user.name)) headers.push('user-name', user.name);
    const frame = { command: StompCommand.CONNECTED, headers, body: NO_BODY };
    return new FrameBatch([{ octets: encodeFrame(frame, version), binary: false }], false);
  }
}
