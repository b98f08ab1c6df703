import { activeMq } from '../../brokers/activemq.js';
import { relaySuite } from './relay.suite.js';

relaySuite(activeMq(), 'per-client');
relaySuite(activeMq(), 'shared');
