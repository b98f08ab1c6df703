import { activeMq } from '../../brokers/activemq.js';
import { firstFree } from '../../brokers/real-broker.js';
import { relaySuite } from './relay.suite.js';
import { ACTIVEMQ } from './suite/traits.js';

relaySuite(await firstFree(activeMq(27614), activeMq(22614)), ACTIVEMQ);
