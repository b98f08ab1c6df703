import { Controller } from '@nestjs/common';
import {
  MessageMapping,
  OnStompEvent,
  SendToUser,
  type SessionConnectedEvent,
  type SessionConnectEvent,
  type SessionDisconnectEvent,
  type SessionSubscribeEvent,
  type SessionUnsubscribeEvent,
  type StompPrincipal,
} from 'nestjs-stomp';

@Controller()
@MessageMapping('events')
export class EventsController {
  private readonly seen = new Map<string, unknown[]>();

  @MessageMapping('of')
  @SendToUser('/queue/events', { broadcast: false })
  of(user: string): unknown[] {
    return this.seen.get(user) ?? [];
  }

  @OnStompEvent('sessionConnect')
  connect({ user }: SessionConnectEvent): void {
    this.record(user, { type: 'connect' });
  }

  @OnStompEvent('sessionConnected')
  connected({ user }: SessionConnectedEvent): void {
    this.record(user, { type: 'connected' });
  }

  @OnStompEvent('sessionSubscribe')
  subscribe({ user, subscriptionId: id, destination }: SessionSubscribeEvent): void {
    this.record(user, { type: 'subscribe', id, destination });
  }

  @OnStompEvent('sessionUnsubscribe')
  unsubscribe({ user, subscriptionId: id, message }: SessionUnsubscribeEvent): void {
    const destination = message.headers.native.get('destination') ?? null;
    this.record(user, { type: 'unsubscribe', id, destination });
  }

  @OnStompEvent('sessionDisconnect')
  disconnect({ user, closeCode: code }: SessionDisconnectEvent): void {
    this.record(user, { type: 'disconnect', code });
  }

  private record(user: StompPrincipal | undefined, what: unknown): void {
    if (!user) return;
    const list = this.seen.get(user.name) ?? [];
    list.push(what);
    this.seen.set(user.name, list);
  }
}
