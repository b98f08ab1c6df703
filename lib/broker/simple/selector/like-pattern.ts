import {
  compileSegment,
  type PatternSegment,
  type PatternToken,
} from '../../../destination/index.js';

/** Longest text that LIKE looks at, in characters. */
const LONGEST_TEXT = 1024;
// Characters from here on may be of two code units, or stand in for one of those.
const FIRST_SPECIAL = '\ud800';
const SPECIAL = /[\ud800-\uffff]/;
const FIRST_STAND_IN = 0xe000;
const OF_NO_PATTERN = '\uffff';

/**
 * The pattern of SQL's LIKE: `%` stands for any characters, `_` for one, and either for itself behind the escape
 * character. Matching takes time proportional to the text, once for each part between two of them.
 */
export class LikePattern {
  /** One code unit for each special character of the pattern. */
  private readonly standIns = new Map<string, string>();
  private readonly segment: PatternSegment;

  constructor(pattern: string, escape?: string) {
    this.segment = compileSegment(this.parse(pattern, escape), pattern);
  }

  /** Null, which is unknown, for a text longer than LIKE looks at. */
  matches(text: string): boolean | null {
    return text.length > LONGEST_TEXT ? null : this.segment.matches(this.inUnits(text));
  }

  private parse(pattern: string, escape: string | undefined): PatternToken[] {
    const tokens: PatternToken[] = [];
    const characters = [...pattern];
    for (let i = 0; i < characters.length; i++) {
      const character = characters[i]!;
      if (character === escape && i + 1 < characters.length)
        tokens.push(this.literal(characters[++i]!));
      else if (character === '_') tokens.push({ kind: 'one' });
      else tokens.push(character === '%' ? { kind: 'any' } : this.literal(character));
    }
    return tokens;
  }

  private literal(character: string): PatternToken {
    if (character >= FIRST_SPECIAL && !this.standIns.has(character))
      this.standIns.set(character, String.fromCharCode(FIRST_STAND_IN + this.standIns.size));
    return { kind: 'literal', text: this.standIns.get(character) ?? character };
  }

  /** A text in which every character is one code unit, as in the pattern. */
  private inUnits(text: string): string {
    if (!SPECIAL.test(text)) return text;
    let units = '';
    for (const character of text)
      units +=
        character < FIRST_SPECIAL ? character : (this.standIns.get(character) ?? OF_NO_PATTERN);
    return units;
  }
}
