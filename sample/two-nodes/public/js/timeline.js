import { avatar, element } from '/shared/element.js';
import { nodeBadge } from './node-badge.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** What was said, to everybody and privately. */
export class Timeline {
  #list;
  #empty;

  constructor(list) {
    this.#list = list;
    this.#empty = list.querySelector('.empty');
  }

  clear() {
    this.#list.replaceChildren(this.#empty);
  }

  add(said, me) {
    this.#empty.remove();
    this.#list.append(line(said, me));
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}

function line({ from, to, text, node, at }, me) {
  const isMine = from === me;
  const row = element('li', `line${isMine ? ' mine' : ''}${to ? ' private' : ''}`);
  const heading = element('header', '');
  if (!isMine) {
    row.append(avatar(from));
    heading.append(element('b', '', from));
  }
  heading.append(nodeBadge(node));
  if (to) heading.append(element('span', 'between', isMine ? `only to ${to}` : 'only to you'));
  heading.append(element('time', '', clock.format(at)));
  row.append(heading, element('p', 'bubble', text));
  return row;
}
