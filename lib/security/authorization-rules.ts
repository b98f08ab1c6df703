import { Logger } from '@nestjs/common';
import {
  checkSubscriptionPattern,
  DestinationPattern,
  isPattern,
  withBrokerWildcards,
} from '../destination/index.js';
import { isThenable, StompException } from '../exception/index.js';
import type { AuthorizationContext } from './access.js';
import type { AuthorizationRule, AuthorizedFrame } from './authorization-rule.js';
import { compileRule, type CompiledRule, type Decision } from './compiled-rule.js';

type Context = Omit<AuthorizationContext, 'variables'>;

// Clients choose destinations: what is kept of them is bounded.
const CACHE_LIMIT = 2048;
const CACHED_LENGTH = 256;

/** Compiled rules: the first that matches decides; without one the answer is no. */
export class AuthorizationRules {
  private readonly logger = new Logger('StompAuthorization');
  private readonly rules: readonly CompiledRule[];
  private readonly named: ReadonlySet<AuthorizedFrame>;
  private readonly known = new Map<string, readonly Decision[]>();

  /** @throws StompException for a rule that could not be meant so, BadPatternException for its pattern */
  constructor(
    rules: readonly AuthorizationRule[],
    private readonly separator: string,
  ) {
    this.rules = rules.flatMap((rule) => compileRule(rule, separator));
    const named = this.rules.flatMap(({ frames }) => frames);
    this.named = new Set<AuthorizedFrame>(['CONNECT', 'SEND', 'SUBSCRIBE', ...named]);
  }

  /**
   * Whether a frame may pass; synchronous unless a check is not.
   *
   * @throws StompException of a check, BadPatternException for a pattern that no client may use
   */
  allows(
    frame: AuthorizedFrame,
    destination: string | undefined,
    context: Context,
  ): boolean | Promise<boolean> {
    if (!this.named.has(frame)) return true;
    return this.ask(this.decisionsOn(frame, destination), 0, context);
  }

  private ask(
    decisions: readonly Decision[],
    index: number,
    context: Context,
  ): boolean | Promise<boolean> {
    for (let i = index; i < decisions.length; i++) {
      const decision = decisions[i]!;
      const granted = this.askOne(decision, context);
      if (typeof granted !== 'boolean')
        return granted.then((later) =>
          later && !decision.isFinal ? this.ask(decisions, i + 1, context) : later,
        );
      if (!granted || decision.isFinal) return granted;
    }
    return false;
  }

  private askOne({ access, variables }: Decision, context: Context): boolean | Promise<boolean> {
    const failed = (error: unknown): false => this.failed(access.description, error);
    try {
      const granted: unknown = access.isGranted({ ...context, variables });
      if (!isThenable(granted)) return granted === true;
      return Promise.resolve(granted).then((later) => later === true, failed);
    } catch (error) {
      return failed(error);
    }
  }

  private failed(description: string, error: unknown): false {
    if (error instanceof StompException) throw error;
    const [text, stack] =
      error instanceof Error ? [error.message, error.stack] : [String(error), undefined];
    this.logger.error(`Access ${description} failed, which denies: ${text}`, stack);
    return false;
  }

  private decisionsOn(
    frame: AuthorizedFrame,
    destination: string | undefined,
  ): readonly Decision[] {
    const key = `${frame} ${destination ?? ''}`;
    const known = this.known.get(key);
    if (known) return known;
    const decisions = this.find(frame, destination);
    if (this.known.size >= CACHE_LIMIT) this.known.clear();
    if (key.length <= CACHED_LENGTH) this.known.set(key, decisions);
    return decisions;
  }

  private find(frame: AuthorizedFrame, destination: string | undefined): readonly Decision[] {
    const pattern = frame === 'SUBSCRIBE' ? this.asPattern(destination) : undefined;
    const decisions: Decision[] = [];
    for (const rule of this.rules) {
      if (!rule.frames.includes(frame)) continue;
      const decision = pattern ? rule.decideOnPattern(pattern) : rule.decide(destination);
      if (decision) decisions.push(decision);
      if (decision?.isFinal) break;
    }
    return decisions;
  }

  /** A subscription that stands for many destinations, as a pattern. */
  private asPattern(destination: string | undefined): DestinationPattern | undefined {
    if (destination === undefined) return undefined;
    checkSubscriptionPattern(destination, this.separator);
    const text = withBrokerWildcards(destination, this.separator);
    return isPattern(text) ? new DestinationPattern(text, this.separator) : undefined;
  }
}
