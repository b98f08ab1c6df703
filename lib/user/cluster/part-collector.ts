import type { UserSnapshot } from './remote-user.js';
import { joined } from './user-parts.js';

/** Says which part of a list a message holds, as `list index count`; without it a message holds the whole list. */
export const PART_HEADER = 'stomp-part';

export function partHeader(list: number, index: number, count: number): string {
  return `${list} ${index} ${count}`;
}

/** A list that is complete. */
export interface WholeList {
  readonly users: readonly UserSnapshot[];
  /** Equal for equal lists. */
  readonly said: string;
}

/** Puts the parts of a node's lists together. They come in their order: a list of which one is missing is nothing. */
export class PartCollector {
  private list = NaN;
  private said: string[] = [];
  private users: (readonly UserSnapshot[])[] = [];

  /** The whole list when this was its last part. */
  take(
    users: readonly UserSnapshot[],
    said: string,
    header: string | undefined,
  ): WholeList | undefined {
    const [list, index, count] = (header ?? '0 0 1').split(' ').map(Number);
    if (index === 0) this.begin(list!);
    if (list !== this.list || index !== this.said.length) return this.begin(NaN);
    this.said.push(said);
    this.users.push(users);
    if (this.said.length !== count) return undefined;
    const whole = { users: joined(this.users), said: this.said.join('\n') };
    this.begin(NaN);
    return whole;
  }

  private begin(list: number): undefined {
    this.list = list;
    this.said = [];
    this.users = [];
  }
}
