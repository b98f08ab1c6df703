const STORED = 'chat-token';

/** The token of this tab: another tab may be another user. */
export class Session extends EventTarget {
  /** `{ token, name, roles, expiresAt }`, undefined when nobody is signed in. */
  current = load();

  get name() {
    return this.current?.name;
  }

  get isAdmin() {
    return this.current?.roles.includes('admin') === true;
  }

  async login(name, password) {
    this.#keep(await post('/login', { body: { name, password } }));
  }

  /** Gets a new token for the one there is, and returns it; undefined when that one was forgotten meanwhile. */
  async renew() {
    const before = this.current;
    const issued = await post('/renew', { token: before.token });
    if (this.current !== before) return undefined;
    this.#keep(issued);
    return issued.token;
  }

  /** Tells the server, which closes the sockets of this user. */
  async logout() {
    await post('/logout', { token: this.current.token });
  }

  forget() {
    this.current = undefined;
    sessionStorage.removeItem(STORED);
  }

  #keep(issued) {
    this.current = { ...issued, lifeMs: issued.expiresAt - Date.now() };
    sessionStorage.setItem(STORED, JSON.stringify(this.current));
    this.dispatchEvent(new Event('change'));
  }
}

function load() {
  const stored = JSON.parse(sessionStorage.getItem(STORED));
  return stored?.expiresAt > Date.now() ? stored : undefined;
}

async function post(path, { body, token }) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}
