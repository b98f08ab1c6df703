import type { Type } from '@nestjs/common';
import { ContextIdFactory, type ContextId } from '@nestjs/core';
import type { Message } from '../message/index.js';
import type { InstanceWrapper, NestInternals } from './nest-internals.js';

/** An object to call a handler on, and the context it lives in. */
export interface HostInstance {
  readonly instance: object;
  readonly contextId?: ContextId;
  readonly inquirerId?: string;
}

/** A provider or controller with handlers: gives the object to call, one for the app or one for each message. */
export class HandlerHost {
  /** Set from `start` on when one object serves all messages. */
  shared: HostInstance | undefined;

  constructor(
    readonly type: Type<unknown>,
    readonly moduleKey: string,
    readonly moduleType: Type<unknown>,
    readonly prototype: object,
    private readonly wrapper: InstanceWrapper,
    private readonly isController: boolean,
    private readonly internals: NestInternals,
  ) {}

  async start(): Promise<void> {
    const { wrapper } = this;
    if (!wrapper.isDependencyTreeStatic()) return;
    const inquirerId = this.isController ? undefined : wrapper.id;
    if (!wrapper.isTransient) {
      this.shared = { instance: wrapper.instance as object, inquirerId };
      return;
    }
    const contextId = ContextIdFactory.create();
    const instance = await this.internals.resolve(wrapper, contextId);
    this.shared = { instance, contextId, inquirerId: wrapper.id };
  }

  /** A new object for a message, which is its REQUEST; for durable classes that of their tree. */
  async resolve(message: Message): Promise<HostInstance> {
    const contextId = ContextIdFactory.getByRequest(message);
    const request = this.wrapper.isDependencyTreeDurable() ? contextId.payload : message;
    this.internals.registerRequest(request, contextId);
    const instance = await this.internals.resolve(this.wrapper, contextId);
    return { instance, contextId, inquirerId: this.wrapper.id };
  }
}
