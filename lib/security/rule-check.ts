import { StompException } from '../exception/index.js';
import type {
  AuthorizationRule,
  AuthorizedFrame,
  OutboundAuthorizationRule,
} from './authorization-rule.js';

const FRAMES: ReadonlySet<unknown> = new Set<AuthorizedFrame>([
  'CONNECT',
  'SEND',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'ACK',
  'NACK',
  'BEGIN',
  'COMMIT',
  'ABORT',
]);
const KEYS = ['subscribe', 'send', 'type', 'destination', 'access'];

/**
 * Refuses a rule that would be about something else than it says: about everything, for want of a key that is understood.
 *
 * @throws StompException
 */
export function checkRule(rule: AuthorizationRule): void {
  checkKeys(rule, KEYS);
  const { subscribe, send, type, destination }: Partial<Record<string, unknown>> = { ...rule };
  const subjects = [subscribe, send, type ?? destination].filter((one) => one !== undefined);
  if (subjects.length > 1)
    throw refused(rule, 'is about several things: make one rule of each, or one with destination');
  for (const one of [type ?? []].flat() as unknown[])
    if (!FRAMES.has(one))
      throw refused(rule, `has the type ${text(one)}; there are ${[...FRAMES].join(', ')}`);
}

/** @throws StompException for a rule of `outboundAuthorization` that could not be meant so */
export function checkOutboundRule(rule: OutboundAuthorizationRule): void {
  checkKeys(rule, ['destination', 'access']);
  if (rule.destination === undefined) throw refused(rule, 'needs a destination');
}

function checkKeys(rule: object, known: readonly string[]): void {
  for (const [key, value] of Object.entries(rule)) {
    if (!known.includes(key)) throw refused(rule, `has ${key}; there are ${known.join(', ')}`);
    if (value === undefined && key !== 'access')
      throw refused(rule, `has no value for ${key}: give it one, or leave it out`);
  }
  if (typeof (rule as Partial<AuthorizationRule>).access?.isGranted !== 'function')
    throw refused(rule, 'needs an access: permitAll, denyAll, authenticated, hasRole(…), check(…)');
}

function refused(rule: object, why: string): StompException {
  return new StompException(`Rule ${text(rule)} ${why}`, { code: 'STOMP_ERR_AUTHORIZATION_RULE' });
}

// Whoever wrote it finds it by what it says.
function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
