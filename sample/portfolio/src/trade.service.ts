import { Injectable } from '@nestjs/common';
import { OrderRejectedException } from './order-rejected.exception.js';
import type { Order } from './order.js';
import type { PortfolioPosition } from './portfolio-position.js';
import { PortfolioService } from './portfolio.service.js';
import { StockExchange } from './stock-exchange.js';

/** Executes orders. */
@Injectable()
export class TradeService {
  constructor(
    private readonly exchange: StockExchange,
    private readonly portfolios: PortfolioService,
  ) {}

  /** The owner's position after the trade. */
  execute({ action, ticker, shares }: Order, owner: string): PortfolioPosition {
    if (!this.exchange.has(ticker))
      throw new OrderRejectedException(`${ticker} is not traded here`);
    const held = this.portfolios.sharesOf(owner, ticker);
    if (action === 'SELL' && held < shares)
      throw new OrderRejectedException(
        `You cannot sell ${shares} ${ticker}: you hold ${held || 'none'}`,
      );
    return this.portfolios.setShares(
      owner,
      ticker,
      action === 'BUY' ? held + shares : held - shares,
    );
  }
}
