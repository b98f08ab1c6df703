import type { ModulesContainer } from '@nestjs/core';

/** How the framework holds a provider or controller. */
export type InstanceWrapper = NonNullable<
  ReturnType<NonNullable<ReturnType<ModulesContainer['get']>>['providers']['get']>
>;

/** Whether the object was not made of a class by the framework, but given as a value or by a factory. */
export function isGiven({ isNotMetatype, inject }: InstanceWrapper): boolean {
  return Boolean(isNotMetatype || inject);
}

/** Where the methods of a provider or controller are; undefined for aliases, and for what is no object of a class. */
export function wrappedPrototype(wrapper: InstanceWrapper): object | undefined {
  if (wrapper.isAlias) return undefined;
  const prototype = isGiven(wrapper)
    ? prototypeOf(wrapper.instance)
    : (wrapper.metatype?.prototype as object | undefined);
  return prototype === Object.prototype ? undefined : (prototype ?? undefined);
}

function prototypeOf(instance: unknown): object | null {
  if (typeof instance !== 'object' || instance === null) return null;
  return Object.getPrototypeOf(instance) as object | null;
}
