import { Controller, Inject } from '@nestjs/common';
import {
  DestinationVariable,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SendToUser,
  SimpMessagingTemplate,
  SimpUserRegistry,
  SubscribeMapping,
  type StompPrincipal,
} from 'nestjs-stomp';
import { Line, linePipe, type Said } from './line.js';
import { NODE_OPTIONS, type NodeOptions } from './node-options.js';
import { Presence, type Online } from './presence.js';

/** What users say and ask. Nothing here knows that there are several nodes. */
@Controller()
export class LobbyController {
  constructor(
    @Inject(NODE_OPTIONS) private readonly node: NodeOptions,
    private readonly presence: Presence,
    private readonly template: SimpMessagingTemplate,
    private readonly registry: SimpUserRegistry,
  ) {}

  @SubscribeMapping('online')
  online(): Online {
    return this.presence.online;
  }

  @MessageMapping('say')
  @SendTo('/topic/lobby')
  say(@Payload(linePipe) { text }: Line, @Principal() { name: from }: StompPrincipal): Said {
    return { from, text, node: this.node.name, at: Date.now() };
  }

  /** To all sessions of the other and of the sender, wherever they are. */
  @MessageMapping('private.{name}')
  whisper(
    @DestinationVariable('name') to: string,
    @Payload(linePipe) { text }: Line,
    @Principal() { name: from }: StompPrincipal,
  ): void {
    const said: Said = { from, to, text, node: this.node.name, at: Date.now() };
    for (const name of new Set([to, from]))
      this.template.convertAndSendToUser(name, '/queue/private', said);
  }

  /** Closes all connections of the user, on both nodes. */
  @MessageMapping('sign-out')
  signOut(@Principal() { name }: StompPrincipal): void {
    this.registry.disconnect(name, { code: 4402, reason: 'Signed out everywhere' });
  }

  @MessageExceptionHandler()
  @SendToUser('/queue/errors', { broadcast: false })
  failed(): { message: string } {
    return { message: 'This could not be read' };
  }
}
