import type { Type } from '@nestjs/common';
import {
  ContextIdFactory,
  MetadataScanner,
  type ModuleRef,
  type ModulesContainer,
} from '@nestjs/core';
import { isThenable } from '../exception/index.js';
import { messageContext } from './message-context.js';
import { ON_STOMP_EVENT } from './on-stomp-event.decorator.js';
import type { StompEvent, StompEventType } from './session-events.js';
import type { StompEvents } from './stomp-events.js';
import { isGiven, wrappedPrototype, type InstanceWrapper } from './wrapped-prototype.js';

/** What an explorer looks through, and what it binds to. */
export interface StompEventListenerExplorerOptions {
  readonly modulesContainer: ModulesContainer;
  readonly moduleRef: ModuleRef;
  readonly events: StompEvents;
  /** Whether the listeners of a class belong to this STOMP instance. @default all do */
  readonly belongs?: (type: Type<unknown>, moduleType: Type<unknown>) => boolean;
  /** Whether listeners run inside `messageContext`, which session-scoped providers need. @default false */
  readonly trackMessageContext?: boolean;
}

type Listener = (event: StompEvent) => unknown;
/** Gives the object whose method is to be called. */
type HostOf = (event: StompEvent) => object | Promise<object>;

/** Finds the methods with `@OnStompEvent` of an application, inherited ones too, and binds them to the events. */
export class StompEventListenerExplorer {
  private readonly scanner = new MetadataScanner();

  constructor(private readonly options: StompEventListenerExplorerOptions) {}

  /** Binds all listeners; their providers must have been made. Returns how to leave. */
  bind(): () => void {
    const leave: (() => void)[] = [];
    for (const module of this.options.modulesContainer.values())
      for (const wrapper of [...module.providers.values(), ...module.controllers.values()])
        leave.push(...this.bindAll(wrapper, module.metatype));
    return () => leave.forEach((one) => one());
  }

  private bindAll(wrapper: InstanceWrapper, moduleType: Type<unknown>): (() => void)[] {
    const prototype = wrappedPrototype(wrapper);
    if (!prototype) return [];
    const { belongs = () => true, trackMessageContext = false } = this.options;
    const isClass = !isGiven(wrapper) && wrapper.metatype;
    const type = (isClass || prototype.constructor) as Type<unknown>;
    const bound: (() => void)[] = [];
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const types = eventTypesOf(prototype, name);
      if (types.length === 0 || !belongs(type, moduleType)) continue;
      const called = listenerOn(name, this.hostOf(wrapper));
      const listener = trackMessageContext ? inContext(called) : called;
      for (const one of new Set(types)) bound.push(this.options.events.on(one, listener));
    }
    return bound;
  }

  private hostOf(wrapper: InstanceWrapper): HostOf {
    const { moduleRef } = this.options;
    const token = wrapper.token as Type<object>;
    if (!wrapper.isDependencyTreeStatic())
      return (event) => {
        const contextId = ContextIdFactory.create();
        moduleRef.registerRequestByContextId(event, contextId);
        return moduleRef.resolve(token, contextId, { strict: false });
      };
    if (!wrapper.isTransient) return () => wrapper.instance as object;
    let instance: Promise<object> | undefined;
    return () => (instance ??= moduleRef.resolve(token, undefined, { strict: false }));
  }
}

/** Types of the nearest method of this name that has the decorator, from the class up. */
function eventTypesOf(prototype: object, name: string): StompEventType[] {
  let current: object | null = prototype;
  while (current && current !== Object.prototype) {
    const method: unknown = Object.getOwnPropertyDescriptor(current, name)?.value;
    const types =
      typeof method === 'function'
        ? (Reflect.getOwnMetadata(ON_STOMP_EVENT, method) as StompEventType[] | undefined)
        : undefined;
    if (types) return types;
    current = Object.getPrototypeOf(current) as object | null;
  }
  return [];
}

function listenerOn(name: string, hostOf: HostOf): Listener {
  const call = (host: object, event: StompEvent): unknown =>
    (host as Record<string, Listener>)[name]!(event);
  return (event) => {
    const host = hostOf(event);
    return isThenable(host) ? host.then((one) => call(one, event)) : call(host, event);
  };
}

function inContext(listener: Listener): Listener {
  return (event) => {
    const message = 'message' in event ? event.message : undefined;
    const session = 'session' in event ? event.session : undefined;
    return messageContext.run({ message, session }, () => listener(event));
  };
}
