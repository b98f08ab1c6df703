import { Module } from '@nestjs/common';
import { simpleBroker, StompModule } from 'nestjs-stomp';
import { authenticate } from './authenticate.js';
import { PortfolioService } from './portfolio.service.js';
import { QuoteService } from './quote.service.js';
import { StockExchange } from './stock-exchange.js';
import { TradeController } from './trade.controller.js';
import { TradeService } from './trade.service.js';

@Module({
  imports: [
    StompModule.forRoot({
      endpoints: ['/portfolio'],
      applicationDestinationPrefixes: ['/app'],
      brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
      authenticate,
    }),
  ],
  controllers: [TradeController],
  providers: [StockExchange, QuoteService, PortfolioService, TradeService],
})
export class AppModule {}
