import type { ChannelInterceptor, MessageChannel, SessionControl } from '../channel/index.js';
import { prefixOf } from '../destination/index.js';
import { AuthorizationInterceptor } from './authorization-interceptor.js';
import { AuthorizationRules } from './authorization-rules.js';
import { CsrfInterceptor } from './csrf-interceptor.js';
import { Denial } from './denial.js';
import { GrantedSubscriptions } from './granted-subscriptions.js';
import { OutboundAuthorizationInterceptor } from './outbound-authorization-interceptor.js';
import { RenewalInterceptor } from './renewal-interceptor.js';
import { checkSecurityOptions } from './security-option-checks.js';
import type { SecurityOptions } from './security-options.js';

/** What the interceptors need of the rest of the house. */
export interface SecurityContext {
  readonly brokerChannel: MessageChannel;
  readonly control: SessionControl;
  /** @default '/user/' */
  readonly userDestinationPrefix?: string;
  /** Separator of patterns. @default '/' */
  readonly separator?: string;
}

/**
 * The interceptors that these options ask for, none without any; to be the first ones of their channels. @throws
 * StompException for options that make no sense
 */
export function securityInterceptors(
  options: SecurityOptions,
  context: SecurityContext,
): { inbound: ChannelInterceptor[]; outbound: ChannelInterceptor[] } {
  checkSecurityOptions(options);
  const { separator = '/', userDestinationPrefix = '/user/', brokerChannel, control } = context;
  const { authorization, outboundAuthorization, csrf, renewal } = options;
  const denial = new Denial(options, brokerChannel, prefixOf(userDestinationPrefix));
  const rules = authorization && new AuthorizationRules(authorization, separator);
  const granted = new GrantedSubscriptions();
  const inbound: ChannelInterceptor[] = [];
  const outbound: ChannelInterceptor[] = [];
  if (csrf) inbound.push(new CsrfInterceptor(csrf === true ? {} : csrf));
  if (renewal) inbound.push(new RenewalInterceptor(renewal, { control, denial, rules, granted }));
  if (rules) inbound.push(new AuthorizationInterceptor(rules, denial, renewal && granted));
  if (outboundAuthorization?.length)
    outbound.push(new OutboundAuthorizationInterceptor(outboundAuthorization, separator));
  return { inbound, outbound };
}
