const ANY_CHARACTER = Symbol('_');

/** Characters that stand side by side between two `%`. */
type Segment = readonly (string | typeof ANY_CHARACTER)[];

/**
 * The pattern of SQL's LIKE: `%` stands for any characters, `_` for one, and either for itself behind the escape
 * character. Matching takes at most the length of the text times that of the pattern.
 */
export class LikePattern {
  private readonly segments: readonly Segment[];

  constructor(pattern: string, escape?: string) {
    this.segments = parse(pattern, escape);
  }

  matches(value: string): boolean {
    const text = [...value];
    const [first, ...rest] = this.segments as [Segment, ...Segment[]];
    const last = rest.pop();
    if (!fits(first, text, 0)) return false;
    if (last === undefined) return text.length === first.length;
    let from = first.length;
    for (const segment of rest) {
      from = find(segment, text, from);
      if (from < 0) return false;
      from += segment.length;
    }
    return text.length - last.length >= from && fits(last, text, text.length - last.length);
  }
}

function parse(pattern: string, escape: string | undefined): Segment[] {
  const segments: Segment[] = [];
  let segment: (string | typeof ANY_CHARACTER)[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === escape && i + 1 < characters.length) segment.push(characters[++i]!);
    else if (character === '_') segment.push(ANY_CHARACTER);
    else if (character !== '%') segment.push(character);
    else {
      segments.push(segment);
      segment = [];
    }
  }
  segments.push(segment);
  return segments;
}

function fits(segment: Segment, text: readonly string[], at: number): boolean {
  if (at + segment.length > text.length) return false;
  for (let i = 0; i < segment.length; i++)
    if (segment[i] !== ANY_CHARACTER && segment[i] !== text[at + i]) return false;
  return true;
}

function find(segment: Segment, text: readonly string[], from: number): number {
  for (let at = from; at + segment.length <= text.length; at++)
    if (fits(segment, text, at)) return at;
  return -1;
}
