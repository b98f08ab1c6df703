import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  Principal,
  SimpMessagingTemplate,
  SimpUserRegistry,
  SubscribeMapping,
  type StompPrincipal,
} from 'nestjs-stomp';
import { ChatException } from './chat.exception.js';
import { Line, linePipe } from './line.js';
import { Presence, type Person } from './presence.js';
import type { RoomState } from './room-event.js';
import { RoomService } from './room.service.js';
import { roomsFor, type Room } from './rooms.js';

/** What users say and ask; all destinations below `/app`. */
@Controller()
export class ChatController {
  constructor(
    private readonly rooms: RoomService,
    private readonly presence: Presence,
    private readonly template: SimpMessagingTemplate,
    private readonly registry: SimpUserRegistry,
  ) {}

  @SubscribeMapping('online')
  online(): Person[] {
    return this.presence.online;
  }

  @SubscribeMapping('rooms')
  list(@Principal() user: StompPrincipal): Room[] {
    return roomsFor(user);
  }

  @SubscribeMapping('room.{name}')
  room(@DestinationVariable('name') name: string, @Principal() user: StompPrincipal): RoomState {
    const room = roomsFor(user).find((one) => one.name === name);
    if (!room) throw new ChatException(`There is no room ${name}`);
    return { ...room, members: this.rooms.membersOf(name), history: this.rooms.historyOf(name) };
  }

  @MessageMapping('room.{name}/say')
  say(
    @DestinationVariable('name') room: string,
    @Payload(linePipe) { text }: Line,
    @Principal() { name }: StompPrincipal,
  ): void {
    this.rooms.say(room, name, text);
  }

  @MessageMapping('room.{name}/typing')
  typing(@DestinationVariable('name') room: string, @Principal() { name }: StompPrincipal): void {
    this.rooms.sendToOthers(room, name, '/queue/typing', { room, name });
  }

  /** To all sessions of the other, and to all sessions of the sender: a conversation is the same on every device. */
  @MessageMapping('private.{name}')
  whisper(
    @DestinationVariable('name') to: string,
    @Payload(linePipe) { text }: Line,
    @Principal() { name: from }: StompPrincipal,
  ): void {
    if (!this.registry.getUser(to)) throw new ChatException(`${to} is not online`);
    const message = { from, to, text, at: Date.now() };
    for (const name of new Set([to, from]))
      this.template.convertAndSendToUser(name, '/queue/private', message);
  }
}
