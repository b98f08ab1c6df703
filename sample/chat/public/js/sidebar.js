import { avatar, byId, element } from '/shared/element.js';

/** The lists of rooms and people. */
export class Sidebar {
  #on;

  /** @param on `{ openRoom(name), openPerson(name), kick(name) }` */
  constructor(on) {
    this.#on = on;
  }

  draw({ conversations, people, me, isAdmin }) {
    byId('rooms').replaceChildren(
      ...conversations.rooms.map((room) => this.#room(room, conversations)),
    );
    const known = new Set([...people.keys(), ...conversations.private.map(({ name }) => name)]);
    known.delete(me);
    const rows = [...known]
      .sort()
      .map((name) =>
        this.#person(conversations.with(name), people.get(name), conversations, isAdmin),
      );
    byId('people').replaceChildren(...rows);
    if (rows.length === 0) byId('people').append(element('li', 'away', 'Nobody else'));
    byId('online-count').textContent = String(people.size);
  }

  #room(room, { open }) {
    const row = entry(room, open, element('span', 'hash', '#'), () => this.#on.openRoom(room.name));
    row.dataset.room = room.name;
    if (!room.leave) row.firstChild.classList.add('away');
    return row;
  }

  #person(conversation, person, { open }, isAdmin) {
    const { name } = conversation;
    const picture = avatar(name, `dot ${person ? 'online' : ''}`);
    const row = entry(conversation, open, picture, () => this.#on.openPerson(name));
    row.dataset.person = name;
    row.dataset.online = String(person !== undefined);
    if (!person) row.firstChild.classList.add('away');
    for (const role of person?.roles ?? [])
      row.querySelector('.name').append(' ', element('span', 'role', role));
    if (isAdmin && person) row.append(this.#kickButton(name));
    return row;
  }

  #kickButton(name) {
    const button = element('button', 'icon kick', '✕');
    button.type = 'button';
    button.title = `Remove ${name}`;
    button.setAttribute('aria-label', button.title);
    button.addEventListener('click', () => this.#on.kick(name));
    return button;
  }
}

function entry(conversation, open, picture, onClick) {
  const button = element('button', '', picture, element('span', 'name', conversation.name));
  button.type = 'button';
  button.setAttribute('aria-current', String(conversation === open));
  button.addEventListener('click', onClick);
  if (conversation.unread) button.append(element('span', 'badge', String(conversation.unread)));
  return element('li', '', button);
}
