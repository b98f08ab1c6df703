import type { ParameterInfo } from './argument/method-parameter.js';
import type { HandlerCalls } from './handler-calls.js';
import type { HandlerInvoker } from './handler-invoker.js';
import type { HandlerMethod } from './handler-method.js';
import type { ReplyPlan } from './reply/reply-plan.js';

/** A handler with all that is needed to run it. */
export interface BoundHandler {
  readonly handler: HandlerMethod;
  readonly parameters: readonly ParameterInfo[];
  readonly invoker: HandlerInvoker;
  readonly plan: ReplyPlan;
  readonly calls: HandlerCalls;
}
