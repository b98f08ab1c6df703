import { inspect } from 'node:util';
import { isRecord, refuseOption, StompException } from '../exception/index.js';
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

/** @throws StompException (`STOMP_ERR_NO_MESSAGE`) */
export function checkMessage(given: unknown): asserts given is Message {
  if (typeof (given as Partial<Message> | null | undefined)?.hasOctets === 'function') return;
  throw new StompException(
    `send() takes a Message, as MessageBuilder makes it, not ${inspect(given, { depth: 0 })}: convertAndSend() takes a destination and a payload`,
    { code: 'STOMP_ERR_NO_MESSAGE' },
  );
}

const OPTIONS: Readonly<Record<keyof SendOptions, true>> = {
  headers: true,
  contentType: true,
  sessionId: true,
  postProcessor: true,
};

/**
 * What an application gave as options; the headers of an accessor may stand there, as in Spring.
 *
 * @throws StompException (`STOMP_ERR_OPTION`) for headers as they are, which would be left out
 */
export function sendOptions(
  given: SendOptions | MessageHeaders | undefined,
): SendOptions | undefined {
  if (given === undefined) return undefined;
  if (given instanceof MessageHeaders) {
    const { sessionId, contentType, native } = given;
    return { sessionId, contentType, headers: native.toObject() };
  }
  if (!isRecord(given) || given instanceof Map)
    refuseOption('options', given, 'an object like { headers: { priority: 9 } }');
  for (const name in given) if (!Object.hasOwn(OPTIONS, name)) throw unknownOption(name);
  return given;
}

function unknownOption(name: string): StompException {
  return new StompException(
    `A message has no option ${JSON.stringify(name)}: STOMP headers go into { headers: { … } }. Its options are ${Object.keys(OPTIONS).join(', ')}`,
    { code: 'STOMP_ERR_OPTION' },
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
