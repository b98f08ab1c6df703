import { Controller } from '@nestjs/common';
import {
  Message,
  MessageConversionException,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendToUser,
} from 'nestjs-stomp';
import { bool, int, list, nullable, object, ReadPipe, text } from '../json.js';
import { Person, readPerson } from '../people.js';

interface Item {
  id: number;
  label: string | null;
}

const readItems = new ReadPipe<Item[]>(
  list((value) => {
    const { id, label } = object(value);
    return { id: int(id), label: nullable(text)(label) };
  }),
);

@Controller()
@MessageMapping('/echo')
export class EchoController {
  @MessageMapping('/text')
  text(body: string): string {
    return `echo:${body}`;
  }

  @MessageMapping('/json')
  json(@Payload(readPerson) person: Person): Person {
    return person;
  }

  @MessageMapping('/map')
  map(@Payload(new ReadPipe(object)) fields: Record<string, unknown>): Record<string, unknown> {
    return { ...fields, size: Object.keys(fields).length };
  }

  @MessageMapping('/items')
  items(@Payload(readItems) items: Item[]): number {
    return items.reduce((sum, item) => sum + item.id, 0);
  }

  @MessageMapping('/number')
  number(@Payload(new ReadPipe(int)) value: number): number {
    return value + 1;
  }

  @MessageMapping('/bool')
  bool(@Payload(new ReadPipe(bool)) value: boolean): boolean {
    return !value;
  }

  @MessageMapping('/bytes')
  bytes(body: Buffer): Buffer {
    return Buffer.from(body).reverse();
  }

  @MessageMapping('/length')
  length(body: Buffer): string {
    return `bytes:${body.length}`;
  }

  @MessageMapping('/optional')
  optional(@Payload({ required: false }) body?: string): string {
    return `optional:${body ?? 'null'}`;
  }

  @MessageMapping('/required')
  required(@Payload({ required: true }) body: string): string {
    return `required:${body}`;
  }

  @MessageMapping('/message')
  message(message: Message<Buffer>): { payload: string; destination: string | undefined } {
    return {
      payload: message.payload.toString(),
      destination: message.headers.destination,
    };
  }

  @MessageMapping('/nothing')
  nothing(): string {
    return 'called';
  }

  @MessageExceptionHandler(MessageConversionException)
  @SendToUser('/queue/errors')
  conversion(): string {
    return 'echo-conversion';
  }
}
