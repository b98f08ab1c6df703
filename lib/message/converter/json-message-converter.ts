import type { MessageHeaders } from '../message-headers.js';
import type { Message } from '../message.js';
import { convertedText, decodeText } from './charset.js';
import { isJson, parseContentType } from './content-type.js';
import { asTarget } from './json-target.js';
import { MessageConversionException, typeNameOf } from './message-conversion.exception.js';
import type { ConvertedPayload, MessageConverter } from './message-converter.js';
import { parseJson } from './parse-json.js';

const DEFAULT_CONTENT_TYPE = 'application/json';

/**
 * JSON: reads `application/json`, `application/*+json`, or no content-type, for any type. `String` arguments get the
 * text, a JSON string unwrapped; class arguments get a plain object (a ValidationPipe with `transform` makes instances).
 * JSON null is a conversion error. Keys that could change a prototype are left out. Writes everything that JSON can hold.
 *
 * @publicApi
 */
export class JsonMessageConverter implements MessageConverter {
  fromMessage({ payload, headers }: Message<Buffer>, targetType: unknown): unknown {
    const charset = this.charsetOf(headers);
    if (charset === null) return undefined;
    const text = decodeText(payload, charset);
    try {
      return asTarget(parseJson(text), targetType, text);
    } catch (error) {
      if (error instanceof MessageConversionException) throw error;
      throw new MessageConversionException(
        'Could not read JSON: the payload is not well-formed',
        error,
      );
    }
  }

  toMessage(payload: unknown, headers: MessageHeaders): ConvertedPayload | undefined {
    const charset = this.charsetOf(headers);
    if (charset === null) return undefined;
    const text = stringify(payload);
    if (text === undefined) return undefined;
    return convertedText(text, charset, headers.contentType || DEFAULT_CONTENT_TYPE);
  }

  /** The charset when the content-type is JSON or absent, else null. */
  private charsetOf({ contentType }: MessageHeaders): string | undefined | null {
    if (!contentType || contentType === DEFAULT_CONTENT_TYPE) return undefined;
    const parsed = parseContentType(contentType);
    return isJson(parsed) ? parsed.charset : null;
  }
}

function stringify(payload: unknown): string | undefined {
  if (payload === null || payload === undefined) return undefined;
  try {
    return JSON.stringify(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new MessageConversionException(
      `Could not write JSON: ${reason}, payload of type ${typeNameOf(payload)}`,
      error,
      'Could not write JSON',
    );
  }
}
