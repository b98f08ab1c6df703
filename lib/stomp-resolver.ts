import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { StompException } from './exception/index.js';
import type { Resolvable } from './stomp-options.js';

/** Gives an instance of what an option names by its class. */
export type Resolve = <T>(one: Resolvable<T>) => Promise<T>;

/** Gives the instance of a class: the application's provider, or one made for the purpose. */
export function resolver(moduleRef: ModuleRef): Resolve {
  return async <T>(one: Resolvable<T>): Promise<T> => {
    if (typeof one !== 'function') return one;
    const type = one as Type<T>;
    try {
      return moduleRef.get(type, { strict: false });
    } catch {
      return make(moduleRef, type);
    }
  };
}

async function make<T>(moduleRef: ModuleRef, type: Type<T>): Promise<T> {
  try {
    return await moduleRef.create(type);
  } catch (cause) {
    throw new StompException(
      `${type.name}, which the options of StompModule name, could not be made: list it in the providers of a module of yours, and not as request-scoped. Nest says: ${(cause as Error).message}`,
      { code: 'STOMP_ERR_OPTION', cause },
    );
  }
}
