/** Literal characters and `?`, of a fixed length. */
export class PatternChunk {
  length = 0;
  private text = '';
  private readonly wild: boolean[] = [];
  private hasWild = false;
  private ownStretches: readonly Stretch[] | undefined;

  append(text: string): void {
    this.text += text;
    this.length = this.text.length;
  }

  appendAny(): void {
    this.wild[this.length] = true;
    this.hasWild = true;
    this.append('?');
  }

  isAt(text: string, start: number): boolean {
    if (!this.hasWild) return text.startsWith(this.text, start);
    for (let i = 0; i < this.length; i++)
      if (!this.wild[i] && text.charCodeAt(start + i) !== this.text.charCodeAt(i)) return false;
    return true;
  }

  /**
   * The last place that begins at `from` or later and ends at `end` or earlier; -1 without one. Takes time proportional to
   * what lies between, once for each stretch without `?`.
   */
  lastBefore(text: string, from: number, end: number): number {
    let place = end - this.length;
    const searches = this.stretches.map((stretch) => new StretchSearch(stretch, text, from, place));
    for (let agreed = 0; agreed < searches.length && place >= from; agreed++) {
      const found = searches[agreed]!.lastUntil(place);
      if (found === place) continue;
      place = found;
      agreed = -1;
    }
    return place < from ? -1 : place;
  }

  /** Made when first used: only what lies between two stars is looked for. */
  private get stretches(): readonly Stretch[] {
    return (this.ownStretches ??= this.newStretches());
  }

  private newStretches(): Stretch[] {
    const stretches: Stretch[] = [];
    let start = 0;
    for (let i = 0; i <= this.length; i++) {
      if (i < this.length && !this.wild[i]) continue;
      if (i > start) stretches.push(new Stretch(this.text.slice(start, i), start));
      start = i + 1;
    }
    return stretches;
  }
}

/** Literal characters of a chunk, side by side. */
class Stretch {
  readonly length: number;
  /** From the last to the first: texts are searched from their end. */
  private readonly codes: Uint16Array;
  /** For each beginning of `codes`, the length of the longest shorter one that it ends with. */
  private readonly borders: Uint32Array;

  constructor(
    text: string,
    readonly offset: number,
  ) {
    const { length } = text;
    this.length = length;
    this.codes = new Uint16Array(length).map((_, i) => text.charCodeAt(length - 1 - i));
    this.borders = new Uint32Array(length);
    for (let i = 1; i < length; i++)
      this.borders[i] = this.extended(this.borders[i - 1]!, this.codes[i]!);
  }

  /** How many codes match when `next` comes to those that do. */
  extended(matched: number, next: number): number {
    const { codes, borders } = this;
    let count = matched === this.length ? borders[matched - 1]! : matched;
    while (count > 0 && codes[count] !== next) count = borders[count - 1]!;
    return codes[count] === next ? count + 1 : count;
  }
}

/** Looks for a stretch as Knuth, Morris and Pratt do: no character is read again for another place. */
class StretchSearch {
  private found = Infinity;
  private matched = 0;
  /** Where the next character is read. */
  private at: number;

  constructor(
    private readonly stretch: Stretch,
    private readonly text: string,
    private readonly from: number,
    place: number,
  ) {
    this.at = place + stretch.offset + stretch.length - 1;
  }

  /** The last place of the chunk, `place` or before, where the stretch of it is; -1 without one. */
  lastUntil(place: number): number {
    while (this.found > place) this.found = this.before();
    return this.found;
  }

  private before(): number {
    const { stretch, text, from } = this;
    const { length, offset } = stretch;
    let { at, matched } = this;
    do {
      if (at < from) return -1;
      matched = stretch.extended(matched, text.charCodeAt(at--));
    } while (matched < length);
    this.at = at;
    this.matched = matched;
    return at + 1 - offset;
  }
}
