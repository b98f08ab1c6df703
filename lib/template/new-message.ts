import { StompException } from '../exception/index.js';
import {
  Message,
  MessageHeaders,
  newHeaderFields,
  SimpMessageType,
  type CompositeMessageConverter,
  type HeaderFields,
} from '../message/index.js';
import type { SendOptions } from './send-options.js';

/**
 * A message for a destination.
 *
 * @throws MessageConversionException
 * @throws StompException (`STOMP_ERR_NO_DESTINATION`) for a destination that is no text, or empty
 */
export function newMessage(
  converter: CompositeMessageConverter,
  destination: string,
  payload: unknown,
  options: SendOptions | undefined,
): Message {
  const fields = newHeaderFields(SimpMessageType.MESSAGE);
  if (options !== undefined) applyOptions(fields, options);
  const headers = new MessageHeaders(fields);
  const converted = converter.convertTo(payload, headers);
  fields.contentType = converted.contentType;
  const message = Message.ofConverted(converted, headers);
  const processed = options?.postProcessor?.(message) ?? message;
  return addressed(destination, processed);
}

/**
 * The message as one for a destination; the given one itself as long as its headers may be changed. A payload that is
 * not octets yet is converted.
 */
export function addressed(
  destination: string,
  message: Message,
  converter?: CompositeMessageConverter,
): Message {
  if (typeof destination !== 'string' || destination === '') throw noDestination(destination);
  const headers = message.headers.fields.frozen ? message.headers.clone() : message.headers;
  const { fields } = headers;
  fields.messageType = SimpMessageType.MESSAGE;
  fields.command = undefined;
  fields.subscriptionId = undefined;
  fields.destination = destination;
  if (!converter || message.hasOctets())
    return headers === message.headers ? message : message.withHeaders(headers);
  const converted = converter.convertTo(message.payload, headers);
  fields.contentType = converted.contentType;
  return Message.ofConverted(converted, headers);
}

export function noDestination(given: unknown): StompException {
  return new StompException(
    `A message needs a destination, which is a text that is not empty, not ${JSON.stringify(given)}`,
    { code: 'STOMP_ERR_NO_DESTINATION' },
  );
}

function applyOptions(fields: HeaderFields, options: SendOptions): void {
  fields.sessionId = options.sessionId;
  if (options.headers !== undefined) applyHeaders(fields, options.headers);
  if (options.contentType !== undefined) fields.contentType = options.contentType;
}

function applyHeaders(fields: HeaderFields, headers: NonNullable<SendOptions['headers']>): void {
  for (const [name, given] of Object.entries(headers)) {
    if (given === undefined || given === null) continue;
    const values = Array.isArray(given) ? given : [given];
    // Differs from Spring: a content-type in the map is the content-type, not a header beside it.
    if (name === 'contentType' || name === 'content-type') fields.contentType = String(values[0]);
    else for (const value of values) fields.native.add(name, String(value));
  }
}
