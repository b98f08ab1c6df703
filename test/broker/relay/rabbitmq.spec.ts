import { firstFree } from '../../brokers/real-broker.js';
import { rabbitMq } from '../../brokers/rabbitmq.js';
import { relaySuite } from './relay.suite.js';

const kind = await firstFree(rabbitMq(27), rabbitMq(22));
relaySuite(kind, 'per-client');
relaySuite(kind, 'shared');
