export type { ChannelGate } from './channel-gate.js';
export type { ChannelInterceptor } from './channel-interceptor.js';
export { ClientOutboundChannel } from './client-outbound-channel.js';
export type { Delivery, DeliveryHandler, Receiver } from './delivery.js';
export { isSendableCloseCode } from './close-code.js';
export { bridgeToEventEmitter, type StompEventEmitter } from './event-emitter-bridge.js';
export {
  StompEventListenerExplorer,
  type StompEventListenerExplorerOptions,
} from './event-listener-explorer.js';
export { Hints } from './hints.js';
export { inMessageContext } from './in-message-context.js';
export type { MessageChannel, PendingSend, SendResult } from './message-channel.js';
export { currentSession, messageContext, type MessageContext } from './message-context.js';
export { MessageDeliveryException } from './message-delivery.exception.js';
export {
  isPending,
  type Handling,
  type HandlingResult,
  type MessageHandler,
} from './message-handler.js';
export { OnStompEvent } from './on-stomp-event.decorator.js';
export { pendingSend } from './pending-send.js';
export { PublishSubscribeChannel } from './publish-subscribe-channel.js';
export { SafeObservable } from './safe-observable.js';
export type { SessionControl } from './session-control.js';
export * from './session-events.js';
export { StompEvents } from './stomp-events.js';
export type { SubscribableChannel } from './subscribable-channel.js';
export { Warnings } from './warnings.js';
export { isGiven, wrappedPrototype } from './wrapped-prototype.js';
