import type { Type } from '@nestjs/common';
import { STOMP_INSTANCE } from './decorators/handler-metadata.js';

/** Name of the instance that `StompModule.forRoot` was given no name for. */
export const DEFAULT_INSTANCE = 'default';

/** What an instance says of the classes that belong to it. */
export interface InstanceClaim {
  /** @default 'default' */
  readonly name?: string;
  /** Modules of which it takes the classes that are not marked, and no other instance does. */
  readonly include?: readonly Type<unknown>[];
}

/** A class that `@StompInstance` gives to an instance which the application does not have. */
export interface Stray {
  readonly type: Type<unknown>;
  readonly instanceName: string;
}

/** Which classes belong to one instance of an application: their handlers and listeners are its own. */
export class Membership {
  private readonly names: ReadonlySet<string>;
  private readonly claimed: ReadonlySet<Type<unknown>>;

  /** @param all the instances of the application, with this one */
  constructor(
    private readonly own: InstanceClaim,
    private readonly all: readonly InstanceClaim[] = [own],
  ) {
    this.names = new Set(all.map(nameOf));
    this.claimed = new Set(all.flatMap(({ include = [] }) => include));
  }

  /**
   * A class belongs to the instances that `@StompInstance` marks it for; one without a mark to those that include its module;
   * and all that is left to the instance without a name.
   */
  has(type: Type<unknown>, moduleType: Type<unknown>): boolean {
    const marks = marksOf(type);
    if (marks) return marks.includes(nameOf(this.own));
    const { include } = this.own;
    if (include) return include.includes(moduleType);
    return nameOf(this.own) === DEFAULT_INSTANCE && !this.claimed.has(moduleType);
  }

  /** Those of these classes that belong to nobody; the first instance of an application speaks for all. */
  strays(types: Iterable<Type<unknown>>): Stray[] {
    if (nameOf(this.all[0]!) !== nameOf(this.own)) return [];
    return Array.from(new Set(types)).flatMap((type) =>
      (marksOf(type) ?? [])
        .filter((name) => !this.names.has(name))
        .map((instanceName) => ({ type, instanceName })),
    );
  }

  /** Modules of `include` that are none of these. */
  missingModules(imported: Iterable<Type<unknown>>): Type<unknown>[] {
    const known = new Set(imported);
    return (this.own.include ?? []).filter((one) => !known.has(one));
  }
}

function nameOf({ name = DEFAULT_INSTANCE }: InstanceClaim): string {
  return name;
}

function marksOf(type: Type<unknown>): string[] | undefined {
  return Reflect.getMetadata(STOMP_INSTANCE, type) as string[] | undefined;
}
