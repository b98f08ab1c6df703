import { byId } from '/shared/element.js';

/** Shows how long the token is good for, and how often it has been renewed. */
export class TokenLife {
  #session;
  #renewals = 0;

  constructor(session) {
    this.#session = session;
    setInterval(() => this.draw(), 1000);
  }

  begin() {
    this.#renewals = 0;
    this.draw();
  }

  renewed() {
    this.#renewals++;
    this.draw();
  }

  draw() {
    const { current } = this.#session;
    if (!current) return;
    const leftMs = Math.max(0, current.expiresAt - Date.now());
    const times = this.#renewals ? ` · renewed ${this.#renewals}×` : '';
    byId('token').textContent = `${Math.ceil(leftMs / 1000)} s left${times}`;
    byId('token').dataset.renewals = String(this.#renewals);
    byId('life').style.setProperty('--life', Math.min(1, leftMs / current.lifeMs));
  }
}
