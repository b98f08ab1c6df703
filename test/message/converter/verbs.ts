import {
  Message,
  MessageHeaders,
  newHeaderFields,
  SimpMessageType,
} from '../../../lib/message/index.js';

/** A message as it comes from a client. */
export function message(body: string | Buffer, contentType?: string): Message<Buffer> {
  return new Message(Buffer.from(body as string), headers(contentType));
}

export function headers(contentType?: string): MessageHeaders {
  const fields = newHeaderFields(SimpMessageType.MESSAGE);
  fields.contentType = contentType;
  fields.destination = '/app/x';
  return new MessageHeaders(fields);
}
