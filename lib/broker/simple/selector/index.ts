export { Selector, type SelectorLimits } from './selector.js';
export { SelectorException } from './selector.exception.js';
