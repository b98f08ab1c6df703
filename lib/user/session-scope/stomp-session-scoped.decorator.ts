import type { Type } from '@nestjs/common';
import { sessionProxy } from './session-proxy.js';

let isUsed = false;

/** Whether any class of the process is session-scoped, so that handlers have to run inside `messageContext`. */
export function hasSessionScopedClasses(): boolean {
  return isUsed;
}

/**
 * Makes a provider one instance a session, made when first used, with the same dependencies (Spring: `@WebSocketScope`). It
 * is injected anywhere, also into singletons: what is injected finds the instance of the session whose message or event
 * is being handled, also behind promises and timers. Elsewhere it throws `SessionScopeException`. When the session has
 * ended, `onSessionEnd` is called. For default-scoped classes; Nest's lifecycle hooks are not called on them.
 *
 * @example
 * \@Injectable()
 * \@StompSessionScoped()
 * export class Cart implements OnSessionEnd {}
 *
 * @publicApi
 */
export function StompSessionScoped(): <T extends Type<any>>(type: T) => T {
  return <T extends Type<any>>(type: T): T => {
    isUsed = true;
    const scoped: T = new Proxy(type, {
      // Nest makes what it injects with `new`; a subclass makes itself, as ever.
      construct: (_, dependencies: unknown[], newTarget) =>
        newTarget === scoped
          ? sessionProxy(type, dependencies)
          : (Reflect.construct(type, dependencies, newTarget) as object),
      // Metadata of a class is looked up along its prototypes.
      getPrototypeOf: () => type,
    });
    return scoped;
  };
}
