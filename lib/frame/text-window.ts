/** Octets that become text at once: more than command and headers of most frames take. */
const SIZE = 512;

/**
 * Cuts many short texts out of a buffer: makes one string of a stretch of it, an octet a character, which is cheaper than
 * a string each.
 */
export class TextWindow {
  private text = '';
  private start = 0;
  private source: Buffer | undefined;

  /** The octets from `from` to `to` as text, which have to be ASCII. */
  ascii(source: Buffer, from: number, to: number): string {
    const { start } = this;
    if (source !== this.source || from < start || to > start + this.text.length)
      return this.move(source, from, to);
    return this.text.slice(from - start, to - start);
  }

  /** Lets go of the buffer. */
  clear(): void {
    this.text = '';
    this.source = undefined;
  }

  private move(source: Buffer, from: number, to: number): string {
    this.text = source.toString('latin1', from, Math.max(to, from + SIZE));
    this.start = from;
    this.source = source;
    return this.text.slice(0, to - from);
  }
}
