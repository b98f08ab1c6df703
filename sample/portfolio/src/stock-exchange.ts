import { Injectable } from '@nestjs/common';
import type { Quote, Stock } from './quote.js';

const LISTED: readonly [ticker: string, company: string, open: number][] = [
  ['AAPL', 'Apple Inc.', 212.4],
  ['CTXS', 'Citrix Systems', 103.9],
  ['DELL', 'Dell Technologies', 118.35],
  ['EMC', 'EMC Corporation', 29.05],
  ['GOOG', 'Alphabet Inc.', 171.2],
  ['IBM', 'IBM', 245.6],
  ['INTC', 'Intel', 31.15],
  ['MMM', '3M Company', 104.8],
  ['MSFT', 'Microsoft', 415.3],
  ['ORCL', 'Oracle', 141.75],
  ['RHT', 'Red Hat', 189.95],
  ['VMW', 'VMware', 142.5],
];
const HISTORY_LENGTH = 180;
const TICK_MS = 1000;

interface Listing extends Stock {
  readonly history: Quote[];
  /** How fast the price is moving, as a part of itself: gives the walk a trend that lasts some seconds. */
  drift: number;
}

/** An invented stock exchange: a dozen prices that walk at random around what they began with. */
@Injectable()
export class StockExchange {
  private readonly listings = new Map<string, Listing>();

  constructor() {
    const begin = Date.now() - HISTORY_LENGTH * TICK_MS;
    for (const [ticker, company, open] of LISTED)
      this.listings.set(ticker, { ticker, company, open, history: [], drift: 0 });
    for (let tick = 0; tick < HISTORY_LENGTH; tick++) this.tick(begin + tick * TICK_MS);
  }

  get stocks(): readonly Stock[] {
    return [...this.listings.values()].map(({ ticker, company, open, history }) => ({
      ticker,
      company,
      open,
      history,
    }));
  }

  has(ticker: string): boolean {
    return this.listings.has(ticker);
  }

  companyOf(ticker: string): string {
    return this.listings.get(ticker)?.company ?? ticker;
  }

  priceOf(ticker: string): number {
    return this.listings.get(ticker)?.history.at(-1)?.price ?? 0;
  }

  /** Moves every price and returns the new ones. */
  tick(time = Date.now()): Quote[] {
    return [...this.listings.values()].map((listing) => this.move(listing, time));
  }

  private move(listing: Listing, time: number): Quote {
    const { ticker, open, history } = listing;
    const last = history.at(-1)?.price ?? open;
    const pull = ((open - last) / open) * 0.004;
    listing.drift = listing.drift * 0.92 + (Math.random() - 0.5) * 0.0012 + pull;
    const noise = (Math.random() - 0.5) * 0.0014;
    const price = Math.round(last * (1 + listing.drift + noise) * 100) / 100;
    const quote = { ticker, price, time };
    history.push(quote);
    if (history.length > HISTORY_LENGTH) history.shift();
    return quote;
  }
}
