import type { MessageHeaders } from '../message-headers.js';
import type { Message } from '../message.js';
import { ByteArrayMessageConverter } from './byte-array-message-converter.js';
import { JsonMessageConverter } from './json-message-converter.js';
import {
  MessageConversionException,
  typeName,
  typeNameOf,
} from './message-conversion.exception.js';
import type { ConvertedPayload, MessageConverter } from './message-converter.js';
import { StringMessageConverter } from './string-message-converter.js';

const NOT_WRITTEN = 'The payload could not be written';

/**
 * Asks converters in order; the first that applies wins. Throws `MessageConversionException` when none does, so that
 * what `convertFrom` and `convertTo` return is never "does not apply".
 *
 * @publicApi
 */
export class CompositeMessageConverter implements MessageConverter {
  constructor(readonly converters: readonly MessageConverter[]) {}

  /**
   * The given converters, then string, octets and JSON.
   *
   * @param withDefaults false leaves those three out. @default true
   */
  static of(
    converters: readonly MessageConverter[] = [],
    withDefaults = true,
  ): CompositeMessageConverter {
    if (!withDefaults) return new CompositeMessageConverter(converters);
    return new CompositeMessageConverter([
      ...converters,
      new StringMessageConverter(),
      new ByteArrayMessageConverter(),
      new JsonMessageConverter(),
    ]);
  }

  fromMessage(message: Message<Buffer>, targetType: unknown): unknown {
    for (const converter of this.converters) {
      const value = converter.fromMessage(message, targetType);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  toMessage(payload: unknown, headers: MessageHeaders): ConvertedPayload | undefined {
    for (const converter of this.converters) {
      const converted = converter.toMessage(payload, headers);
      if (converted !== undefined) return converted;
    }
    return undefined;
  }

  /** @throws MessageConversionException */
  convertFrom(message: Message<Buffer>, targetType: unknown): unknown {
    const value = this.fromMessage(message, targetType);
    if (value !== undefined) return value;
    const { contentType, destination } = message.headers;
    throw new MessageConversionException(
      `Cannot convert the payload to ${typeName(targetType)}: content-type ${quoted(contentType)}, ` +
        `destination ${quoted(destination)}, converters [${this.names()}]`,
      undefined,
      `Cannot convert the payload: content-type ${quoted(contentType)}`,
    );
  }

  /** @throws MessageConversionException */
  convertTo(payload: unknown, headers: MessageHeaders): ConvertedPayload {
    const converted = this.toMessage(payload, headers);
    if (converted !== undefined) return converted;
    throw new MessageConversionException(
      `Unable to convert payload with type='${typeNameOf(payload)}', contentType=${quoted(headers.contentType)}, converters [${this.names()}]`,
      undefined,
      NOT_WRITTEN,
    );
  }

  private names(): string {
    return this.converters.map((one) => one.constructor.name).join(', ');
  }
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'absent' : `'${text.slice(0, 100)}'`;
}
