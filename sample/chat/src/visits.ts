import { Injectable } from '@nestjs/common';
import {
  StompSessionScoped,
  type OnSessionEnd,
  type SessionContext,
  type SessionSubscribeEvent,
  type SessionUnsubscribeEvent,
} from 'nestjs-stomp';
import { roomOf, RoomService } from './room.service.js';

/** The rooms that one session is in: there is an instance for each, and it leaves them all when its session ends. */
@Injectable()
@StompSessionScoped()
export class Visits implements OnSessionEnd {
  private readonly roomsById = new Map<string | undefined, string>();

  constructor(private readonly rooms: RoomService) {}

  began({ subscriptionId, destination, user }: SessionSubscribeEvent): void {
    const room = roomOf(destination);
    if (room === undefined || !user) return;
    this.roomsById.set(subscriptionId, room);
    this.rooms.entered(room, user.name);
  }

  ended({ subscriptionId, user }: SessionUnsubscribeEvent): void {
    const room = this.roomsById.get(subscriptionId);
    if (room === undefined || !user) return;
    this.roomsById.delete(subscriptionId);
    this.rooms.exited(room, user.name);
  }

  onSessionEnd({ user }: SessionContext): void {
    for (const room of new Set(this.roomsById.values()))
      if (user) this.rooms.exited(room, user.name);
  }
}
