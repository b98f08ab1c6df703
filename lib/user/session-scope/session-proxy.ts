import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { currentSession } from '../../channel/index.js';
import { SessionScopeException } from './session-scope.exception.js';
import { sessionScopes } from './session-scopes.js';

type AnyFunction = (...args: unknown[]) => unknown;

// Nest's key of `@Inject()` on properties, which it sets after construction.
const INJECTED_PROPERTIES = 'self:properties_metadata';
// Nest looks for these on every provider, promises and printers for the others on everything.
const PROBED = new Set([
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
  'then',
  'toJSON',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
]);

/**
 * Stands for the instances of a session-scoped class, one for each session: whatever is read, set or called goes to the
 * instance of the session on whose behalf the code runs.
 */
export function sessionProxy(type: Type<object>, dependencies: unknown[]): object {
  return new Proxy(
    Object.create(type.prototype as object) as object,
    new Forwarder(type, dependencies),
  );
}

class Forwarder implements ProxyHandler<object> {
  private readonly injected = new Map<string | symbol, unknown>();
  private readonly methods = new Map<string | symbol, AnyFunction>();

  constructor(
    private readonly type: Type<object>,
    private readonly dependencies: unknown[],
  ) {}

  get(target: object, key: string | symbol): unknown {
    if (PROBED.has(key as string)) return undefined;
    const method = this.methodNamed(key);
    if (method) return method;
    const instance = this.current();
    if (instance) return Reflect.get(instance, key, instance);
    if (typeof key === 'symbol' || key === 'constructor') return Reflect.get(target, key);
    throw this.outside(key);
  }

  set(_target: object, key: string | symbol, value: unknown): boolean {
    const instance = this.current();
    if (instance) return Reflect.set(instance, key, value, instance);
    if (!this.isInjected(key)) throw this.outside(String(key));
    this.injected.set(key, value);
    return true;
  }

  has(target: object, key: string | symbol): boolean {
    return Reflect.has(this.current() ?? target, key);
  }

  deleteProperty(_target: object, key: string | symbol): boolean {
    return Reflect.deleteProperty(this.required(key), key);
  }

  defineProperty(_target: object, key: string | symbol, property: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.required(key), key, { ...property, configurable: true });
  }

  ownKeys(target: object): (string | symbol)[] {
    return Reflect.ownKeys(this.current() ?? target);
  }

  getOwnPropertyDescriptor(target: object, key: string | symbol): PropertyDescriptor | undefined {
    const property = Reflect.getOwnPropertyDescriptor(this.current() ?? target, key);
    return property && { ...property, configurable: true };
  }

  private current(): object | undefined {
    const session = currentSession();
    return session && sessionScopes.get(session, this, () => this.make());
  }

  private required(key: string | symbol): object {
    const instance = this.current();
    if (instance) return instance;
    throw this.outside(String(key));
  }

  private make(): object {
    const instance = new this.type(...this.dependencies);
    for (const [key, value] of this.injected) Reflect.set(instance, key, value);
    return instance;
  }

  /** A method of the class, which looks for its session when it is called; it has the decorators of the original. */
  private methodNamed(key: string | symbol): AnyFunction | undefined {
    const known = this.methods.get(key);
    if (known || key === 'constructor') return known;
    const original = methodOf(this.type.prototype as object, key);
    if (!original) return undefined;
    const method = (...args: unknown[]): unknown => {
      const instance = this.required(key);
      const current = Reflect.get(instance, key, instance) as unknown as AnyFunction;
      return Reflect.apply(current, instance, args);
    };
    // Metadata of a function is looked up along its prototypes.
    Object.setPrototypeOf(method, original);
    this.methods.set(key, method);
    return method;
  }

  private isInjected(key: string | symbol): boolean {
    const properties = Reflect.getMetadata(INJECTED_PROPERTIES, this.type) as
      { key: string | symbol }[] | undefined;
    return properties?.some((one) => one.key === key) === true;
  }

  private outside(key: string): SessionScopeException {
    const { name } = this.type;
    return new SessionScopeException(
      `${name}.${key} was used outside of a message: ${name} is session-scoped, and lives in handlers, listeners of session events, and what they call`,
    );
  }
}

function methodOf(prototype: object, key: string | symbol): AnyFunction | undefined {
  let current: object | null = prototype;
  while (current && current !== Object.prototype) {
    const property = Object.getOwnPropertyDescriptor(current, key);
    if (property)
      return typeof property.value === 'function' ? (property.value as AnyFunction) : undefined;
    current = Object.getPrototypeOf(current) as object | null;
  }
  return undefined;
}
