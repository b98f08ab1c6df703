import { StompClient, type OpenOptions } from '../support/stomp-client.js';
import type { Headers } from '../support/stomp-wire.js';

/** Milliseconds between heart-beats of the servers that the checklist runs against, where it has the choice. */
export const HEARTBEAT_MS = 400;

/** What the server with `--auth` wants; nothing of it is escaped in CONNECT. */
export const LOGIN = 'guest';
export const PASSCODE = 'pass\\nw:rd';

/** A server that is being checked: makes clients, and closes them after each test. */
export class Peer {
  private static destinations = 0;
  private readonly clients: StompClient[] = [];

  /**
   * @param wsUrl of an endpoint; the same with authentication under `authUrl`
   * @param heartbeatMs that the server keeps
   */
  constructor(
    readonly wsUrl: string,
    readonly authUrl: string,
    readonly heartbeatMs = HEARTBEAT_MS,
  ) {}

  async open(options?: OpenOptions, url = this.wsUrl): Promise<StompClient> {
    const client = await StompClient.open(url, options);
    this.clients.push(client);
    return client;
  }

  async connect(headers: Headers = {}): Promise<StompClient> {
    const client = await this.open();
    const answer = await client.connect(headers);
    if (answer.command !== 'CONNECTED') throw new Error(`no CONNECTED: ${answer.headers.message}`);
    return client;
  }

  /** A client that is subscribed to a destination of its own. */
  async subscribed(
    destination = this.topic(),
    headers: Headers = {},
  ): Promise<{ client: StompClient; destination: string }> {
    const client = await this.connect();
    await client.subscribe(destination, '1', headers);
    return { client, destination };
  }

  topic(): string {
    return `/topic/chk.${process.pid}.${++Peer.destinations}`;
  }

  queue(): string {
    return `/queue/chk.${process.pid}.${++Peer.destinations}`;
  }

  /** Waits for so many heart-beat periods, counted by the heart-beats of another connection. */
  async periods(count: number): Promise<void> {
    const clock = await this.connect({ 'heart-beat': `0,${this.heartbeatMs}` });
    const patienceMs = 5000 + 2 * count * this.heartbeatMs;
    await clock.until(`${count} heart-beats`, () => clock.heartbeats >= count, patienceMs);
  }

  async closeClients(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((client) => client.vanish()));
  }
}

/** Declares a rule by its number and text, and how to see that it is kept. */
export type Rule = ((name: string, isKept: () => Promise<void>) => void) & Pick<jest.It, 'each'>;

/** Rules of one letter of stomp-checklist.md. */
export type Rules = (peer: () => Peer, it: Rule) => void;
