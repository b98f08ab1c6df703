const EMPTY = { topic: '', members: [], lines: [], unread: 0, leave: undefined };

/** The rooms there are and the private conversations of this user; one of them is open. */
export class Conversations {
  open = undefined;
  #all = new Map();

  room(name) {
    return this.#get(`#${name}`, { name, isRoom: true });
  }

  with(name) {
    return this.#get(`@${name}`, { name, isRoom: false });
  }

  get rooms() {
    return [...this.#all.values()].filter(({ isRoom }) => isRoom);
  }

  get private() {
    return [...this.#all.values()].filter(({ isRoom }) => !isRoom);
  }

  /** Adds what was said or happened; counts as unread unless it is in front of the reader. */
  add(conversation, line) {
    conversation.lines.push(line);
    if (conversation !== this.open && line.kind === 'said') conversation.unread++;
  }

  clear() {
    this.#all.clear();
    this.open = undefined;
  }

  #get(key, initial) {
    if (!this.#all.has(key)) this.#all.set(key, { ...EMPTY, ...initial, members: [], lines: [] });
    return this.#all.get(key);
  }
}
