import { parseArgs } from 'node:util';
import { createApp } from './create-app.js';

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT ?? '3000' } },
});
const app = await createApp();
await app.listen(Number(values.port), '127.0.0.1');
console.log(`The polls are open at ${await app.getUrl()}`);
