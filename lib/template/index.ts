export type { DestinationIn, PayloadFor, UserDestinationIn } from './destinations.js';
export {
  BROKER_MESSAGING_TEMPLATE,
  getStompTemplateToken,
  InjectStompTemplate,
} from './inject-stomp-template.decorator.js';
export type { HeaderValue, MessagePostProcessor, SendOptions } from './send-options.js';
export {
  SimpMessagingTemplate,
  type SimpMessagingTemplateOptions,
} from './simp-messaging-template.js';
