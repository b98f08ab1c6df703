import { Injectable, type PipeTransform } from '@nestjs/common';
import { MessageConversionException } from 'nestjs-stomp';

type Reader<T> = (value: unknown) => T;

const wrong = (expected: string, value: unknown): never => {
  throw new MessageConversionException(`expected ${expected}, got ${JSON.stringify(value)}`);
};

/** Reads a JSON payload as the contract says; what does not fit is a conversion error. */
@Injectable()
export class ReadPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly read: Reader<T>) {}

  transform(value: unknown): T {
    return this.read(value);
  }
}

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

export function int(value: unknown): number {
  const number =
    typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return wrong('an int', value);
  const whole = Math.trunc(number);
  return whole >= INT_MIN && whole <= INT_MAX ? whole : wrong('an int', value);
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : wrong('a text', value);
}

export function bool(value: unknown): boolean {
  return typeof value === 'boolean' ? value : wrong('a boolean', value);
}

export function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : wrong('an object', value);
}

export function list<T>(item: Reader<T>): Reader<T[]> {
  return (value) =>
    Array.isArray(value) ? value.map((one: unknown) => item(one)) : wrong('a list', value);
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null || value === undefined ? null : read(value));
}
