import { rabbitMq } from '../../brokers/rabbitmq.js';
import { firstFree } from '../../brokers/real-broker.js';
import { relaySuite } from './relay.suite.js';
import { RABBITMQ } from './suite/traits.js';

relaySuite(await firstFree(rabbitMq(27), rabbitMq(22)), RABBITMQ);
