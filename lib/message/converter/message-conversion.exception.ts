import { StompException } from '../../exception/index.js';

/**
 * A payload could not be read as the type a handler asks for, or not be written. The text names type and content-type,
 * never the payload.
 *
 * @publicApi
 */
export class MessageConversionException extends StompException {
  /** @param reason what is wrong without names of the application's classes, fit for clients. @default `message` */
  constructor(
    message: string,
    cause?: unknown,
    readonly reason = message,
  ) {
    super(message, { code: 'STOMP_ERR_MESSAGE_CONVERSION', cause });
  }
}

/** How exceptions name a type or the type of a value. */
export function typeName(type: unknown): string {
  if (typeof type === 'function') return type.name || 'an anonymous class';
  return type === undefined ? 'any type' : typeNameOf(type);
}

/** How exceptions name what a value is. */
export function typeNameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name ? constructor.name : 'Object';
}
