import {
  checkFunction,
  checkSwitch,
  checkText,
  checkValues,
  expectsList,
  expectsOneOf,
  isRecord,
  type OptionCheck,
} from '../exception/index.js';
import type { CsrfOptions, SecurityOptions } from './security-options.js';

const checkRules = expectsList('a list of rules like [{ access: authenticated }]', isRecord);

const CHECKS: Readonly<Partial<Record<keyof SecurityOptions, OptionCheck>>> = {
  authorization: checkRules,
  outboundAuthorization: checkRules,
  onDenied: expectsOneOf('error', 'errorQueue'),
  errorQueue: checkText,
  csrf: checkSwitch,
};

const CSRF_CHECKS: Readonly<Record<keyof CsrfOptions, OptionCheck>> = {
  headerName: checkText,
  token: checkFunction,
};

/** What would quietly protect less than it says. @throws StompException naming an option whose value makes no sense */
export function checkSecurityOptions(options: SecurityOptions): void {
  checkValues(options, CHECKS);
  const { csrf } = options;
  if (typeof csrf === 'object') checkValues(csrf, CSRF_CHECKS, 'csrf.');
}
