export {
  StompHealthIndicator,
  stompHealthIndicator,
  type StompHealthOptions,
} from './stomp-health-indicator.js';
