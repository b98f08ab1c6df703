import { Buffer } from 'node:buffer';
import type { MessageHeaders } from '../message-headers.js';
import type { Message } from '../message.js';
import { parseContentType } from './content-type.js';
import type { ConvertedPayload, MessageConverter } from './message-converter.js';

/**
 * Octets: gives the payload as it is to `Buffer` and `Uint8Array` arguments, whatever its content-type, and
 * `application/octet-stream` to arguments without a type. Writes `Buffer`, `Uint8Array` and `ArrayBuffer` as
 * `application/octet-stream`, or as any content-type asked for.
 *
 * @publicApi
 */
export class ByteArrayMessageConverter implements MessageConverter {
  fromMessage({ payload, headers }: Message<Buffer>, targetType: unknown): unknown {
    if (targetType === Buffer || targetType === Uint8Array) return payload;
    const isAny = targetType === undefined || targetType === Object;
    if (!isAny || !headers.contentType) return undefined;
    const { type, subtype } = parseContentType(headers.contentType);
    return type === 'application' && subtype === 'octet-stream' ? payload : undefined;
  }

  toMessage(payload: unknown, headers: MessageHeaders): ConvertedPayload | undefined {
    const octets = toBuffer(payload);
    return octets && { payload: octets, contentType: headers.contentType || OCTET_STREAM };
  }
}

const OCTET_STREAM = 'application/octet-stream';

function toBuffer(payload: unknown): Buffer | undefined {
  if (Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array)
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return payload instanceof ArrayBuffer ? Buffer.from(payload) : undefined;
}
