export { SelectorException } from './selector/index.js';
export { SimpleBroker, simpleBroker } from './simple-broker.js';
export { SimpleBrokerException, SimpleBrokerLimitException } from './simple-broker.exception.js';
export type { SimpleBrokerOptions } from './simple-broker-options.js';
export { SimpleBrokerStatistics } from './statistics.js';
