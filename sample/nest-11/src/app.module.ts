import { Module } from '@nestjs/common';
import { StompModule } from 'nestjs-stomp';
import { Depot } from './depot.js';
import { TradeController } from './trade.controller.js';

@Module({
  imports: [
    StompModule.forRoot({ endpoints: ['/stomp'], applicationDestinationPrefixes: ['/app'] }),
  ],
  controllers: [TradeController],
  providers: [Depot],
})
export class AppModule {}
