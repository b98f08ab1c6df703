import { Injectable } from '@nestjs/common';
import {
  MessageMapping,
  SendToUser,
  simpleBroker,
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompEvents,
  StompModule,
  SubscribeMapping,
  type BrokerAvailabilityEvent,
  type StompBrokerRelay,
} from 'nestjs-stomp';
import type { BrokerKind } from '../../../brokers/real-broker.js';
import { startNest, type RunningNest } from '../../../support/nest-application.js';
import { StompClient } from '../../../support/stomp-client.js';
import { until } from '../../../support/until.js';

/** Milliseconds between heart-beats of a client that asks for some. */
export const HEARTBEAT_MS = 200;

const DESTINATIONS = ['/topic', '/queue', '/temp-queue', '/reply-queue', '/remote-temp-queue'];

@Injectable()
class Handlers {
  @MessageMapping('echo')
  echo(text: string): string {
    return `echo ${text}`;
  }

  @MessageMapping('mine')
  @SendToUser('/queue/mine', { broadcast: false })
  mine(text: string): string {
    return `mine ${text}`;
  }

  @SubscribeMapping('init')
  init(): string {
    return 'init';
  }
}

/** An application with a relay to a real broker, and its clients. A user is who a client says in `login`. */
export class RelayRig {
  relay!: StompBrokerRelay;
  events: BrokerAvailabilityEvent[] = [];
  private nest!: RunningNest;
  private readonly clients: StompClient[] = [];

  constructor(
    readonly kind: BrokerKind,
    readonly connections: 'per-client' | 'shared',
  ) {}

  async start(): Promise<void> {
    const { connections, kind } = this;
    this.relay = stompBrokerRelay({
      port: kind.port,
      destinations: DESTINATIONS,
      connections,
      reconnectDelayMs: 100,
    });
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: ['/app'],
      heartbeatValue: [HEARTBEAT_MS, HEARTBEAT_MS],
      brokers: [this.relay, simpleBroker({ name: 'local', destinations: ['/local'] })],
      authenticate: (frame) => {
        const name = frame.getLogin();
        return name === undefined ? undefined : { name };
      },
    });
    this.nest = await startNest({ imports: [stomp], providers: [Handlers] });
    this.events = [];
    this.nest.app.get(StompEvents).on('brokerAvailability', (event) => this.events.push(event));
    await this.available();
  }

  available(): Promise<void> {
    return until(() => this.relay.available);
  }

  get template(): SimpMessagingTemplate {
    return this.nest.app.get(SimpMessagingTemplate);
  }

  async open(): Promise<StompClient> {
    const client = await StompClient.open(`${this.nest.wsUrl}/stomp`);
    this.clients.push(client);
    return client;
  }

  async connect(headers: Record<string, string> = {}): Promise<StompClient> {
    const client = await this.open();
    const { command, text } = await client.connect(headers);
    if (command !== 'CONNECTED') throw new Error(`${command} ${text}`);
    return client;
  }

  /** A queue that both ways to connect do not share: what one leaves there is nobody's. */
  queue(name: string): string {
    return `/queue/${name}.${this.connections}`;
  }

  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) client.socket.terminate();
    await this.nest.app.close();
  }
}
