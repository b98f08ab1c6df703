import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageExceptionHandler,
  MessageMapping,
  Principal,
  SendTo,
  SendToUser,
  StompHeader,
  type StompPrincipal,
} from 'nestjs-stomp';
import * as errors from '../errors.js';

@Controller()
@MessageMapping('/err')
export class ErrorsController {
  private readonly seen = new Set<string>();

  @MessageMapping('/base')
  base(body: string): void {
    throw new errors.BaseError(body);
  }

  @MessageMapping('/specific')
  specific(body: string): void {
    throw new errors.SpecificError(body);
  }

  @MessageMapping('/other')
  other(body: string): void {
    throw new errors.OtherBaseError(body);
  }

  @MessageMapping('/global')
  global(body: string): void {
    throw new errors.GlobalError(body);
  }

  @MessageMapping('/cause')
  cause(body: string): void {
    throw new Error('outer', { cause: new errors.SpecificError(body) });
  }

  @MessageMapping('/shared')
  shared(): void {
    throw new errors.SharedError();
  }

  @MessageMapping('/unhandled')
  unhandled(): void {
    throw new errors.UnhandledError();
  }

  @MessageMapping('/default-destination')
  defaultDestination(): void {
    throw new errors.DefaultDestinationError();
  }

  @MessageMapping(['/topic', '/topic/{id}'])
  topic(): void {
    throw new errors.TopicError();
  }

  @MessageMapping('/void-handler')
  voidHandler(): void {
    throw new errors.VoidHandlerError();
  }

  @MessageMapping('/failing-handler')
  failingHandler(): void {
    throw new errors.FailingHandlerError();
  }

  @MessageMapping('/void-handler-seen/{tag}')
  voidHandlerSeen(@DestinationVariable('tag') tag: string): string {
    return `seen:${this.seen.has(tag)}`;
  }

  @MessageExceptionHandler(errors.BaseError)
  @SendToUser('/queue/errors', { broadcast: false })
  onBase(error: errors.BaseError): string {
    return `base:${error.message}`;
  }

  @MessageExceptionHandler(errors.SpecificError)
  @SendToUser('/queue/errors', { broadcast: false })
  onSpecific(
    error: errors.SpecificError,
    @StompHeader('x-one', { defaultValue: '-' }) one: string,
    @Principal() user: StompPrincipal | undefined,
  ): string {
    return `specific:${error.message}:${one}:${user?.name ?? 'none'}`;
  }

  @MessageExceptionHandler(errors.SharedError)
  @SendToUser('/queue/errors', { broadcast: false })
  onShared(): string {
    return 'shared:local';
  }

  @MessageExceptionHandler(errors.DefaultDestinationError)
  onDefaultDestination(): string {
    return 'default-destination';
  }

  @MessageExceptionHandler(errors.TopicError)
  @SendTo('/topic/err')
  onTopic(@StompHeader('simpDestination') destination: string): unknown {
    return { error: 'topic', destination };
  }

  @MessageExceptionHandler(errors.VoidHandlerError)
  onVoid(@StompHeader('x-tag') tag: string): void {
    this.seen.add(tag);
  }

  @MessageExceptionHandler(errors.FailingHandlerError)
  @SendToUser('/queue/errors', { broadcast: false })
  onFailing(): string {
    throw new Error('the exception handler failed');
  }
}
