export {
  checkBoolean,
  checkBound,
  checkCount,
  checkRate,
  checkTime,
  refuseOption,
} from './option-checks.js';
export { quoted } from './quoted.js';
export { StompException, type StompExceptionOptions } from './stomp.exception.js';
