import {
  MESSAGE_MAPPING,
  SEND_TO,
  SEND_TO_USER,
  SUBSCRIBE_MAPPING,
} from '../decorators/handler-metadata.js';
import type { SendToUserMetadata } from '../decorators/send-to.decorator.js';
import type { HandlerMethod } from '../handler-method.js';
import { DestinationTemplate } from './destination-template.js';

/** Where the results of a handler go. */
export interface ReplyPlan {
  /** Of the sender's user; an empty list is the default destination. */
  readonly user:
    | { readonly destinations: readonly DestinationTemplate[]; readonly broadcast: boolean }
    | undefined;
  /** Of the broker; an empty list is the default destination. */
  readonly topics: readonly DestinationTemplate[] | undefined;
  /** To the subscription itself. */
  readonly direct: boolean;
  /** Whether a decorator says so, not a default. */
  readonly declared: boolean;
}

/** Where what exception handlers and filters return goes when nothing else is said. */
const ERROR_QUEUE = '/queue/errors';

export const ERROR_REPLY: ReplyPlan = {
  user: { destinations: [new DestinationTemplate(ERROR_QUEUE)], broadcast: false },
  topics: undefined,
  direct: false,
  declared: false,
};

interface Declared {
  readonly user: SendToUserMetadata | undefined;
  readonly topics: readonly string[] | undefined;
}

/** Reads where a handler's results go. @param resolve replaces placeholders */
export function replyPlanOf(handler: HandlerMethod, resolve: (text: string) => string): ReplyPlan {
  const chosen = choose(declaredOn(handler.method), declaredOn(handler.type));
  const templates = (texts: readonly string[]): DestinationTemplate[] =>
    texts.map((text) => new DestinationTemplate(resolve(text)));
  if (chosen)
    return {
      user: chosen.user && {
        destinations: templates(chosen.user.destinations),
        broadcast: chosen.user.broadcast,
      },
      topics: chosen.topics && templates(chosen.topics),
      direct: false,
      declared: true,
    };
  const direct =
    Reflect.hasMetadata(SUBSCRIBE_MAPPING, handler.method) &&
    !Reflect.hasMetadata(MESSAGE_MAPPING, handler.method);
  return { user: undefined, topics: direct ? undefined : [], direct, declared: false };
}

// Spring: a method-level annotation without values yields to a class-level one that has some
function choose(method: Declared, type: Declared): Declared | undefined {
  const hasValues = ({ user, topics }: Declared): boolean =>
    (user?.destinations.length ?? 0) + (topics?.length ?? 0) > 0;
  const isThere = ({ user, topics }: Declared): boolean => Boolean(user ?? topics);
  if (hasValues(method)) return method;
  if (hasValues(type)) return type;
  return [method, type].find(isThere);
}

function declaredOn(target: object): Declared {
  return {
    user: Reflect.getMetadata(SEND_TO_USER, target) as SendToUserMetadata | undefined,
    topics: Reflect.getMetadata(SEND_TO, target) as string[] | undefined,
  };
}
