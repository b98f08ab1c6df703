import { Logger } from '@nestjs/common';
import {
  type AntPathMatcher,
  compareSpecificity,
  type DestinationPattern,
} from '../../destination/index.js';
import { AmbiguousMappingException } from '../failure/handler.exception.js';
import type { HandlerMethod } from '../handler-method.js';

/** Which frames a mapping takes: SEND or SUBSCRIBE. */
export type MappingType = 'message' | 'subscribe';

/** A pattern of a handler. */
export interface Mapping {
  readonly type: MappingType;
  readonly pattern: DestinationPattern;
  readonly handler: HandlerMethod;
}

/** The mapping for a destination, with the values of its variables. */
export interface Match {
  readonly mapping: Mapping;
  readonly variables: Readonly<Record<string, string>>;
  /** Set when others fit as well as this one. */
  readonly ambiguity: AmbiguousMappingException | undefined;
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** All mappings of one type, by destination. */
export class MappingRegistry {
  readonly mappings: Mapping[] = [];
  private readonly logger = new Logger('StompHandler');
  private readonly literal = new Map<string, Match>();
  private readonly patterns: Mapping[] = [];
  private readonly shapes = new Map<string, Mapping>();

  constructor(private readonly matcher: AntPathMatcher) {}

  /** @throws AmbiguousMappingException when another handler has the pattern, whatever its variables are called */
  register(type: MappingType, text: string, handler: HandlerMethod): void {
    const pattern = this.matcher.compile(text);
    const mapping: Mapping = { type, pattern, handler };
    const shape = shapeOf(pattern);
    const other = this.shapes.get(shape);
    if (other) return this.refuse(mapping, other);
    this.shapes.set(shape, mapping);
    this.mappings.push(mapping);
    if (pattern.isPattern) this.patterns.push(mapping);
    else this.literal.set(text, { mapping, variables: NONE, ambiguity: undefined });
  }

  /** The most specific mapping for a destination without application prefix. */
  find(destination: string): Match | undefined {
    const literal = this.literal.get(destination);
    return literal ?? this.search(destination);
  }

  private search(destination: string): Match | undefined {
    const matching = this.candidates(destination).filter(({ pattern }) =>
      pattern.matches(destination),
    );
    if (matching.length === 0) return undefined;
    const compare = (a: Mapping, b: Mapping): number =>
      compareSpecificity(a.pattern, b.pattern, destination);
    matching.sort(compare);
    const best = matching[0]!;
    const ties = matching.filter(
      (other) => other.handler !== best.handler && compare(best, other) === 0,
    );
    const ambiguity = ties.length > 0 ? ambiguous(destination, [best, ...ties]) : undefined;
    if (ambiguity) this.logger.warn(ambiguity.message);
    return { mapping: best, variables: best.pattern.extract(destination) ?? NONE, ambiguity };
  }

  /** Empty segments count for nothing: a destination with some may be that of a mapping without wildcards. */
  private candidates(destination: string): readonly Mapping[] {
    const { separator } = this.matcher;
    return destination.includes(separator + separator) ? this.mappings : this.patterns;
  }

  private refuse(mapping: Mapping, other: Mapping): void {
    const [mine, theirs] = [mapping.handler, other.handler];
    if (mine === theirs) return;
    const sameClass = mine.type === theirs.type && mine.name === theirs.name;
    throw new AmbiguousMappingException(
      sameClass
        ? `Ambiguous mapping '${mapping.pattern.text}': ${mine.toString()} is provided by ${theirs.host.moduleType.name} and ${mine.host.moduleType.name}; provide it in one module and export it`
        : `Ambiguous mapping: '${mapping.pattern.text}' of ${mine.toString()} and '${other.pattern.text}' of ${theirs.toString()} take the same destinations`,
    );
  }
}

/** Equal for patterns that differ in the names of their variables only. */
function shapeOf({ isPattern, text, separator, parsed }: DestinationPattern): string {
  if (!isPattern) return text;
  const ends = [text.startsWith(separator), text.endsWith(separator)];
  return JSON.stringify([ends, parsed.segments], (key, value: unknown) =>
    key === 'name' ? undefined : value,
  );
}

function ambiguous(destination: string, ties: readonly Mapping[]): AmbiguousMappingException {
  const names = ties.map(({ handler, pattern }) => `${handler.toString()} '${pattern.text}'`);
  return new AmbiguousMappingException(
    `Ambiguous handlers for ${JSON.stringify(destination.slice(0, 200))}: ${names.join(', ')}`,
  );
}
