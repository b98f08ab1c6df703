// node test/apps/start.mjs conformance|check [options]: builds what is stale and runs the application in this process.
import path from 'node:path';
import { build } from './build.mjs';

const [name, ...options] = process.argv.slice(2);
await build();
process.argv.splice(1, process.argv.length, name, ...options);
await import(path.join(import.meta.dirname, 'dist', name, 'main.js'));
