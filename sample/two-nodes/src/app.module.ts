import { Module, type DynamicModule } from '@nestjs/common';
import { StompModule } from 'nestjs-stomp';
import { LobbyController } from './lobby.controller.js';
import { NODE_OPTIONS, type NodeOptions } from './node-options.js';
import { NodeController } from './node.controller.js';
import { Presence } from './presence.js';
import { RelayWatch } from './relay-watch.js';
import { stompOptions } from './stomp-options.js';

@Module({ controllers: [LobbyController, NodeController], providers: [Presence, RelayWatch] })
export class AppModule {
  static forRoot(options: NodeOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [StompModule.forRoot(stompOptions(options))],
      providers: [{ provide: NODE_OPTIONS, useValue: options }],
    };
  }
}
