import { Buffer } from 'node:buffer';

/** The octets of one STOMP frame, ready to leave as one WebSocket message. */
export interface OutboundFrame {
  readonly octets: Buffer;
  /** Whether it has to be a binary WebSocket message, because its body is not UTF-8 text. */
  readonly binary: boolean;
}

/**
 * A part of frames, as octets and as text of one character an octet, which is joined faster when it is short. What it was
 * not made of is made when first asked for, once.
 */
export class FramePart {
  private constructor(
    private bytes: Buffer | undefined,
    private text: string | undefined,
    readonly length: number,
  ) {}

  static ofOctets(octets: Buffer): FramePart {
    return new FramePart(octets, undefined, octets.length);
  }

  /** @param text one character for each octet */
  static ofText(text: string): FramePart {
    return new FramePart(undefined, text, text.length);
  }

  get octets(): Buffer {
    return (this.bytes ??= Buffer.from(this.text!, 'latin1'));
  }

  get latin1(): string {
    return (this.text ??= this.bytes!.toString('latin1'));
  }

  /** Copies the octets to a place where there is room for them. */
  copyTo(target: Buffer, offset: number): void {
    if (this.bytes !== undefined) target.set(this.bytes, offset);
    else target.write(this.text!, offset, 'latin1');
  }
}

/** The end of a frame that many receivers get. */
export interface SharedTail {
  readonly part: FramePart;
  readonly binary: boolean;
}

/** Ends of frames that leave together; one list for all receivers. */
export interface SharedTails {
  readonly tails: readonly SharedTail[];
  /** Octets of all of them. */
  readonly byteLength: number;
}

/** Frames that begin alike and go on with what other receivers get as well. */
export interface Splice {
  readonly prefix: FramePart;
  readonly tails: readonly SharedTail[];
  /** What other connections get too. Unless it is everything, nothing made of the whole batch is worth keeping. */
  readonly shares: 'nothing' | 'tails' | 'everything';
}

const NO_FRAMES: readonly OutboundFrame[] = [];

/**
 * Frames that leave together, for one connection or the same ones for many. A transport keeps here what it made of them,
 * so that many connections share it.
 */
export class FrameBatch {
  /** WebSocket framing of all frames, made by the WebSocket transport when first needed. */
  wire: Buffer | undefined = undefined;
  /** The text frames as JSON strings, made by a SockJS transport when first needed. */
  texts: readonly string[] | undefined = undefined;
  /** The frames in one SockJS frame, made by the SockJS WebSocket transport when first needed. */
  sockJs: FrameBatch | undefined = undefined;
  /** Octets of the STOMP frames. */
  readonly byteLength: number;
  readonly frameCount: number;
  private whole: readonly OutboundFrame[] | undefined;

  /** @param droppable whether a slow client's `drop-oldest` policy may leave these frames out */
  constructor(
    frames: readonly OutboundFrame[],
    readonly droppable: boolean,
    readonly splice?: Splice,
    tailBytes = 0,
  ) {
    this.whole = splice ? undefined : frames;
    this.frameCount = splice ? splice.tails.length : frames.length;
    this.byteLength = splice
      ? this.frameCount * splice.prefix.length + tailBytes
      : frames.reduce((sum, frame) => sum + frame.octets.length, 0);
  }

  /** One frame of two parts, for one connection. */
  static forOne(prefix: FramePart, tail: SharedTail, droppable: boolean): FrameBatch {
    const splice: Splice = { prefix, tails: [tail], shares: 'nothing' };
    return new FrameBatch(NO_FRAMES, droppable, splice, tail.part.length);
  }

  /** Frames of one beginning and shared ends, which are put together when somebody asks for them. */
  static spliced(
    prefix: FramePart,
    { tails, byteLength }: SharedTails,
    droppable: boolean,
    shares: 'tails' | 'everything',
  ): FrameBatch {
    return new FrameBatch(NO_FRAMES, droppable, { prefix, tails, shares }, byteLength);
  }

  get frames(): readonly OutboundFrame[] {
    return (this.whole ??= wholeFrames(this.splice!));
  }
}

function wholeFrames({ prefix, tails }: Splice): OutboundFrame[] {
  return tails.map(({ part, binary }) => ({
    octets: Buffer.concat([prefix.octets, part.octets]),
    binary,
  }));
}
