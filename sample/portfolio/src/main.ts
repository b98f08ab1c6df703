import { parseArgs } from 'node:util';
import { createApp } from './create-app.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '3000' },
    'relay-port': { type: 'string' },
  },
});
const relayPort = values['relay-port'];
const app = await createApp(relayPort ? { relayPort: Number(relayPort) } : {});
await app.listen(Number(values.port), '127.0.0.1');
console.log(`The portfolio is open at ${await app.getUrl()}`);
