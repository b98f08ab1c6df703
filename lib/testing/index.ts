export { StompExpectationException } from './expectation.exception.js';
export type { FrameLog } from './frame-log.js';
export {
  StompTestClient,
  type StompTestClientOptions,
  type TestClose,
} from './stomp-test-client.js';
export { StompTestClock } from './stomp-test-clock.js';
export type { TestMessage } from './test-message.js';
export type { TestSubscription } from './test-subscription.js';
