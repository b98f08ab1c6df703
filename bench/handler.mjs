/**
 * What a call of a handler costs: from clientInboundChannel to the end of a method of an annotated controller, beside a
 * direct call, and beside the same method of a Nest gateway, from the parsed frame of its ws adapter to its end. CPU time of
 * a call, in interleaved rounds. Needs `npm run build`. Usage: node bench/handler.mjs [--quick]
 */
import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Module, UseGuards, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AbstractWsAdapter,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { IsInt, IsString } from 'class-validator';
import {
  MessageBuilder,
  MessageMapping,
  SimpMessageHeaderAccessor,
  SimpMessageType,
  simpleBroker,
  StompModule,
} from '../dist/index.js';
import { median } from './table.mjs';

const QUICK = process.argv.includes('--quick');
const ROUNDS = QUICK ? 5 : 15;
const SLICE_US = QUICK ? 30_000 : 150_000;
const WARM_UP_ROUNDS = 5;
const BATCH = 100;
const BODY = Buffer.from('{"action":"BUY","ticker":"MMM","shares":44}');

class Order {}
IsString()(Order.prototype, 'action');
IsString()(Order.prototype, 'ticker');
IsInt()(Order.prototype, 'shares');

class PassGuard {
  canActivate() {
    return true;
  }
}

let handled = 0;

/** A class with the same three methods; `map` makes a handler of one, `payload` a parameter of the body. */
function declare(map, payload) {
  class Handlers {
    plain(order) {
      handled += order.shares;
    }
    guarded(order) {
      handled += order.shares;
    }
    validated(order) {
      handled += order.shares;
    }
  }
  const { prototype } = Handlers;
  const enhancers = {
    plain: [],
    guarded: [UseGuards(new PassGuard())],
    validated: [UsePipes(new ValidationPipe({ transform: true }))],
  };
  for (const [name, decorators] of Object.entries(enhancers)) {
    payload?.(prototype, name, 0);
    Reflect.defineMetadata(
      'design:paramtypes',
      [name === 'validated' ? Order : Object],
      prototype,
      name,
    );
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    for (const decorate of [...decorators, map(name)]) decorate(prototype, name, descriptor);
  }
  return Handlers;
}

const Controller = declare((name) => MessageMapping(name));
const Gateway = declare((name) => SubscribeMessage(name), MessageBody());
WebSocketGateway()(Gateway);

class AppModule {}
Module({
  imports: [
    StompModule.forRoot({
      applicationDestinationPrefixes: ['/app'],
      brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
    }),
  ],
  providers: [Controller, Gateway],
})(AppModule);

/** Keeps what a gateway would be called with. */
class RecordingAdapter extends AbstractWsAdapter {
  create() {
    return (this.server = Object.assign(new EventEmitter(), { close() {} }));
  }
  bindMessageHandlers(_client, handlers, transform) {
    this.handlers = new Map(handlers.map(({ message, callback }) => [message, callback]));
    this.transform = transform;
  }
}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
const adapter = new RecordingAdapter(app);
app.useWebSocketAdapter(adapter);
await app.init();
const client = new EventEmitter();
adapter.server.emit('connection', client);
await setImmediate();

const inbound = app.get('clientInboundChannel', { strict: false });
const direct = app.get(Controller);
const payload = BODY;

function frame(name) {
  const accessor = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
  accessor.setDestination(`/app/${name}`);
  accessor.setContentType('application/json');
  return MessageBuilder.createMessage(payload, accessor);
}

const frames = Object.fromEntries(
  ['plain', 'guarded', 'validated'].map((name) => [name, frame(name)]),
);

const SUBJECTS = {
  direct: (name) => direct[name](JSON.parse(payload.toString())),
  ours: (name) => {
    const sent = inbound.send(frames[name]);
    if (typeof sent === 'object') return sent.completed;
  },
  gateway: (name) =>
    new Promise((resolve, reject) => {
      const result = adapter.handlers.get(name)(JSON.parse(payload.toString()), () => undefined);
      adapter.transform(result).subscribe({ error: reject, complete: resolve });
    }),
};

/** CPU nanoseconds of one call; calls of a batch are under way together. */
async function measure(call, name) {
  let calls = 0;
  let spent = 0;
  const start = process.cpuUsage();
  while (spent < SLICE_US) {
    const pending = [];
    for (let i = 0; i < BATCH; i++) {
      const result = call(name);
      if (result !== undefined) pending.push(result);
    }
    if (pending.length > 0) await Promise.all(pending);
    calls += BATCH;
    const { user, system } = process.cpuUsage(start);
    spent = user + system;
  }
  return (spent * 1000) / calls;
}

/** Another one begins each time: whoever comes behind a dear one collects its garbage. */
function rotated(list, by) {
  const start = Math.abs(by) % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

console.log(`Node ${process.version}, ${ROUNDS} interleaved rounds, medians of CPU time a call\n`);
console.log(
  '| handler | direct call, ns | ours, ns | Nest ws gateway, ns | more than direct, ns |',
);
console.log('|---|--:|--:|--:|--:|');
const TITLES = { plain: 'nothing bound', guarded: 'a guard', validated: 'ValidationPipe' };
const found = Object.fromEntries(
  Object.keys(TITLES).map((name) => [name, { direct: [], ours: [], gateway: [] }]),
);
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++)
  for (const [name, results] of rotated(Object.entries(found), round))
    for (const [subject, call] of rotated(Object.entries(SUBJECTS), round)) {
      const ns = await measure(call, name);
      if (round >= 0) results[subject].push(ns);
    }
for (const [name, results] of Object.entries(found)) {
  const [base, ours, gateway] = Object.values(results).map(median);
  const cells = [base, ours, gateway, ours - base].map((ns) => ns.toFixed(0));
  console.log(`| ${TITLES[name]} | ${cells.join(' | ')} |`);
}
await app.close();
if (handled === 0) process.exitCode = 1;
