export { errorText } from './error-text.js';
export { isFault } from './is-fault.js';
export {
  checkBoolean,
  checkBound,
  checkCount,
  checkNames,
  checkRate,
  checkTime,
  refuseOption,
} from './option-checks.js';
export { quoted } from './quoted.js';
export { isThenable, reportRejection } from './rejection.js';
export { StompException, type StompExceptionOptions } from './stomp.exception.js';
