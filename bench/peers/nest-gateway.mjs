/** The same on a Nest gateway: `node nest-gateway.mjs ws|socket.io PORT`. Decorators are applied by hand: no build step. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { WebSocket } from 'ws';

const [kind, port] = process.argv.slice(2);
const isSocketIo = kind === 'socket.io';

class FanOutGateway {
  topics = new Map();

  handleDisconnect(client) {
    for (const topic of client.subscribed ?? []) this.topics.get(topic)?.delete(client);
  }

  subscribe({ topic }, client) {
    if (isSocketIo) client.join(topic);
    else this.remember(topic, client);
    return { event: 'sub', data: { topic } };
  }

  publish(data) {
    if (isSocketIo) return void this.server.to(data.topic).emit('msg', data);
    const text = JSON.stringify({ event: 'msg', data });
    for (const client of this.topics.get(data.topic) ?? [])
      if (client.readyState === WebSocket.OPEN) client.send(text);
  }

  echo(data) {
    return { event: 'echo', data: { ...data, ok: true } };
  }

  remember(topic, client) {
    let subscribers = this.topics.get(topic);
    if (subscribers === undefined) this.topics.set(topic, (subscribers = new Set()));
    subscribers.add(client);
    (client.subscribed ??= []).push(topic);
  }
}

function handler(name, event, ...parameters) {
  const { prototype } = FanOutGateway;
  parameters.forEach((decorate, index) => decorate(prototype, name, index));
  SubscribeMessage(event)(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
}

handler('subscribe', 'sub', MessageBody(), ConnectedSocket());
handler('publish', 'pub', MessageBody());
handler('echo', 'echo', MessageBody());
WebSocketServer()(FanOutGateway.prototype, 'server');
WebSocketGateway({ transports: ['websocket'], perMessageDeflate: false })(FanOutGateway);

class AppModule {}
Module({ providers: [FanOutGateway] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.useWebSocketAdapter(isSocketIo ? new IoAdapter(app) : new WsAdapter(app));
await app.listen(Number(port), '127.0.0.1');
console.log('listening');
