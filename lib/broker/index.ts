export { BrokerMessageHandler } from './broker-message-handler.js';
export type { BrokerContext, MessageBroker } from './message-broker.js';
export {
  SelectorException,
  SimpleBroker,
  simpleBroker,
  SimpleBrokerException,
  SimpleBrokerLimitException,
  SimpleBrokerStatistics,
  type SimpleBrokerOptions,
} from './simple/index.js';
export * from './relay/index.js';
export { UnroutedMessages } from './unrouted-messages.js';
