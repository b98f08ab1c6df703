import { Controller } from '@nestjs/common';
import { MessageMapping, SendToUser, StompEvents, type StompPrincipal } from 'nestjs-stomp';

@Controller()
@MessageMapping('events')
export class EventsController {
  private readonly seen = new Map<string, unknown[]>();

  constructor(events: StompEvents) {
    events.on('sessionConnect', ({ user }) => this.record(user, { type: 'connect' }));
    events.on('sessionConnected', ({ user }) => this.record(user, { type: 'connected' }));
    events.on('sessionSubscribe', ({ user, subscriptionId: id, destination }) =>
      this.record(user, { type: 'subscribe', id, destination }),
    );
    events.on('sessionUnsubscribe', ({ user, subscriptionId: id, message }) => {
      const destination = message.headers.native.get('destination') ?? null;
      this.record(user, { type: 'unsubscribe', id, destination });
    });
    events.on('sessionDisconnect', ({ user, closeCode: code }) =>
      this.record(user, { type: 'disconnect', code }),
    );
  }

  @MessageMapping('of')
  @SendToUser('/queue/events', { broadcast: false })
  of(user: string): unknown[] {
    return this.seen.get(user) ?? [];
  }

  private record(user: StompPrincipal | undefined, what: unknown): void {
    if (!user) return;
    const list = this.seen.get(user.name) ?? [];
    list.push(what);
    this.seen.set(user.name, list);
  }
}
