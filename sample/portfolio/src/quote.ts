/** A price of one stock, as it goes to `/topic/price.stock.<ticker>`. */
export interface Quote {
  readonly ticker: string;
  readonly price: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A stock and its last minutes, as a page needs them to draw its first chart. */
export interface Stock {
  readonly ticker: string;
  readonly company: string;
  /** Price the day began with. */
  readonly open: number;
  readonly history: readonly Quote[];
}
