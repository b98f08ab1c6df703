import { Injectable } from '@nestjs/common';
import { SimpMessagingTemplate, SimpUserRegistry, type SimpSession } from 'nestjs-stomp';
import type { RoomEvent } from './room-event.js';

const HISTORY_LENGTH = 50;
const PREFIX = '/topic/room.';

/** The room that a destination of the broker belongs to. */
export function roomOf(destination: string): string | undefined {
  return destination.startsWith(PREFIX) ? destination.slice(PREFIX.length) : undefined;
}

/** What happens in rooms. Who is in one is no list of its own: those whose sessions are subscribed to it. */
@Injectable()
export class RoomService {
  private readonly histories = new Map<string, RoomEvent[]>();

  constructor(
    private readonly template: SimpMessagingTemplate,
    private readonly registry: SimpUserRegistry,
  ) {}

  membersOf(room: string): string[] {
    return [...new Set(this.sessionsIn(room).map(({ user }) => user.name))].sort();
  }

  historyOf(room: string): readonly RoomEvent[] {
    return this.histories.get(room) ?? [];
  }

  say(room: string, name: string, text: string): void {
    const said: RoomEvent = { kind: 'said', room, name, text, at: Date.now() };
    const history = [...this.historyOf(room), said].slice(-HISTORY_LENGTH);
    this.histories.set(room, history);
    this.publish(said);
  }

  /** A subscription began: who was not there before has joined. */
  entered(room: string, name: string): void {
    if (this.subscriptionsOf(room, name) === 1)
      this.publish({ kind: 'joined', room, name, at: Date.now() });
  }

  /** A subscription ended: who has no other one there has left. */
  exited(room: string, name: string): void {
    if (this.subscriptionsOf(room, name) === 0)
      this.publish({ kind: 'left', room, name, at: Date.now() });
  }

  /** To everybody in the room but this user: one message for each of their sessions, and none is sent to the user. */
  sendToOthers(room: string, name: string, destination: string, payload: unknown): void {
    for (const { id, user } of new Set(this.sessionsIn(room)))
      if (user.name !== name)
        this.template.convertAndSendToUser(user.name, destination, payload, { sessionId: id });
  }

  private publish(event: RoomEvent): void {
    this.template.convertAndSend(PREFIX + event.room, event);
  }

  private sessionsIn(room: string): SimpSession[] {
    return this.registry
      .findSubscriptions(({ destination }) => roomOf(destination) === room)
      .map(({ session }) => session);
  }

  private subscriptionsOf(room: string, name: string): number {
    return this.sessionsIn(room).filter(({ user }) => user.name === name).length;
  }
}
