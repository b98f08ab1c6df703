import { Inject, type InjectionToken } from '@nestjs/common';
import { SimpMessagingTemplate } from './simp-messaging-template.js';

/**
 * Provider token under which Spring's name finds the template of the unnamed instance.
 *
 * @publicApi
 */
export const BROKER_MESSAGING_TEMPLATE = 'brokerMessagingTemplate';

/**
 * The provider token of the template of a STOMP instance; the class itself for the unnamed one.
 *
 * @publicApi
 */
export function getStompTemplateToken(name = 'default'): InjectionToken {
  return name === 'default' ? SimpMessagingTemplate : `${SimpMessagingTemplate.name}:${name}`;
}

/**
 * Injects the template of a named STOMP instance, or of the unnamed one.
 *
 * @publicApi
 */
export function InjectStompTemplate(name?: string): ReturnType<typeof Inject> {
  return Inject(getStompTemplateToken(name));
}
