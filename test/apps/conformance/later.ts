import { setTimeout } from 'node:timers/promises';

/** The value, about 40 ms later. */
export const later = <T>(value: T): Promise<T> => setTimeout(40, value);
