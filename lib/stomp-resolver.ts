import { Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { refuseOption, StompException } from './exception/index.js';
import type { Contract } from './stomp-option-contracts.js';
import type { Resolvable } from './stomp-options.js';

/** What Nest throws where it does not find or cannot make something. */
const BY_NEST = /^(?:Unknown|Undefined|Invalid|Circular)\w+Exception$/;

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
      if (isOfRequests(moduleRef, type)) throw requestScoped(type);
      return make(moduleRef, type);
    }
  };
}

/** The instance of an option. @throws StompException for one that has not the methods it is there for */
export async function resolveOne<T>(
  one: Resolvable<T>,
  { option, methods, some }: Contract<T>,
  resolve: Resolve,
): Promise<T> {
  const instance = await resolve(one);
  const has = (name: keyof T): boolean => typeof instance[name] === 'function';
  if (some ? methods.some(has) : methods.every(has)) return instance;
  const wanted = `something with ${some ? 'one of the methods' : 'the methods'} ${methods.join(', ')}`;
  return refuseOption(option, one, wanted);
}

/** The same for a list, in its order. */
export function resolveAll<T>(
  list: readonly Resolvable<T>[] = [],
  contract: Contract<T>,
  resolve: Resolve,
): Promise<T[]> {
  return Promise.all(list.map((one) => resolveOne(one, contract, resolve)));
}

function isOfRequests(moduleRef: ModuleRef, type: Type<unknown>): boolean {
  try {
    return moduleRef.introspect(type).scope === Scope.REQUEST;
  } catch {
    // No provider at all.
    return false;
  }
}

function requestScoped(type: Type<unknown>): StompException {
  return new StompException(
    `${type.name}, which the options of StompModule name, is request-scoped, by itself or by what it injects, and would be made only once: give it the default scope`,
    { code: 'STOMP_ERR_OPTION' },
  );
}

async function make<T>(moduleRef: ModuleRef, type: Type<T>): Promise<T> {
  try {
    return await moduleRef.create(type);
  } catch (cause) {
    const isNests = cause instanceof Error && BY_NEST.test(cause.constructor.name);
    const why = isNests
      ? `list it in the providers of a module of yours, and not as request-scoped. Nest says: ${cause.message}`
      : `its constructor threw ${String(cause)}`;
    throw new StompException(
      `${type.name}, which the options of StompModule name, could not be made: ${why}`,
      { code: 'STOMP_ERR_OPTION', cause },
    );
  }
}
