import { Logger } from '@nestjs/common';
import { checkTime } from '../exception/index.js';
import type {
  BrokerCounts,
  FlowCounts,
  RelayCounts,
  SessionCounts,
  SimpleBrokerCounts,
  StompStatsSnapshot,
} from './stats-snapshot.js';
import type { StompStats } from './stomp-stats.js';

/** Writes the statistics to the log, one line each time. */
export class StatsLog {
  private readonly logger = new Logger('StompStats');
  private timer: NodeJS.Timeout | undefined;

  /** @throws StompException when the interval is none that a timer can wait */
  constructor(
    private readonly stats: StompStats,
    private readonly intervalMs: number,
  ) {
    checkTime('statsLogIntervalMs', intervalMs, true);
  }

  start(): void {
    if (this.intervalMs === 0) return;
    const write = (): void => this.logger.log(statsLine(this.stats.snapshot()));
    this.timer = setInterval(write, this.intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Spring: the line of WebSocketMessageBrokerStats. */
export function statsLine(snapshot: StompStatsSnapshot): string {
  const { instance, sessions, inbound, outbound, subscriptions, users } = snapshot;
  const { sendBuffers, handlers, brokers } = snapshot;
  const parts = [
    sessionText(sessions),
    `stompSubProtocol[${flowText('in', inbound)}, ${flowText('out', outbound)}]`,
    `subscriptions[${subscriptions}]`,
    `users[${users.users}, ${users.anonymousSessions} anonymous sessions]`,
    `sendBuffers[${sendBuffers.bytes} bytes, ${sendBuffers.terminated} closed slow, ${sendBuffers.framesDropped} frames dropped]`,
    `handlers[${handlers.invocations} calls, ${handlers.failures} failed, ${handlers.running} running, ${handlers.streams} streams]`,
    ...brokers.map(brokerText),
  ];
  return `${instance === 'default' ? '' : `${instance}: `}${parts.join(', ')}`;
}

function sessionText({ current, total, byTransport, closedAbnormally }: SessionCounts): string {
  const transports = Object.entries(byTransport).map(([name, one]) => `${name}(${one.current})`);
  const { total: abnormal, noConnect, slow, transportError } = closedAbnormally;
  return (
    `WebSocketSession[${current} current${transports.length > 0 ? ` ${transports.join('-')}` : ''}, ${total} total, ` +
    `${abnormal} closed abnormally (${noConnect} connect failure, ${slow} send limit, ${transportError} transport error)]`
  );
}

/** Commands that occurred. */
function flowText(way: string, { frames, bytes }: FlowCounts): string {
  const counts = Object.entries(frames).filter(([, count]) => count > 0);
  const commands = counts.map(([command, count]) => `${command}(${count})`).join('-');
  return `${way} ${commands}${commands && ' '}${bytes} bytes`;
}

function brokerText({ name, available, simple, relay }: BrokerCounts): string {
  const state = available ? 'available' : 'not available';
  if (simple) return `broker ${name}[${state}, ${simpleText(simple)}]`;
  return `broker ${name}[${state}${relay ? `, ${relayText(relay)}` : ''}]`;
}

function relayText(counts: RelayCounts): string {
  const { clientConnections, sharedSubscriptions, reconnects } = counts;
  const { bufferedMessages, bytesIn, bytesOut } = counts;
  return (
    `${clientConnections} connections, ${sharedSubscriptions} shared subscriptions, ${reconnects} reconnects, ` +
    `${bufferedMessages} waiting, in ${bytesIn} bytes, out ${bytesOut} bytes`
  );
}

function simpleText(counts: SimpleBrokerCounts): string {
  const { published, delivered, queuedMessages, unacknowledged, pendingMessages } = counts;
  const dropped = counts.droppedFromQueues + counts.droppedPending + counts.expired;
  return (
    `${published} published, ${delivered} delivered, ${queuedMessages + pendingMessages} waiting, ` +
    `${unacknowledged} unacknowledged, ${dropped} dropped`
  );
}
