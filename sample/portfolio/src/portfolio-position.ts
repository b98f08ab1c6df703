/** Shares of one company in somebody's portfolio. */
export interface PortfolioPosition {
  readonly company: string;
  readonly ticker: string;
  readonly price: number;
  readonly shares: number;
  /** Milliseconds since 1970. */
  readonly updateTime: number;
}
