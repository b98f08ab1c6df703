import type { StompEvents } from './stomp-events.js';

/**
 * What the bridge needs of an emitter: EventEmitter2 of `@nestjs/event-emitter`, or Node's own.
 *
 * @publicApi
 */
export interface StompEventEmitter {
  emit(name: string, event: unknown): unknown;
}

/**
 * Emits every event as `stomp.<type>` (`stomp.sessionConnected`), for `@OnEvent` listeners. Returns how to leave.
 *
 * @publicApi
 */
export function bridgeToEventEmitter(events: StompEvents, emitter: StompEventEmitter): () => void {
  const subscription = events.events$.subscribe((event) =>
    emitter.emit(`stomp.${event.type}`, event),
  );
  return () => subscription.unsubscribe();
}
