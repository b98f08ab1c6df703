const KEEP = 180;

/** All stocks with their last minutes. */
export class Stocks {
  #stocks = new Map();

  load(stocks) {
    this.#stocks = new Map(stocks.map((stock) => [stock.ticker, stock]));
  }

  /** Takes a new price in; returns the stock, or nothing while it is not known yet. */
  add(quote) {
    const stock = this.#stocks.get(quote.ticker);
    if (!stock) return undefined;
    stock.history.push(quote);
    if (stock.history.length > KEEP) stock.history.shift();
    return stock;
  }

  get(ticker) {
    return this.#stocks.get(ticker);
  }

  get all() {
    return [...this.#stocks.values()];
  }

  get strongest() {
    return this.all.sort((a, b) => changeOf(b) - changeOf(a))[0];
  }
}

export const priceOf = (stock) => stock.history.at(-1).price;

/** Change since the day began, as a part of the price it began with. */
export const changeOf = (stock) => (priceOf(stock) - stock.open) / stock.open;
