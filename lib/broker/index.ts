export { BrokerMessageHandler } from './broker-message-handler.js';
export type { BrokerContext, MessageBroker } from './message-broker.js';
