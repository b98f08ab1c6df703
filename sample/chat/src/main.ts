import { parseArgs } from 'node:util';
import { createApp } from './create-app.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '3000' },
    'token-seconds': { type: 'string', default: '120' },
  },
});
const tokenSeconds = Number(values['token-seconds']);
const app = await createApp({ tokenSeconds, warnSeconds: tokenSeconds / 2 });
await app.listen(Number(values.port), '127.0.0.1');
console.log(`The chat is open at ${await app.getUrl()}`);
