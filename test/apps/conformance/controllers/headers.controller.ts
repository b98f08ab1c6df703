import { Controller } from '@nestjs/common';
import {
  MessageHeaders,
  MessageMapping,
  SendToUser,
  StompHeader,
  StompHeaderAccessor,
  StompHeaders,
} from 'nestjs-stomp';

@Controller()
@MessageMapping('/headers')
@SendToUser('/queue/headers')
export class HeadersController {
  @MessageMapping('/native')
  native(@StompHeader('x-one') value: string): string {
    return `native:${value}`;
  }

  @MessageMapping('/required')
  required(@StompHeader('x-req') value: string): string {
    return `required:${value}`;
  }

  @MessageMapping('/optional')
  optional(@StompHeader('x-opt', { required: false }) value: string | null): string {
    return `optional:${value ?? 'null'}`;
  }

  @MessageMapping('/default')
  default(@StompHeader('x-def', { defaultValue: 'dflt' }) value: string): string {
    return `default:${value}`;
  }

  @MessageMapping('/int')
  int(@StompHeader('x-int', { type: 'int' }) value: number): string {
    return `int:${value + 1}`;
  }

  @MessageMapping('/multi')
  multi(@StompHeader('x-multi') values: string[]): string {
    return `multi:${values.join('|')}`;
  }

  @MessageMapping('/first')
  first(@StompHeader('x-multi') value: string): string {
    return `first:${value}`;
  }

  @MessageMapping('/all')
  all(@StompHeaders() headers: MessageHeaders): unknown {
    return {
      destination: headers.destination,
      hasSession: headers.sessionId !== undefined,
      native: headers.native.toObject(),
    };
  }

  @MessageMapping('/destination')
  destination(@StompHeader('simpDestination') destination: string): string {
    return `destination:${destination}`;
  }

  @MessageMapping('/accessor')
  accessor(accessor: StompHeaderAccessor): unknown {
    return {
      destination: accessor.getDestination(),
      user: accessor.getUser()?.name ?? null,
      contentType: accessor.getContentType() ?? null,
      first: accessor.getFirstNativeHeader('x-one') ?? null,
    };
  }

  @MessageMapping('/content-type')
  contentType(@StompHeader('contentType', { required: false }) value: string | null): string {
    return `content-type:${value ?? 'null'}`;
  }
}
