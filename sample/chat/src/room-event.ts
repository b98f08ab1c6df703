import type { Room } from './rooms.js';

/** What subscribers of `/topic/room.<name>` get. */
export interface RoomEvent {
  readonly kind: 'said' | 'joined' | 'left';
  readonly room: string;
  readonly name: string;
  /** What was said. */
  readonly text?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a page needs to show a room. */
export interface RoomState extends Room {
  readonly members: readonly string[];
  readonly history: readonly RoomEvent[];
}
