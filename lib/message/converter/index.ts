export { ByteArrayMessageConverter } from './byte-array-message-converter.js';
export { CompositeMessageConverter } from './composite-message-converter.js';
export { isJson, parseContentType, type ContentType } from './content-type.js';
export { JsonMessageConverter } from './json-message-converter.js';
export { MessageConversionException } from './message-conversion.exception.js';
export type { ConvertedPayload, MessageConverter } from './message-converter.js';
export { StringMessageConverter } from './string-message-converter.js';
