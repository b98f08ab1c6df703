export { DestinationRouter, type DestinationPrefixes, type Route } from './destination-router.js';
