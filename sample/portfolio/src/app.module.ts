import { Module, type DynamicModule } from '@nestjs/common';
import { simpleBroker, stompBrokerRelay, StompModule } from 'nestjs-stomp';
import { authenticate } from './authenticate.js';
import { PortfolioService } from './portfolio.service.js';
import { QuoteService } from './quote.service.js';
import { StockExchange } from './stock-exchange.js';
import { TradeController } from './trade.controller.js';
import { TradeService } from './trade.service.js';

const DESTINATIONS = ['/topic', '/queue'];

export interface PortfolioOptions {
  /** STOMP port of a broker on this machine that is to be used instead of the one inside. */
  relayPort?: number;
}

@Module({
  controllers: [TradeController],
  providers: [StockExchange, QuoteService, PortfolioService, TradeService],
})
export class AppModule {
  static forRoot({ relayPort }: PortfolioOptions): DynamicModule {
    const broker = relayPort
      ? stompBrokerRelay({ destinations: DESTINATIONS, port: relayPort })
      : simpleBroker({ destinations: DESTINATIONS });
    const stomp = StompModule.forRoot({
      endpoints: [{ path: '/portfolio', sockJs: true }],
      applicationDestinationPrefixes: ['/app'],
      brokers: [broker],
      authenticate,
    });
    return { module: AppModule, imports: [stomp] };
  }
}
