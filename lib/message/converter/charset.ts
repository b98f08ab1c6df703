import { Buffer } from 'node:buffer';
import { TextPayload } from '../text-payload.js';
import { MessageConversionException } from './message-conversion.exception.js';
import type { ConvertedPayload } from './message-converter.js';

const UTF8 = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const LATIN1 = new Set(['iso-8859-1', 'iso8859-1', 'latin1', 'l1']);

/** Octets as text; invalid ones become U+FFFD. @throws MessageConversionException for an unknown charset */
export function decodeText(octets: Buffer, charset: string | undefined): string {
  if (charset === undefined || UTF8.has(charset)) return octets.toString('utf8');
  if (LATIN1.has(charset)) return octets.toString('latin1');
  try {
    return new TextDecoder(charset === 'utf-16' ? utf16Order(octets) : charset).decode(octets);
  } catch (error) {
    throw new MessageConversionException(`Charset '${charset}' is not supported`, error);
  }
}

/** Text as a payload. @throws MessageConversionException for a charset that Node cannot write */
export function convertedText(
  text: string,
  charset: string | undefined,
  contentType: string,
): ConvertedPayload {
  if (charset === undefined || UTF8.has(charset)) return new TextPayload(text, contentType);
  return { payload: encodeText(text, charset), contentType };
}

function encodeText(text: string, charset: string): Buffer {
  if (LATIN1.has(charset)) return Buffer.from(text, 'latin1');
  if (charset === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (charset === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  if (charset === 'utf-16') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  throw new MessageConversionException(`Charset '${charset}' cannot be written: use UTF-8`);
}

// RFC 2781, 4.3: without a byte order mark UTF-16 is big-endian.
function utf16Order(octets: Buffer): string {
  return octets[0] === 0xff && octets[1] === 0xfe ? 'utf-16le' : 'utf-16be';
}
