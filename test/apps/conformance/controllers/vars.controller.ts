import { Controller } from '@nestjs/common';
import { DestinationVariable, MessageMapping, SendTo } from 'nestjs-stomp';

@Controller()
@MessageMapping('/vars')
@SendTo('/topic/vars')
export class VarsController {
  @MessageMapping('/name/{name}')
  name(@DestinationVariable('name') name: string): string {
    return `name:${name}`;
  }

  @MessageMapping('/int/{id}')
  int(@DestinationVariable('id', { type: 'int' }) id: number): string {
    return `int:${id + 1}`;
  }

  @MessageMapping('/bool/{flag}')
  bool(@DestinationVariable('flag') flag: boolean): string {
    return `bool:${!flag}`;
  }

  @MessageMapping('/double/{value}')
  double(@DestinationVariable('value') value: number): string {
    return `double:${value + 0.25}`;
  }

  @MessageMapping('/{a}/and/{b}')
  both(@DestinationVariable('b') b: string, @DestinationVariable('a') a: string): string {
    return `${a}&${b}`;
  }

  @MessageMapping('/absent/{a}')
  absent(@DestinationVariable('nope') nope: string): string {
    return `absent:${nope}`;
  }
}
