import { activeMq } from '../../brokers/activemq.js';
import { firstFree } from '../../brokers/real-broker.js';
import { relaySuite } from './relay.suite.js';

const kind = await firstFree(activeMq(27614), activeMq(22614));
relaySuite(kind, 'per-client');
relaySuite(kind, 'shared');
