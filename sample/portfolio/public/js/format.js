const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const count = new Intl.NumberFormat('en-US');
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export const dollars = (amount) => money.format(amount);
export const shares = (number) => count.format(number);
export const timeOfDay = (time) => clock.format(time);
export const signed = (amount) => (amount < 0 ? '−' : '+') + money.format(Math.abs(amount));
export const percent = (part) => `${part < 0 ? '−' : '+'}${Math.abs(part * 100).toFixed(2)}%`;
export const direction = (amount) => (amount < 0 ? 'down' : 'up');

/** Sets text and `up` or `down` of an element that shows a change. */
export function showChange(element, text, amount) {
  element.textContent = text;
  element.classList.toggle('up', amount >= 0);
  element.classList.toggle('down', amount < 0);
}
