export { AntPathMatcher } from './ant-path-matcher.js';
export { BadPatternException } from './bad-pattern.exception.js';
export { DestinationIndex, type DestinationIndexOptions } from './destination-index.js';
export { DestinationPattern } from './destination-pattern.js';
export {
  DestinationRouter,
  prefixOf,
  type DestinationPrefixes,
  type Route,
} from './destination-router.js';
export { isPattern, type PatternToken } from './pattern-parser.js';
export { relationOf, withBrokerWildcards, type PatternRelation } from './pattern-relation.js';
export { compileSegment, type PatternSegment } from './pattern-segment.js';
export { compareSpecificity } from './specificity.js';
export {
  checkSubscriptionPattern,
  type SubscriptionPatternLimits,
} from './subscription-pattern.js';
