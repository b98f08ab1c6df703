import { dollars, percent, showChange } from './format.js';
import { drawSparkline, sparkline } from './sparkline.js';
import { changeOf, priceOf } from './stocks.js';

/** The list of all stocks; a click selects one. */
export class Market {
  #list;
  #rows = new Map();
  #select;

  constructor(list, select) {
    this.#list = list;
    this.#select = select;
  }

  load(stocks) {
    this.#rows.clear();
    this.#list.replaceChildren(...stocks.map((stock) => this.#row(stock)));
  }

  update(stock) {
    const row = this.#rows.get(stock.ticker);
    const [before, last] = stock.history.slice(-2);
    row.price.textContent = dollars(priceOf(stock));
    showChange(row.change, percent(changeOf(stock)), changeOf(stock));
    drawSparkline(row.spark, stock.history);
    if (before && last.price !== before.price) flash(row.price, last.price > before.price);
  }

  mark(ticker) {
    for (const [other, { button }] of this.#rows)
      button.setAttribute('aria-pressed', String(other === ticker));
  }

  #row(stock) {
    const button = document.createElement('button');
    button.className = 'quote';
    button.type = 'button';
    button.dataset.ticker = stock.ticker;
    button.innerHTML =
      '<span><b class="name"></b><small></small></span><span class="last"><b></b><small></small></span>';
    button.querySelector('.name').textContent = stock.ticker;
    button.querySelector('small').textContent = stock.company;
    button.addEventListener('click', () => this.#select(stock.ticker));
    const spark = sparkline();
    button.firstElementChild.after(spark);
    const [price, change] = button.querySelectorAll('.last > *');
    this.#rows.set(stock.ticker, { button, price, change, spark });
    this.update(stock);
    const item = document.createElement('li');
    item.append(button);
    return item;
  }
}

function flash(element, isUp) {
  element.classList.remove('ticked-up', 'ticked-down');
  void element.offsetWidth; // restarts the animation
  element.classList.add(isUp ? 'ticked-up' : 'ticked-down');
}
