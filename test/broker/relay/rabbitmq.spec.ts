import { rabbitMq } from '../../brokers/rabbitmq.js';
import { relaySuite } from './relay.suite.js';

relaySuite(rabbitMq(), 'per-client');
relaySuite(rabbitMq(), 'shared');
