const LASTS_MS = 3000;
const TELL_EVERY_MS = 1500;

/** Who is writing just now, in which room. */
export class Typing {
  #line;
  #until = new Map();
  #room;
  #toldAt = 0;

  constructor(line) {
    this.#line = line;
  }

  show(room) {
    this.#room = room;
    this.#draw();
  }

  started({ room, name }) {
    this.#until.set(`${room} ${name}`, { room, name, until: Date.now() + LASTS_MS });
    this.#draw();
    setTimeout(() => this.#draw(), LASTS_MS);
  }

  stopped({ room, name }) {
    this.#until.delete(`${room} ${name}`);
    this.#draw();
  }

  /** Whether others should be told that this user is writing: now and then only. */
  isNews() {
    if (Date.now() - this.#toldAt < TELL_EVERY_MS) return false;
    this.#toldAt = Date.now();
    return true;
  }

  /** What was written is sent: the next letter is news. */
  sent() {
    this.#toldAt = 0;
  }

  #draw() {
    for (const [key, { until }] of this.#until) if (until <= Date.now()) this.#until.delete(key);
    const names = [...this.#until.values()]
      .filter(({ room }) => room === this.#room)
      .map(({ name }) => name);
    const verb = names.length > 1 ? 'are' : 'is';
    this.#line.textContent = names.length ? `${names.join(' and ')} ${verb} typing …` : '';
  }
}
