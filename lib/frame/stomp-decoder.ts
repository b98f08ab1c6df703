import { Buffer } from 'node:buffer';
import { DEFAULT_LIMITS, limitsOf, type DecoderLimits } from './decoder-limits.js';
import { FrameHead } from './frame-head.js';
import type { FrameSink } from './frame-sink.js';
import { OctetBuffer } from './octet-buffer.js';
import type { StompVersion } from './stomp-command.js';
import type { StompFrameException } from './stomp-frame.exception.js';
import { TextWindow } from './text-window.js';

const NUL = 0;
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** What a line holds beside plain ASCII, as bits. */
const HAS_CR = 1;
const HAS_BACKSLASH = 2;
const HAS_UTF8 = 4;

enum Phase {
  BETWEEN,
  HEAD,
  BODY,
}

const EMPTY: Buffer = Buffer.alloc(0);

/**
 * Turns octets into frames, however they are cut into chunks, and looks at each octet once. All commands are known here,
 * those of clients and of servers. Holds no more than one incomplete frame.
 */
export class StompDecoder {
  /** Decides about escapes and spaces; set it when a version is agreed. @default '1.2' */
  version: StompVersion = '1.2';
  /** Whether headers of 1.0 and 1.1 may hold a bare carriage return, as some brokers write them. @default false */
  allowsBareCr = false;
  private limits: DecoderLimits;
  private isClosed = false;
  private phase = Phase.BETWEEN;
  private isCrPending = false;
  private head = new FrameHead();
  /** Octets of the current frame in lines that are complete. */
  private headBytes = 0;
  /** The beginning of a line or a body that came in earlier chunks. */
  private readonly kept = new OctetBuffer();
  private keptColon = -1;
  private keptSpecial = 0;
  private readonly window = new TextWindow();

  constructor(
    limits: Partial<DecoderLimits>,
    private readonly sink: FrameSink,
  ) {
    this.limits = limitsOf(limits, DEFAULT_LIMITS);
  }

  /** Octets of the incomplete frame that is held. */
  get heldBytes(): number {
    return this.headBytes + this.kept.length;
  }

  /** Changes the limits that are given; they hold from the next octet on. */
  setLimits(limits: Partial<DecoderLimits>): void {
    this.limits = limitsOf(limits, this.limits);
  }

  /** Takes no more octets: the rest of a chunk that is being fed is ignored, and everything fed later. */
  close(): void {
    this.isClosed = true;
    this.headBytes = 0;
    this.kept.clear();
    this.window.clear();
    this.head = new FrameHead();
  }

