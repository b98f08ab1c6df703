import type { Message } from '../../../message/index.js';
import type { SelectorValue } from './expression.js';
import { evaluate, type SelectorHeaders } from './selector-evaluator.js';
import { SelectorException } from './selector.exception.js';
import { SelectorParser } from './selector-parser.js';

/** How large a selector may be. */
export interface SelectorLimits {
  /** Characters. */
  readonly maxLength: number;
  /** Nested parentheses, NOTs and signs. */
  readonly maxDepth: number;
}

/** A condition on the headers of messages, parsed once. */
export class Selector {
  private constructor(private readonly isTrueFor: (headers: SelectorHeaders) => boolean) {}

  /** @throws SelectorException with the position of what is wrong */
  static parse(selector: string, { maxLength, maxDepth }: SelectorLimits): Selector {
    if (selector.length > maxLength)
      throw new SelectorException(
        selector,
        maxLength,
        `it has ${selector.length} characters, ${maxLength} are allowed`,
      );
    const expression = new SelectorParser(selector, maxDepth).parse();
    return new Selector((headers) => {
      const value = evaluate(expression, headers);
      return value === true || value === 'true';
    });
  }

  /** Whether the condition is true; unknown is not. */
  matches(message: Message): boolean {
    return this.isTrueFor(new MessageSelectorHeaders(message));
  }
}

/** Spring: a native header comes before one of the message; `destination` always is the destination. */
class MessageSelectorHeaders implements SelectorHeaders {
  constructor(private readonly message: Message) {}

  header(name: string): SelectorValue {
    const { headers } = this.message;
    if (name === 'destination') return headers.destination ?? null;
    const native = headers.fields.native.get(name);
    if (native !== undefined) return native;
    // Differs from Spring: the id of the sender's session is nothing that receivers may probe for.
    return name === 'simpSessionId' ? null : toValue(headers.get(name));
  }

  native(name: string, index: number): SelectorValue {
    return this.message.headers.fields.native.getAll(name)[index] ?? null;
  }
}

function toValue(value: unknown): SelectorValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return null;
  }
}
