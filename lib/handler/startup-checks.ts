import { Logger, type Type } from '@nestjs/common';
import { DestinationPattern, type DestinationRouter } from '../destination/index.js';
import type { BoundHandler } from './bound-handler.js';
import { MESSAGE_MAPPING, SUBSCRIBE_MAPPING } from './decorators/handler-metadata.js';
import { InvalidHandlerException } from './failure/handler.exception.js';
import { needsType, parameterTypes } from './argument/parameter-types.js';
import type { StartupChecks } from './handler-options.js';
import type { Stray } from './membership.js';
import type { ExploredClass } from './stomp-explorer.js';

/** Where a mistake is, as its text begins: `Class.method`, or `Class`. */
interface Place {
  toString(): string;
}

/** Finds mistakes in handlers that would otherwise show as silence. */
export class StartupChecker {
  private readonly logger = new Logger('StompHandler');
  private readonly found: { readonly place: Place; readonly text: string }[] = [];
  private readonly untyped: Place[] = [];

  constructor(
    private readonly router: DestinationRouter,
    private readonly pathSeparator: string,
  ) {}

  /** @param patterns what its mappings come to */
  checkHandler(bound: BoundHandler, patterns: readonly string[]): void {
    const { handler } = bound;
    if (patterns.length === 0)
      this.report(
        handler,
        'nobody can reach it: neither the method nor its class names a destination',
      );
    if (
      [MESSAGE_MAPPING, SUBSCRIBE_MAPPING].every((key) => Reflect.hasMetadata(key, handler.method))
    )
      this.report(
        handler,
        'of @MessageMapping and @SubscribeMapping on one method only the first counts',
      );
    for (const pattern of patterns) {
      this.checkPrefix(handler, pattern);
      this.checkVariables(bound, pattern);
    }
    this.checkReplies(bound);
    this.checkTypes(bound);
  }

  /** @param bound an exception handler */
  checkFailureHandler(bound: BoundHandler): void {
    this.checkTypes(bound);
    if (bound.plan.declared) this.checkReplies(bound);
  }

  checkClass({ host, messages, subscriptions, exceptions, advice }: ExploredClass): void {
    if (advice || messages.length + subscriptions.length > 0 || exceptions.length === 0) return;
    this.report(
      exceptions[0]!,
      `nobody can reach it: ${host.type.name} has no mappings and is no @ControllerAdvice`,
    );
  }

  /** @param place of a method for HTTP */
  checkRoute(place: Place): void {
    this.report(
      place,
      'a parameter has a decorator of nestjs-stomp, which gives nothing of an HTTP request: use that of @nestjs/common',
    );
  }

  checkStray({ type, instanceName }: Stray): void {
    this.report(
      type.name,
      `@StompInstance names '${instanceName}', and the application has no StompModule.forRoot({ name: '${instanceName}' })`,
    );
  }

  checkMissingModule({ name }: Type<unknown>): void {
    this.report(
      name,
      'the option include names this module, which the application does not import',
    );
  }

  /** @throws InvalidHandlerException for the first mistake, if that is the policy */
  conclude(policy: StartupChecks): void {
    if (policy === 'off') return;
    this.reportUntyped();
    const [first] = this.found;
    if (policy === 'throw' && first) throw new InvalidHandlerException(first.place, first.text);
    for (const { place, text } of this.found) this.logger.warn(`${place.toString()}: ${text}`);
  }

  private checkTypes({ handler, parameters }: BoundHandler): void {
    if (!parameterTypes(handler) && parameters.some(needsType)) this.untyped.push(handler);
  }

  // Once, however many there are: they were all built alike.
  private reportUntyped(): void {
    const [first, ...others] = this.untyped;
    if (!first) return;
    const more = others.length > 0 ? `, as those of ${others.length} other handlers` : '';
    this.report(
      first,
      `the types of its parameters are not known${more}: nothing is converted to them, validated or chosen by them. ` +
        'Build with emitDecoratorMetadata (tsc and swc can, esbuild and tsx cannot), or name them: @Payload({ type: … }), @MessageExceptionHandler(…)',
    );
  }

  private checkPrefix(handler: Place, pattern: string): void {
    const { application } = this.router.prefixes;
    const prefix = application.find((one) => pattern.startsWith(one));
    if (prefix !== undefined)
      this.report(
        handler,
        `'${pattern}' begins with the application prefix '${prefix.slice(0, -1)}', which destinations lose before they are looked up: leave it out`,
      );
    else if (application.length > 0 && this.pathSeparator !== '/' && pattern.startsWith('/'))
      this.report(
        handler,
        `nobody can reach it: with the separator '${this.pathSeparator}' the pattern '${pattern}' must not begin with /`,
      );
  }

  private checkVariables({ handler, parameters, plan }: BoundHandler, pattern: string): void {
    const has = new Set(new DestinationPattern(pattern, this.pathSeparator).variableNames);
    const asked = parameters
      .filter(({ kind, options }) => kind === 'variable' && options.required !== false)
      .map(({ data, name }) => (data as string | undefined) ?? name!);
    const named = [...(plan.topics ?? []), ...(plan.user?.destinations ?? [])];
    const missing = (names: readonly string[]): string[] => names.filter((name) => !has.has(name));
    for (const name of missing(asked))
      this.report(handler, `it asks for the variable '${name}', which '${pattern}' does not have`);
    for (const { text, variables } of named)
      for (const name of missing(variables))
        this.report(
          handler,
          `'${text}' names the variable '${name}', which '${pattern}' does not have`,
        );
  }

  private checkReplies({ handler, plan }: BoundHandler): void {
    for (const { text } of plan.topics ?? []) this.checkTaken(handler, text, text);
    const { user } = this.router.prefixes;
    for (const { text } of plan.user?.destinations ?? []) {
      // Spring: the destination of a user gets a slash where it has none.
      const full = text.startsWith('/') ? text : `/${text}`;
      if (full.startsWith(user))
        this.report(
          handler,
          `it sends to '${text}' of the user, which is '${user}' + name + destination already: leave '${user.slice(0, -1)}' out`,
        );
      else this.checkTaken(handler, text, this.router.isWithoutSlash ? full.slice(1) : full);
    }
  }

  private checkTaken(handler: Place, text: string, destination: string): void {
    if (!this.mayBeTaken(destination))
      this.report(handler, `it sends to '${text}', which no broker takes`);
  }

  /** What stands before the first variable is all that is known of a destination. */
  private mayBeTaken(text: string): boolean {
    const fixed = text.split('{')[0]!;
    const { brokers, user } = this.router.route(fixed);
    if (brokers.length > 0 || user) return true;
    const prefixes = [...this.router.prefixes.brokers.flat(), this.router.prefixes.user];
    return fixed !== text && prefixes.some((prefix) => prefix.startsWith(fixed));
  }

  private report(place: Place, text: string): void {
    this.found.push({ place, text });
  }
}
