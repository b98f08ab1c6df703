import { parseArgs } from 'node:util';
import { createApp } from './create-app.js';
import { RelayWatch } from './relay-watch.js';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'A' },
    port: { type: 'string', default: '3001' },
    'broker-port': { type: 'string', default: '61613' },
    'other-url': { type: 'string' },
    'forget-after-ms': { type: 'string' },
  },
});
const { name, port, 'other-url': otherUrl, 'forget-after-ms': forgetAfterMs } = values;
const node = {
  name,
  otherUrl,
  brokerPort: Number(values['broker-port']),
  forgetAfterMs: forgetAfterMs === undefined ? undefined : Number(forgetAfterMs),
};
const app = await createApp(node, { logger: ['warn', 'error'] });
await app.listen(Number(port), '127.0.0.1');
await app.get(RelayWatch).reached;
console.log(`Node ${name} is open at ${await app.getUrl()} (process ${process.pid})`);
