/**
 * Bounds of what a decoder takes. They count the octets on the wire, before anything is decoded.
 */
export interface DecoderLimits {
  /** Longest frame in octets, from the command to the NUL. @default 65536 */
  readonly maxFrameBytes: number;
  /** Most headers of a frame, repeated ones counted. @default 100 */
  readonly maxHeaders: number;
  /** Longest command or header line in octets, without its line feed. @default 16384 */
  readonly maxHeaderLineBytes: number;
}

export const DEFAULT_LIMITS: DecoderLimits = {
  maxFrameBytes: 65_536,
  maxHeaders: 100,
  maxHeaderLineBytes: 16_384,
};

/** What is given, and the others' for the rest. Limits that are complete are not copied, so that all decoders share them. */
export function limitsOf(given: Partial<DecoderLimits>, others: DecoderLimits): DecoderLimits {
  const { maxFrameBytes, maxHeaders, maxHeaderLineBytes } = given;
  const isComplete =
    maxFrameBytes !== undefined && maxHeaders !== undefined && maxHeaderLineBytes !== undefined;
  return isComplete ? (given as DecoderLimits) : { ...others, ...given };
}
