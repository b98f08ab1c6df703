import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { OnStompEvent, SimpMessagingTemplate, type BrokerAvailabilityEvent } from 'nestjs-stomp';
import { StockExchange } from './stock-exchange.js';

/** Publishes every price every second, as long as the broker takes them. */
@Injectable()
export class QuoteService implements OnApplicationBootstrap, OnModuleDestroy {
  private brokerAvailable = false;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly exchange: StockExchange,
    private readonly template: SimpMessagingTemplate,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sendQuotes(), 1000);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  @OnStompEvent('brokerAvailability')
  onBrokerAvailability(event: BrokerAvailabilityEvent): void {
    this.brokerAvailable = event.available;
  }

  private sendQuotes(): void {
    for (const quote of this.exchange.tick()) {
      if (this.brokerAvailable)
        this.template.convertAndSend(`/topic/price.stock.${quote.ticker}`, quote);
    }
  }
}
