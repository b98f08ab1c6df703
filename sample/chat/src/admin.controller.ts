import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SimpUserRegistry,
  type StompPrincipal,
} from 'nestjs-stomp';
import { ChatException } from './chat.exception.js';
import { Line, linePipe } from './line.js';
import { Tokens } from './tokens.js';

interface Announcement {
  readonly from: string;
  readonly text: string;
}

/** What admins may do. The rules for `/app/admin/**` see to it that nobody else gets here. */
@Controller()
@MessageMapping('admin')
export class AdminController {
  constructor(
    private readonly tokens: Tokens,
    private readonly registry: SimpUserRegistry,
  ) {}

  @MessageMapping('announce')
  @SendTo('/topic/announcements')
  announce(@Payload(linePipe) { text }: Line, @Principal() { name }: StompPrincipal): Announcement {
    return { from: name, text };
  }

  @MessageMapping('kick.{name}')
  kick(@DestinationVariable('name') name: string, @Principal() admin: StompPrincipal): void {
    if (name === admin.name) throw new ChatException('Sign out if you want to go');
    if (!this.registry.getUser(name)) throw new ChatException(`${name} is not online`);
    this.tokens.revoke(name);
    this.registry.disconnect(name, { code: 4403, reason: `${admin.name} has removed you` });
  }
}
