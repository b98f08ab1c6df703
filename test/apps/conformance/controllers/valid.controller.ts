import { Controller, ValidationPipe } from '@nestjs/common';
import { MessageMapping, Payload, SendToUser } from 'nestjs-stomp';
import { readValidPerson, ValidPerson } from '../people.js';

@Controller()
@MessageMapping('/valid')
export class ValidController {
  @MessageMapping('/person')
  @SendToUser('/queue/valid')
  person(@Payload(readValidPerson, ValidationPipe) person: ValidPerson): string {
    return `ok:${person.name}:${person.age}`;
  }
}
