import { MessageConversionException } from './message-conversion.exception.js';

/** A `content-type` header, parsed; type, subtype and charset in lower case. */
export interface ContentType {
  readonly type: string;
  readonly subtype: string;
  readonly charset: string | undefined;
}

const TOKEN = String.raw`[!#$%&'*+\-.^_\x60|~0-9A-Za-z]+`;
const MEDIA_TYPE = new RegExp(`^\\s*(${TOKEN})/(${TOKEN})\\s*(?:;|$)`);
const PARAMETER = new RegExp(
  String.raw`;\s*(?:(${TOKEN})\s*=\s*(?:(${TOKEN})|"((?:[^"\\]|\\.)*)")\s*)?(?=;|$)`,
  'y',
);
const CACHE_LIMIT = 256;
const cache = new Map<string, ContentType>();

/**
 * Parses a `content-type` header.
 *
 * @throws MessageConversionException when it is malformed
 */
export function parseContentType(text: string): ContentType {
  const known = cache.get(text);
  if (known) return known;
  const parsed = parse(text);
  // Clients choose these texts: what is kept of them is bounded.
  if (cache.size >= CACHE_LIMIT) cache.clear();
  if (text.length <= CACHE_LIMIT) cache.set(text, parsed);
  return parsed;
}

function parse(text: string): ContentType {
  const media = MEDIA_TYPE.exec(text);
  if (!media) throw invalid(text);
  let charset: string | undefined;
  let position = text.indexOf(';');
  while (position >= 0 && position < text.length) {
    PARAMETER.lastIndex = position;
    const parameter = PARAMETER.exec(text);
    if (!parameter) throw invalid(text);
    if (parameter[1]?.toLowerCase() === 'charset')
      charset ??= (parameter[2] ?? parameter[3]!.replace(/\\(.)/g, '$1')).toLowerCase();
    position = PARAMETER.lastIndex;
  }
  return { type: media[1]!.toLowerCase(), subtype: media[2]!.toLowerCase(), charset };
}

export function isJson({ type, subtype }: ContentType): boolean {
  return type === 'application' && (subtype === 'json' || subtype.endsWith('+json'));
}

function invalid(text: string): MessageConversionException {
  return new MessageConversionException(
    `Invalid content-type ${JSON.stringify(text.slice(0, 100))}: expected type/subtype, then parameters like ;charset=UTF-8`,
  );
}
