import { StompCommand } from '../frame/index.js';
import { type Message, SimpMessageType } from '../message/index.js';
import type { Delivery, DeliveryHandler, Receiver } from './delivery.js';
import { PublishSubscribeChannel } from './publish-subscribe-channel.js';

/**
 * What goes to clients: messages to one session, and deliveries to many receivers. A delivery stays one as long as
 * nobody intercepts or observes the channel; otherwise it becomes one message for each receiver.
 *
 * @publicApi
 */
export class ClientOutboundChannel extends PublishSubscribeChannel {
  private deliveryHandlers: readonly DeliveryHandler[] = [];

  constructor() {
    super('clientOutboundChannel', (message) => message.headers.sessionId);
  }

  /** Returns how to leave. */
  subscribeDeliveries(handler: DeliveryHandler): () => void {
    this.deliveryHandlers = [...this.deliveryHandlers, handler];
    return () => {
      this.deliveryHandlers = this.deliveryHandlers.filter((other) => other !== handler);
    };
  }

  /** Never throws and never waits: what a receiver's interceptor throws is logged, and the others get theirs. */
  deliver(delivery: Delivery): void {
    if (this.interceptors.length === 0 && !this.observed.observed) {
      for (const handler of this.deliveryHandlers) handler.handleDelivery(delivery);
      return;
    }
    for (const receiver of delivery.receivers) this.sendTo(receiver, delivery);
  }

  private sendTo(receiver: Receiver, delivery: Delivery): void {
    const refused = (error: unknown): void =>
      this.report(
        `A message to session ${receiver.session.id}, subscription ${receiver.subscriptionId} was not sent`,
        error,
      );
    try {
      const sent = this.send(messageFor(receiver, delivery));
      if (typeof sent === 'object') sent.completed.catch(refused);
    } catch (error) {
      refused(error);
    }
  }
}

function messageFor(receiver: Receiver, delivery: Delivery): Message {
  const { message } = delivery;
  const headers = message.headers.clone();
  const { fields } = headers;
  fields.messageType = SimpMessageType.MESSAGE;
  fields.command = StompCommand.MESSAGE;
  fields.session = receiver.session;
  fields.sessionId = receiver.session.id;
  fields.user = undefined;
  fields.subscriptionId = receiver.subscriptionId;
  fields.broker = delivery.broker;
  const extra = (fields.extra ??= new Map<string, unknown>());
  extra.set('messageId', delivery.messageId);
  if (delivery.ack !== undefined) extra.set('ack', delivery.ack);
  if (delivery.redelivered) extra.set('redelivered', true);
  return message.withHeaders(headers);
}
