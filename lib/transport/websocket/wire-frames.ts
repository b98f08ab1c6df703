import { Buffer } from 'node:buffer';
import type { FrameBatch, OutboundFrame, SharedTail, Splice } from '../frame-batch.js';

// RFC 6455, 5.2: FIN and the opcode. A server does not mask.
const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const PONG = 0x8a;

/** Octets that a frame's WebSocket header takes. */
function headerLength(payloadLength: number): number {
  if (payloadLength < 126) return 2;
  return payloadLength < 65_536 ? 4 : 10;
}

/** Octets of a batch with its WebSocket headers. */
export function wireLength(batch: FrameBatch): number {
  if (batch.wire !== undefined) return batch.wire.length;
  if (batch.splice) return spliceLength(batch.splice);
  let length = batch.byteLength;
  for (const frame of batch.frames) length += headerLength(frame.octets.length);
  return length;
}

/** Octets of spliced frames with their WebSocket headers. */
export function spliceLength({ prefix, tails }: Splice): number {
  let length = 0;
  for (const { part } of tails) {
    const frameLength = prefix.length + part.length;
    length += headerLength(frameLength) + frameLength;
  }
  return length;
}

/** The batch as WebSocket messages, one for each frame; made once for all connections that it goes to. */
export function wireOf(batch: FrameBatch): Buffer {
  if (batch.wire !== undefined) return batch.wire;
  const wire = Buffer.allocUnsafe(wireLength(batch));
  putBatch(wire, 0, batch);
  batch.wire = wire;
  return wire;
}

// Of frames up to 4 KiB, text and binary; filled as they occur.
const HEADERS = new Array<string | undefined>(2 * 4096);

/** A WebSocket header as a string, an octet a character. */
function headerText(opcode: number, length: number): string {
  const key = length * 2 + (opcode === TEXT ? 0 : 1);
  const known = HEADERS[key];
  if (known !== undefined) return known;
  const octets = Buffer.allocUnsafe(headerLength(length));
  putHeader(octets, 0, opcode, length);
  const text = octets.toString('latin1');
  if (length < 4096) HEADERS[key] = text;
  return text;
}

/** Spliced frames with their WebSocket headers as one string, an octet a character; for a single connection. */
export function wireText({ prefix, tails }: Splice): string {
  const begin = prefix.latin1;
  let text = '';
  for (const { part, binary } of tails) {
    const header = headerText(binary ? BINARY : TEXT, begin.length + part.length);
    text += header + begin + part.latin1;
  }
  return text;
}

/** The WebSocket header and the beginning of a spliced frame. */
export function wirePrefix({ prefix }: Splice, { part, binary }: SharedTail): Buffer {
  const length = prefix.length + part.length;
  const octets = Buffer.allocUnsafe(headerLength(length) + prefix.length);
  const offset = putHeader(octets, 0, binary ? BINARY : TEXT, length);
  octets.set(prefix.octets, offset);
  return octets;
}

/** Several batches in one piece. */
export function joinWire(batches: readonly FrameBatch[]): Buffer {
  if (batches.length === 1) return wireOf(batches[0]!);
  let length = 0;
  for (const batch of batches) length += wireLength(batch);
  const joined = Buffer.allocUnsafe(length);
  let offset = 0;
  for (const batch of batches) offset = putBatch(joined, offset, batch);
  return joined;
}

/** @param payload at most 125 octets (RFC 6455, 5.5) */
export function controlFrame(kind: 'ping' | 'pong', payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(2 + payload.length);
  frame[0] = kind === 'ping' ? PING : PONG;
  frame[1] = payload.length;
  frame.set(payload, 2);
  return frame;
}

function putBatch(target: Buffer, offset: number, batch: FrameBatch): number {
  if (batch.wire !== undefined) {
    target.set(batch.wire, offset);
    return offset + batch.wire.length;
  }
  if (batch.splice) return putSplice(target, offset, batch.splice);
  for (const frame of batch.frames) offset = putFrame(target, offset, frame);
  return offset;
}

/**
 * Writes spliced frames with their WebSocket headers; returns the place behind them.
 *
 * @param places gets where each frame begins behind its WebSocket header
 */
export function putSplice(
  target: Buffer,
  start: number,
  { prefix, tails }: Splice,
  places?: number[],
): number {
  let offset = start;
  for (const { part, binary } of tails) {
    const length = prefix.length + part.length;
    offset = putHeader(target, offset, binary ? BINARY : TEXT, length);
    places?.push(offset);
    prefix.copyTo(target, offset);
    part.copyTo(target, offset + prefix.length);
    offset += length;
  }
  return offset;
}

function putFrame(target: Buffer, start: number, { octets, binary }: OutboundFrame): number {
  const offset = putHeader(target, start, binary ? BINARY : TEXT, octets.length);
  target.set(octets, offset);
  return offset + octets.length;
}

function putHeader(target: Buffer, offset: number, opcode: number, length: number): number {
  target[offset] = opcode;
  if (length < 126) {
    target[offset + 1] = length;
    return offset + 2;
  }
  if (length < 65_536) {
    target[offset + 1] = 126;
    target[offset + 2] = length >> 8;
    target[offset + 3] = length & 255;
    return offset + 4;
  }
  target[offset + 1] = 127;
  target.writeUInt32BE(Math.floor(length / 4_294_967_296), offset + 2);
  target.writeUInt32BE(length >>> 0, offset + 6);
  return offset + 10;
}
