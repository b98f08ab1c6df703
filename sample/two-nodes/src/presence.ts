import { Injectable } from '@nestjs/common';
import { OnStompEvent, SimpMessagingTemplate, SimpUserRegistry, type SimpUser } from 'nestjs-stomp';

/** Who is online, on all nodes together. */
export interface Online {
  /** Users, each counted once. */
  readonly count: number;
  readonly people: readonly Person[];
}

export interface Person {
  readonly name: string;
  /** Connections to this node. */
  readonly here: number;
  /** Connections to other nodes. */
  readonly elsewhere: number;
}

/** Tells the clients of this node who is online on all of them. */
@Injectable()
export class Presence {
  constructor(
    private readonly template: SimpMessagingTemplate,
    private readonly registry: SimpUserRegistry,
  ) {}

  get online(): Online {
    const people = this.registry.getUsers().map(person);
    return { count: this.registry.getUserCount(), people };
  }

  /** Each node tells its own clients when its registry has changed, so that none is told what another node knows. */
  @OnStompEvent('sessionConnected', 'sessionDisconnect', 'remoteUsers')
  tell(): void {
    this.template.convertAndSend('/node/online', this.online);
  }
}

function person({ name, sessions }: SimpUser): Person {
  const here = [...sessions].filter(({ context }) => context !== undefined).length;
  return { name, here, elsewhere: sessions.size - here };
}
