import { Controller } from '@nestjs/common';
import { MessageMapping, Payload } from 'nestjs-stomp';
import { Person, readPerson } from '../people.js';

@Controller()
export class GreetingController {
  @MessageMapping('/greeting')
  greeting(@Payload(readPerson) person: Person): { content: string } {
    return { content: `Hello, ${person.name}!` };
  }

  @MessageMapping('nolead')
  nolead(body: string): string {
    return `nolead:${body}`;
  }
}
