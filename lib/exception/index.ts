export { errorText } from './error-text.js';
export { isFault } from './is-fault.js';
export {
  checkBoolean,
  checkBound,
  checkCount,
  checkFunction,
  checkNames,
  checkRate,
  checkSwitch,
  checkText,
  checkTexts,
  checkTime,
  checkValues,
  expects,
  expectsList,
  expectsOneOf,
  isCallable,
  isRecord,
  isText,
  refuseOption,
  UNDEFINED_CLASS,
  type OptionCheck,
} from './option-checks.js';
export { quoted } from './quoted.js';
export { isThenable, reportRejection } from './rejection.js';
export { StompException, type StompExceptionOptions } from './stomp.exception.js';
