import { avatar, byId, element } from '/shared/element.js';

/** The list of who is online. @param onChoose is given the name of somebody to write to */
export class People {
  #onChoose;
  #shown = { count: 0, people: [] };

  constructor(onChoose) {
    this.#onChoose = onChoose;
  }

  show(online) {
    this.#shown = online;
  }

  has(name) {
    return this.#shown.people.some((one) => one.name === name);
  }

  draw(me, recipient) {
    const { count, people } = this.#shown;
    byId('count').textContent = String(count);
    const sorted = people.toSorted((a, b) => a.name.localeCompare(b.name));
    byId('people').replaceChildren(...sorted.map((person) => this.#row(person, me, recipient)));
  }

  #row(person, me, recipient) {
    const { name } = person;
    const title = element('b', '', name === me ? `${name} (you)` : name);
    const about = element('div', '', title, element('small', '', whereabouts(person)));
    const button = element('button', '', avatar(name), about);
    button.type = 'button';
    button.disabled = name === me;
    button.title = name === me ? '' : `Write to ${name} privately`;
    button.setAttribute('aria-pressed', String(name === recipient));
    button.addEventListener('click', () => this.#onChoose(name));
    const row = element('li', '', button);
    row.dataset.person = name;
    return row;
  }
}

function whereabouts({ here, elsewhere }) {
  const places = [];
  if (here) places.push(`on this node${times(here)}`);
  if (elsewhere) places.push(`on the other node${times(elsewhere)}`);
  return places.join(', ');
}

const times = (count) => (count > 1 ? ` ×${count}` : '');
