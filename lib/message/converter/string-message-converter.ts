import type { MessageHeaders } from '../message-headers.js';
import type { Message } from '../message.js';
import { TextPayload } from '../text-payload.js';
import { convertedText, decodeText } from './charset.js';
import { isJson, parseContentType } from './content-type.js';
import type { ConvertedPayload, MessageConverter } from './message-converter.js';

const DEFAULT_CONTENT_TYPE = 'text/plain;charset=UTF-8';

/**
 * Text: reads `text/plain`, or no content-type, for `String` arguments and those without a type; the charset of the
 * content-type counts, UTF-8 without one. Writes strings as `text/plain;charset=UTF-8`, or as any content-type asked
 * for that is not JSON.
 *
 * @publicApi
 */
export class StringMessageConverter implements MessageConverter {
  fromMessage({ payload, headers }: Message<Buffer>, targetType: unknown): unknown {
    if (targetType !== String && targetType !== undefined) return undefined;
    if (!headers.contentType) return payload.toString('utf8');
    const { type, subtype, charset } = parseContentType(headers.contentType);
    if (type !== 'text' || subtype !== 'plain') return undefined;
    return decodeText(payload, charset);
  }

  toMessage(payload: unknown, { contentType }: MessageHeaders): ConvertedPayload | undefined {
    if (typeof payload !== 'string') return undefined;
    if (!contentType) return new TextPayload(payload, DEFAULT_CONTENT_TYPE);
    const parsed = parseContentType(contentType);
    if (isJson(parsed)) return undefined;
    return convertedText(payload, parsed.charset, contentType);
  }
}
