import { followTheme } from '/shared/theme.js';
import { Activity } from './activity.js';
import { Chart } from './chart.js';
import { Connection } from './connection.js';
import { direction, dollars, percent, shares, showChange, signed } from './format.js';
import { Market } from './market.js';
import { Positions } from './positions.js';
import { Stocks, changeOf, priceOf } from './stocks.js';
import { Ticket } from './ticket.js';

const element = (id) => document.getElementById(id);
const STATUS = { connecting: 'Connecting', live: 'Live', lost: 'Connection lost, trying again' };

const connection = new Connection();
const stocks = new Stocks();
const chart = new Chart(element('chart'));
const market = new Market(element('market'), select);
const positions = new Positions(element('positions'), element('no-positions'), stocks);
const ticket = new Ticket(element('order'), stocks, (order) =>
  connection.send('/app/trade', order),
);
const activity = new Activity(element('activity'));
let selected = 'MMM';

connection.subscribe('/app/stocks', (all) => {
  stocks.load(all);
  market.load(all);
  ticket.load(all);
  select(selected);
});
connection.subscribe('/app/positions', (all) => {
  positions.load(all);
  drawSummary();
});
connection.subscribe('/topic/price.stock.*', (quote) => {
  const stock = stocks.add(quote);
  if (!stock) return;
  market.update(stock);
  positions.reprice();
  if (stock.ticker === selected) drawStock();
  drawSummary();
});
connection.subscribe('/user/queue/position-updates', (position) => {
  const traded = positions.update(position);
  const verb = traded < 0 ? 'Sold' : 'Bought';
  activity.add(
    'confirmed',
    `${verb} ${shares(Math.abs(traded))} ${position.ticker} at ${dollars(position.price)}`,
  );
  ticket.settle();
  drawSummary();
});
connection.subscribe('/user/queue/errors', (text) => {
  activity.add('refused', text);
  ticket.settle();
});

connection.addEventListener('connecting', () => showConnection('connecting'));
connection.addEventListener('live', () => {
  if (document.body.dataset.connection === 'lost') activity.add('note', 'Connected again');
  showConnection('live');
});
connection.addEventListener('lost', () => {
  if (document.body.dataset.connection === 'live') activity.add('refused', 'Connection lost');
  showConnection('lost');
});
connection.addEventListener('refused', ({ detail }) => activity.add('refused', detail));

element('accounts').addEventListener('change', ({ target }) => {
  connection.open(target.value);
});
followTheme(element('theme'), () => chart.draw());
// It may have been chosen before this script ran.
connection.open(document.querySelector('[name=account]:checked').value);

function select(ticker) {
  selected = ticker;
  market.mark(ticker);
  ticket.select(ticker);
  drawStock();
}

function showConnection(state) {
  document.body.dataset.connection = state;
  element('status').lastElementChild.textContent = STATUS[state];
  ticket.setLive(state === 'live');
}

function drawStock() {
  const stock = stocks.get(selected);
  const change = changeOf(stock);
  element('stock-company').textContent = stock.company;
  element('stock-ticker').textContent = stock.ticker;
  element('stock-price').textContent = dollars(priceOf(stock));
  showChange(
    element('stock-change'),
    `${signed(priceOf(stock) - stock.open)} (${percent(change)})`,
    change,
  );
  chart.show(stock.history);
  ticket.draw();
}

function drawSummary() {
  const { value, gain, count } = positions;
  element('value').textContent = dollars(value);
  element('holdings').textContent = String(count);
  showChange(element('today'), signed(gain), gain);
  if (value) element('today').append(small(` ${percent(gain / (value - gain))}`));
  const best = stocks.strongest;
  if (!best) return;
  const change = changeOf(best);
  element('strongest').replaceChildren(
    best.ticker,
    small(` ${percent(change)}`, direction(change)),
  );
}

function small(text, className = '') {
  const result = document.createElement('small');
  result.textContent = text;
  result.className = className;
  return result;
}
