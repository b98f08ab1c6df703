import { StompException } from '../../../exception/index.js';

/**
 * A selector that cannot be used; says where and why.
 *
 * @publicApi
 */
export class SelectorException extends StompException {
  /** @param position of the first character that is wrong, counted from 0 */
  constructor(
    selector: string,
    readonly position: number,
    problem: string,
  ) {
    super(
      `The selector ${excerpt(selector, position)} is wrong at position ${position}: ${problem}`,
      {
        code: 'STOMP_ERR_SELECTOR',
      },
    );
  }
}

/** At most 80 characters around the position, as a JSON text. */
function excerpt(selector: string, position: number): string {
  const from = Math.max(0, Math.min(position - 40, selector.length - 80));
  const part = JSON.stringify(selector.slice(from, from + 80));
  return `${from > 0 ? '…' : ''}${part}${from + 80 < selector.length ? '…' : ''}`;
}
