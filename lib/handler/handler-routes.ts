import type { DestinationRouter } from '../destination/index.js';
import type { BoundHandler } from './bound-handler.js';
import type { AmbiguousMappingException } from './failure/handler.exception.js';
import type { HandlerMethod } from './handler-method.js';
import type { MappingRegistry, MappingType } from './mapping/mapping-registry.js';

/** The way of one destination. */
export interface Route {
  readonly bound: BoundHandler;
  /** The destination without the application prefix. */
  readonly lookup: string;
  /** The pattern that matched, as declared. */
  readonly pattern: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Set when other handlers have the same claim. */
  readonly ambiguity: AmbiguousMappingException | undefined;
}

const CACHED_DESTINATIONS = 8192;
const CACHED_LENGTH = 256;

/** Finds the handler for a destination; remembers what it found. */
export class HandlerRoutes {
  private readonly message = new Map<string, Route | null>();
  private readonly subscribe = new Map<string, Route | null>();

  constructor(
    private readonly router: DestinationRouter,
    private readonly mappings: Readonly<Record<MappingType, MappingRegistry>>,
    private readonly boundTo: (handler: HandlerMethod) => BoundHandler,
  ) {}

  /** Undefined for a destination that is none of the application's, null for one that nobody handles. */
  find(type: MappingType, destination: string): Route | null | undefined {
    const known = this[type].get(destination);
    if (known !== undefined) return known;
    if (!this.router.isApplication(destination)) return undefined;
    const route = this.search(type, destination);
    this.remember(this[type], destination, route);
    return route;
  }

  private search(type: MappingType, destination: string): Route | null {
    const lookup = this.router.withoutApplicationPrefix(destination)!;
    const match = this.mappings[type].find(lookup);
    if (!match) return null;
    const { mapping, variables, ambiguity } = match;
    const bound = this.boundTo(mapping.handler);
    return { bound, lookup, pattern: mapping.pattern.text, variables, ambiguity };
  }

  /** Clients choose destinations: how many are kept, and how long ones, is bounded. */
  private remember(
    cache: Map<string, Route | null>,
    destination: string,
    route: Route | null,
  ): void {
    if (destination.length > CACHED_LENGTH) return;
    if (cache.size >= CACHED_DESTINATIONS) cache.clear();
    cache.set(destination, route);
  }
}
