import { Controller } from '@nestjs/common';
import { DestinationVariable, MessageMapping, SendTo, StompHeader } from 'nestjs-stomp';

@Controller()
@MessageMapping('/pat')
@SendTo('/topic/pat')
export class PatternController {
  @MessageMapping(['/one', '/uno'])
  multi(@StompHeader('simpDestination') destination: string): string {
    return `multi:${destination}`;
  }

  @MessageMapping('/star/*')
  star(): string {
    return 'star';
  }

  @MessageMapping('/star/fixed')
  starFixed(): string {
    return 'star-fixed';
  }

  @MessageMapping('/deep/**')
  deep(): string {
    return 'deep';
  }

  @MessageMapping('/deep/exact')
  exact(): string {
    return 'exact';
  }

  @MessageMapping('/deep/{id}')
  deepId(@DestinationVariable('id') id: string): string {
    return `deep-id:${id}`;
  }

  @MessageMapping('/deep/{id}/edit')
  deepEdit(@DestinationVariable('id') id: string): string {
    return `deep-edit:${id}`;
  }

  @MessageMapping('/num/{id:[0-9]+}')
  num(@DestinationVariable('id', { type: 'int' }) id: number): string {
    return `num:${id}`;
  }

  @MessageMapping('/num/{name:[a-z]+}')
  alpha(@DestinationVariable('name') name: string): string {
    return `alpha:${name}`;
  }

  @MessageMapping('/q?')
  question(): string {
    return 'question';
  }

  @MessageMapping('/file/{name}.{ext}')
  file(@DestinationVariable('name') name: string, @DestinationVariable('ext') ext: string): string {
    return `file:${name}+${ext}`;
  }

  @MessageMapping('/pre*/end')
  pre(): string {
    return 'pre';
  }

  @MessageMapping('/mid/**/end')
  mid(): string {
    return 'mid';
  }
}
