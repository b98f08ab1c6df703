export { BrokerRefusedException, BrokerUnavailableException } from './relay.exceptions.js';
export { RelayStatistics } from './relay-statistics.js';
export { stompBrokerRelay, StompBrokerRelay } from './stomp-broker-relay.js';
export type { BrokerAddress, StompBrokerRelayOptions } from './stomp-broker-relay-options.js';