  /**
   * Decodes the next octets. Frames in front of a faulty one reach the sink before this throws; after it the decoder is
   * closed.
   *
   * @throws StompFrameException
   */
  feed(chunk: Buffer): void {
    if (this.isClosed) return;
    try {
      this.decode(chunk);
      this.window.clear();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private decode(chunk: Buffer): void {
    let at = 0;
    if (this.phase === Phase.BETWEEN) {
      at = this.skipLineEnds(chunk, 0);
      if (at === chunk.length && chunk[at - 1] === LF) this.sink.onHeartbeat();
    }
    while (at < chunk.length && !this.isClosed) at = this.read(chunk, at);
  }

  /** Reads up to the next turning point and returns where it is. */
  private read(chunk: Buffer, at: number): number {
    if (this.phase === Phase.HEAD) return this.readLine(chunk, at);
    if (this.phase === Phase.BETWEEN) return this.skipLineEnds(chunk, at);
    return this.head.contentLength < 0
      ? this.readBodyToNul(chunk, at)
      : this.readCountedBody(chunk, at);
  }

  /** STOMP 1.2, Augmented BNF: any number of line ends may follow a frame. A NUL without a frame is skipped as well. */
  private skipLineEnds(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const octet = chunk[at]!;
      if (this.isCrPending && octet !== LF) throw this.bareCr();
      this.isCrPending = octet === CR;
      if (octet !== LF && octet !== CR && octet !== NUL) {
        this.phase = Phase.HEAD;
        return at;
      }
    }
    return chunk.length;
  }

  private readLine(chunk: Buffer, from: number): number {
    const lineFrom = from - this.kept.length;
    let colon = this.keptColon;
    let special = this.keptSpecial;
    const end = chunk.length;
    let at = from;
    for (; at < end; at++) {
      const octet = chunk[at]!;
      if (octet > COLON) {
        if (octet === BACKSLASH) special |= HAS_BACKSLASH;
        else if (octet >= 0x80) special |= HAS_UTF8;
      } else if (octet === COLON) colon = colon < 0 ? at - lineFrom : colon;
      else if (octet === LF) break;
      else if (octet === CR) special |= HAS_CR;
    }
    this.checkLineLength(at - lineFrom);
    if (at === end) {
      this.keepLine(chunk, from, colon, special);
      return at;
    }
    this.headBytes += at - lineFrom + 1;
    if (from === lineFrom) this.endLine(chunk, from, at, colon, special);
    else this.endKeptLine(chunk, from, at, colon, special);
    return at + 1;
  }

  private keepLine(chunk: Buffer, from: number, colon: number, special: number): void {
    this.kept.append(chunk, from, chunk.length);
    this.keptColon = colon;
    this.keptSpecial = special;
  }

  private endKeptLine(
    chunk: Buffer,
    from: number,
    to: number,
    colon: number,
    special: number,
  ): void {
    this.kept.append(chunk, from, to);
    this.keptColon = -1;
    this.keptSpecial = 0;
    const line = this.kept.take();
    this.endLine(line, 0, line.length, colon, special);
  }

  /** @param colon place of the first one in the line; @param special what else is in it */
  private endLine(source: Buffer, from: number, to: number, colon: number, special: number): void {
    const { head } = this;
    const end = special & HAS_CR ? this.withoutCr(source, from, to) : to;
    if (end === from) this.endHead();
    else if (head.traits === undefined) head.readCommand(this.textOf(source, from, end, special));
    else if (colon <= 0) throw head.badHeader(this.textOf(source, from, end, special));
    else this.readHeader(source, from, from + colon, end, special);
  }

  /** STOMP 1.2 ends lines with LF or CR LF; as in Spring, CR LF is understood in every version. */
  private withoutCr(source: Buffer, from: number, to: number): number {
    const end = source[to - 1] === CR ? to - 1 : to;
    // STOMP 1.0 and 1.1 let a header hold it; as in Spring, clients may not send what the next reader takes for a line end.
    const isAllowed = this.allowsBareCr && this.version !== '1.2';
    if (!isAllowed && source.indexOf(CR, from) < end) throw this.bareCr();
    return end;
  }

  private readHeader(
    source: Buffer,
    from: number,
    colon: number,
    to: number,
    special: number,
  ): void {
    const { head } = this;
    const name = this.textOf(source, from, colon, special);
    const value = this.textOf(source, colon + 1, to, special);
    if (special & HAS_BACKSLASH) head.addEscapedHeader(name, value, this.version);
    else head.addHeader(name, value);
    const { maxHeaders } = this.limits;
    if (head.headers.length > 2 * maxHeaders)
      throw head.exception(
        'STOMP_ERR_TOO_MANY_HEADERS',
        `A frame may have at most ${maxHeaders} headers`,
      );
  }

  private textOf(source: Buffer, from: number, to: number, special: number): string {
    return special & HAS_UTF8
      ? source.toString('utf8', from, to)
      : this.window.ascii(source, from, to);
  }

  private endHead(): void {
    this.phase = Phase.BODY;
    const { head } = this;
    if (this.version === '1.0' || (!head.traits!.isEscaped && head.isConnectOf10))
      head.trimHeaders();
    const { contentLength, traits } = head;
    if (contentLength < 0) return;
    if (contentLength > 0 && !traits!.hasBody) throw this.bodyNotAllowed();
    if (this.headBytes + contentLength + 1 > this.limits.maxFrameBytes) throw this.tooLarge();
  }

  /** STOMP 1.2, Body: with content-length, that many octets are the body, NULs included, and a NUL must follow. */
  private readCountedBody(chunk: Buffer, from: number): number {
    const end = from + this.head.contentLength - this.kept.length;
    if (end >= chunk.length) {
      this.kept.append(chunk, from, chunk.length);
      return chunk.length;
    }
    if (chunk[end] !== NUL)
      throw this.head.exception(
        'STOMP_ERR_BODY_NOT_TERMINATED',
        'Frame must be terminated with a null octet',
      );
    this.endFrame(chunk, from, end);
    return end + 1;
  }

  private readBodyToNul(chunk: Buffer, from: number): number {
    if (chunk[from] !== NUL && !this.head.traits!.hasBody) throw this.bodyNotAllowed();
    const nul = chunk.indexOf(NUL, from);
    const end = nul < 0 ? chunk.length : nul;
    const octets = this.headBytes + this.kept.length + end - from;
    if ((nul < 0 ? octets : octets + 1) > this.limits.maxFrameBytes) throw this.tooLarge();
    if (nul < 0) {
      this.kept.append(chunk, from, end);
      return end;
    }
    this.endFrame(chunk, from, end);
    return end + 1;
  }

  private endFrame(chunk: Buffer, bodyFrom: number, bodyTo: number): void {
    const { kept } = this;
    const { traits, headers } = this.head;
    let body = EMPTY;
    if (kept.length > 0) {
      kept.append(chunk, bodyFrom, bodyTo);
      body = kept.take();
    } else if (bodyTo > bodyFrom) body = chunk.subarray(bodyFrom, bodyTo);
    this.phase = Phase.BETWEEN;
    this.head = new FrameHead();
    this.headBytes = 0;
    this.sink.onFrame({ command: traits!.command, headers, body });
  }

  private checkLineLength(length: number): void {
    const { maxHeaderLineBytes, maxFrameBytes } = this.limits;
    const room = maxFrameBytes - this.headBytes - 1;
    if (length <= maxHeaderLineBytes && length <= room) return;
    // The limit that is met first, however the octets were cut.
    if (room <= maxHeaderLineBytes) throw this.tooLarge();
    throw this.head.exception(
      'STOMP_ERR_HEADER_LINE_TOO_LONG',
      `A header line may have at most ${maxHeaderLineBytes} bytes`,
    );
  }

  private tooLarge(): StompFrameException {
    const { contentLength } = this.head;
    const limit = `A frame may have at most ${this.limits.maxFrameBytes} bytes`;
    const excess = contentLength < 0 ? '' : `: content-length is ${contentLength}`;
    return this.head.exception('STOMP_ERR_FRAME_TOO_LARGE', limit + excess);
  }

  private bareCr(): StompFrameException {
    return this.head.exception('STOMP_ERR_BAD_LINE_END', "'\\r' must be followed by '\\n'");
  }

  private bodyNotAllowed(): StompFrameException {
    const { traits } = this.head;
    return this.head.exception(
      'STOMP_ERR_BODY_NOT_ALLOWED',
      `A ${traits!.command} frame must not have a body`,
    );
  }
}
