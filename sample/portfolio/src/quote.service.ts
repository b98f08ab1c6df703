import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { OnStompEvent, SimpMessagingTemplate, type BrokerAvailabilityEvent } from 'nestjs-stomp';
import { StockExchange } from './stock-exchange.js';

/** Publishes every price every second, as long as the broker takes them. */
@Injectable()
export class QuoteService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(QuoteService.name);
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
  onBrokerAvailability({ available }: BrokerAvailabilityEvent): void {
    this.brokerAvailable = available;
  }

  private sendQuotes(): void {
    const quotes = this.exchange.tick();
    if (!this.brokerAvailable) return;
    try {
      for (const quote of quotes)
        this.template.convertAndSend(`/topic/price.stock.${quote.ticker}`, quote);
    } catch (error) {
      this.logger.warn(`Prices were not sent: ${String(error)}`);
    }
  }
}
