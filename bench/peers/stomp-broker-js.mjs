import http from 'node:http';
import StompServer from 'stomp-broker-js';

const server = http.createServer();
new StompServer({ server, path: '/ws', heartbeat: [10_000, 10_000] });
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
