// node application.mjs BROKER_PORT shared|per-client: a server with a relay; says its address, then what it has used.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { stompBrokerRelay, StompModule, StompStats } from 'nestjs-stomp';

const [port, connections] = process.argv.slice(2);
const relay = stompBrokerRelay({ port: Number(port), destinations: ['/topic'], connections });
const stomp = StompModule.forRoot({ endpoints: ['/stomp'], brokers: [relay] });
const app = await NestFactory.create(
  { module: class RelayModule {}, imports: [stomp] },
  { logger: ['error', 'warn'] },
);
await app.listen(0, '127.0.0.1');
while (!relay.available) await new Promise((resolve) => setTimeout(resolve, 20));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const { bytesIn } = app.get(StompStats).snapshot().brokers[0].relay;
  process.send({ cpuMicros: user + system, bytesIn });
});
process.on('disconnect', () => void app.close().then(() => process.exit()));
process.send({ url: `${(await app.getUrl()).replace('http', 'ws')}/stomp` });
