import { Injectable } from '@nestjs/common';
import { OnStompEvent, type SessionDisconnectEvent } from 'nestjs-stomp';
import type { PortfolioPosition } from './portfolio-position.js';
import { StockExchange } from './stock-exchange.js';

type Shares = Map<string, number>;

const OF_USERS: Record<string, Record<string, number>> = {
  fabrice: { CTXS: 75, DELL: 50, MSFT: 33, ORCL: 45 },
  paulson: { EMC: 75, GOOG: 5, VMW: 23, RHT: 15 },
};
const OF_GUESTS = { AAPL: 20, IBM: 15, INTC: 120, MSFT: 10 };

/** Who holds what. A guest has a portfolio of their own until their session ends. */
@Injectable()
export class PortfolioService {
  private readonly portfolios = new Map<string, Shares>();

  constructor(private readonly exchange: StockExchange) {
    for (const [user, shares] of Object.entries(OF_USERS))
      this.portfolios.set(user, new Map(Object.entries(shares)));
  }

  /** What an owner, a user's name or a guest's session id, holds. */
  positionsOf(owner: string): PortfolioPosition[] {
    return [...this.portfolioOf(owner)]
      .filter(([, shares]) => shares > 0)
      .map(([ticker, shares]) => this.position(ticker, shares));
  }

  sharesOf(owner: string, ticker: string): number {
    return this.portfolioOf(owner).get(ticker) ?? 0;
  }

  setShares(owner: string, ticker: string, shares: number): PortfolioPosition {
    this.portfolioOf(owner).set(ticker, shares);
    return this.position(ticker, shares);
  }

  @OnStompEvent('sessionDisconnect')
  forgetGuest({ session, user }: SessionDisconnectEvent): void {
    if (!user) this.portfolios.delete(session.id);
  }

  private portfolioOf(owner: string): Shares {
    let portfolio = this.portfolios.get(owner);
    if (!portfolio) this.portfolios.set(owner, (portfolio = new Map(Object.entries(OF_GUESTS))));
    return portfolio;
  }

  private position(ticker: string, shares: number): PortfolioPosition {
    const { exchange } = this;
    return {
      company: exchange.companyOf(ticker),
      ticker,
      price: exchange.priceOf(ticker),
      shares,
      updateTime: Date.now(),
    };
  }
}
