import { Injectable } from '@nestjs/common';
import {
  OnStompEvent,
  SimpMessagingTemplate,
  SimpUserRegistry,
  type SessionConnectedEvent,
  type SessionDisconnectEvent,
  type SessionExpiringEvent,
  type SessionSubscribeEvent,
  type SessionUnsubscribeEvent,
  type StompPrincipal,
} from 'nestjs-stomp';
import { Visits } from './visits.js';

/** Somebody as the list of who is online has them. */
export interface Person {
  readonly name: string;
  readonly roles: readonly string[];
  readonly isOnline: boolean;
}

/** Tells who comes and goes. The registry has heard of an event before this class does. */
@Injectable()
export class Presence {
  constructor(
    private readonly template: SimpMessagingTemplate,
    private readonly registry: SimpUserRegistry,
    private readonly visits: Visits,
  ) {}

  get online(): Person[] {
    return this.registry
      .getUsers()
      .flatMap(({ principal }) => (principal ? [this.person(principal)] : []));
  }

  @OnStompEvent('sessionConnected', 'sessionDisconnect')
  cameOrWent({ user }: SessionConnectedEvent | SessionDisconnectEvent): void {
    if (user) this.template.convertAndSend('/topic/online', this.person(user));
  }

  @OnStompEvent('sessionSubscribe')
  subscribed(event: SessionSubscribeEvent): void {
    this.visits.began(event);
  }

  @OnStompEvent('sessionUnsubscribe')
  unsubscribed(event: SessionUnsubscribeEvent): void {
    this.visits.ended(event);
  }

  /** The page gets itself a new token and sends it to `/app/renew`. */
  @OnStompEvent('sessionExpiring')
  expires({ session, user, expiresAt }: SessionExpiringEvent): void {
    const to = { sessionId: session.id };
    if (user) this.template.convertAndSendToUser(user, '/queue/expiring', { expiresAt }, to);
  }

  private person({ name, roles = [] }: StompPrincipal): Person {
    return { name, roles, isOnline: this.registry.getUser(name) !== undefined };
  }
}
