import type { ControllerAdviceOptions } from '../decorators/controller-advice.decorator.js';
import type { HandlerHost } from '../handler-host.js';

/** Whether an advice is for the handlers of a class. */
export function isAdviceFor(
  advice: ControllerAdviceOptions,
  { type, moduleType }: HandlerHost,
): boolean {
  const { assignableTypes, modules, decoratedWith } = advice;
  if (!assignableTypes && !modules && !decoratedWith) return true;
  return Boolean(
    assignableTypes?.some((one) => type === one || type.prototype instanceof one) ||
    modules?.includes(moduleType) ||
    decoratedWith?.some((one) => {
      const key = typeof one === 'string' || typeof one === 'symbol' ? one : one.KEY;
      return Reflect.hasMetadata(key, type);
    }),
  );
}

/** Advices in the order in which they are asked. */
export function orderOf(advice: ControllerAdviceOptions): number {
  return advice.order ?? Number.MAX_SAFE_INTEGER;
}
