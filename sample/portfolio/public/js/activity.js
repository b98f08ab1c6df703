import { timeOfDay } from './format.js';

const KEEP = 50;

/** What happened, newest first. */
export class Activity {
  #list;

  constructor(list) {
    this.#list = list;
  }

  /** @param kind `confirmed`, `refused` or `note` */
  add(kind, text) {
    const item = document.createElement('li');
    item.className = kind;
    const [what, when] = [document.createElement('span'), document.createElement('time')];
    what.textContent = text;
    when.textContent = timeOfDay(Date.now());
    item.append(what, when);
    this.#list.prepend(item);
    while (this.#list.children.length > KEEP) this.#list.lastElementChild.remove();
  }
}
