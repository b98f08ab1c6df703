import { DestinationPattern, isPattern, relationOf } from '../destination/index.js';
import { denyAll, type Access } from './access.js';
import type { AuthorizationRule, AuthorizedFrame } from './authorization-rule.js';
import { checkRule } from './rule-check.js';

/** What a rule has to say about a frame. */
export interface Decision {
  readonly access: Access;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it is about all destinations of the frame, so that no later rule is asked. */
  readonly isFinal: boolean;
}

const NO_VARIABLES: Readonly<Record<string, string>> = Object.freeze({});
const WITH_DESTINATION: readonly AuthorizedFrame[] = ['SEND', 'SUBSCRIBE'];
const NEEDS_A_RULE: readonly AuthorizedFrame[] = ['CONNECT', ...WITH_DESTINATION];

/** A rule with one compiled pattern, or for any destination. */
export class CompiledRule {
  constructor(
    readonly frames: readonly AuthorizedFrame[],
    private readonly pattern: DestinationPattern | undefined,
    private readonly access: Access,
  ) {}

  /** What it says about a destination; undefined when it is about others. */
  decide(destination: string | undefined): Decision | undefined {
    const { pattern, access } = this;
    if (!pattern) return { access, variables: NO_VARIABLES, isFinal: true };
    const variables = destination === undefined ? undefined : pattern.extract(destination);
    return variables && { access, variables: Object.freeze(variables), isFinal: true };
  }

  /** What it says about a subscription that stands for many destinations; undefined when it is about none of them. */
  decideOnPattern(subscription: DestinationPattern): Decision | undefined {
    const { pattern, access } = this;
    if (!pattern) return { access, variables: NO_VARIABLES, isFinal: true };
    const relation = relationOf(pattern, subscription);
    if (relation === 'disjoint') return undefined;
    const isFinal = relation === 'covers';
    const variables = isFinal ? pattern.extract(subscription.text) : undefined;
    if (access.usesVariables && pattern.parsed.variables > 0 && !areKnown(variables))
      return { access: denyAll, variables: NO_VARIABLES, isFinal: true };
    return { access, variables: variables ?? NO_VARIABLES, isFinal };
  }
}

/** A rule with many patterns becomes one for each. @throws StompException for a rule that could not be meant so */
export function compileRule(rule: AuthorizationRule, separator: string): CompiledRule[] {
  checkRule(rule);
  const { access } = rule;
  const [frames, destinations] = subjectOf(rule);
  if (!destinations) return [new CompiledRule(frames, undefined, access)];
  return [destinations]
    .flat()
    .map((text) => new CompiledRule(frames, new DestinationPattern(text, separator), access));
}

function subjectOf(
  rule: AuthorizationRule,
): [readonly AuthorizedFrame[], string | readonly string[] | undefined] {
  if ('subscribe' in rule) return [['SUBSCRIBE'], rule.subscribe];
  if ('send' in rule) return [['SEND'], rule.send];
  const { type, destination } = rule;
  if (type !== undefined) return [[type].flat(), destination];
  return [destination === undefined ? NEEDS_A_RULE : WITH_DESTINATION, destination];
}

function areKnown(variables: Record<string, string> | undefined): boolean {
  return variables !== undefined && !Object.values(variables).some(isPattern);
}
