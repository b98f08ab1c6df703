import { dollars, shares } from './format.js';
import { priceOf } from './stocks.js';

/** What the account holds. */
export class Positions {
  #body;
  #empty;
  #stocks;
  #positions = new Map();

  constructor(body, empty, stocks) {
    this.#body = body;
    this.#empty = empty;
    this.#stocks = stocks;
  }

  load(positions) {
    this.#positions = new Map(positions.map((position) => [position.ticker, position]));
    this.draw();
  }

  /** Takes a confirmed position in; returns how many shares came or went. */
  update(position) {
    const before = this.#positions.get(position.ticker)?.shares ?? 0;
    if (position.shares) this.#positions.set(position.ticker, position);
    else this.#positions.delete(position.ticker);
    this.draw(position.ticker);
    return position.shares - before;
  }

  draw(changed) {
    const total = this.value;
    this.#body.replaceChildren(
      ...[...this.#positions.values()].map((position) => this.#row(position, total)),
    );
    this.#empty.hidden = this.#positions.size > 0;
    this.#body.querySelector(`[data-ticker='${changed}']`)?.classList.add('changed');
  }

  /** New prices, without a new table. */
  reprice() {
    const total = this.value;
    for (const row of this.#body.rows) fill(row, ...this.#figures(row.dataset.ticker, total));
  }

  get count() {
    return this.#positions.size;
  }

  get value() {
    return this.#sum((stock) => priceOf(stock));
  }

  /** What the day brought so far. */
  get gain() {
    return this.#sum((stock) => priceOf(stock) - stock.open);
  }

  #sum(amount) {
    let sum = 0;
    for (const { ticker, shares } of this.#positions.values()) {
      const stock = this.#stocks.get(ticker);
      if (stock) sum += shares * amount(stock);
    }
    return sum;
  }

  #row(position, total) {
    const row = document.createElement('tr');
    row.dataset.ticker = position.ticker;
    row.innerHTML =
      '<td><b></b><small></small></td><td class="number"></td><td class="number"></td>' +
      '<td class="number"></td><td class="part"><i></i></td>';
    row.querySelector('b').textContent = position.ticker;
    row.querySelector('small').textContent = position.company;
    row.cells[1].textContent = shares(position.shares);
    fill(row, ...this.#figures(position.ticker, total));
    return row;
  }

  #figures(ticker, total) {
    const position = this.#positions.get(ticker);
    const stock = this.#stocks.get(ticker);
    const price = stock ? priceOf(stock) : position.price;
    return [price, price * position.shares, (price * position.shares) / (total || 1)];
  }
}

function fill(row, price, value, part) {
  row.cells[2].textContent = dollars(price);
  row.cells[3].textContent = dollars(value);
  row.querySelector('i').style.setProperty('--part', `${(part * 100).toFixed(1)}%`);
}
