import { dollars } from './format.js';
import { priceOf } from './stocks.js';

/** The form that sends orders. */
export class Ticket {
  #form;
  #stocks;
  #button;
  #isLive = false;
  #isPending = false;

  constructor(form, stocks, send) {
    this.#form = form;
    this.#stocks = stocks;
    this.#button = form.querySelector('button');
    form.addEventListener('input', () => this.draw());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#isPending = true;
      this.draw();
      send(this.order);
    });
  }

  load(stocks) {
    const { ticker } = this.#form.elements;
    if (ticker.options.length) return;
    ticker.append(
      ...stocks.map((stock) => new Option(`${stock.ticker} · ${stock.company}`, stock.ticker)),
    );
  }

  select(ticker) {
    this.#form.elements.ticker.value = ticker;
    this.draw();
  }

  /** The answer to an order has come. */
  settle() {
    this.#isPending = false;
    this.draw();
  }

  setLive(isLive) {
    this.#isLive = isLive;
    this.#isPending = false;
    this.draw();
  }

  get order() {
    const { action, ticker, shares } = this.#form.elements;
    return { action: action.value, ticker: ticker.value, shares: shares.valueAsNumber };
  }

  draw() {
    const { action, ticker, shares } = this.order;
    const stock = this.#stocks.get(ticker);
    const verb = action === 'BUY' ? 'Buy' : 'Sell';
    this.#form.querySelector('output').textContent =
      stock && shares ? dollars(shares * priceOf(stock)) : '–';
    this.#button.disabled = !this.#isLive || this.#isPending;
    this.#button.textContent = this.#isPending ? 'Sent …' : `${verb} ${ticker}`;
  }
}
