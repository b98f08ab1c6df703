import { Client } from '@stomp/stompjs';

const RECONNECT_MS = 2000;
/** Refused; token expired; signed out; removed by an admin: nothing that trying again would change. */
const FINAL_CODES = [1008, 4401, 4001, 4403];

/** The STOMP connection of the page. It comes back by itself unless the server ended it for a reason. */
export class Connection extends EventTarget {
  #client;
  #refusal;

  /** @param tokenOf gives the token to connect with */
  constructor(tokenOf) {
    super();
    this.#client = new Client({
      brokerURL: new URL('/chat', location.href.replace(/^http/, 'ws')).href,
      reconnectDelay: RECONNECT_MS,
      beforeConnect: () => {
        this.#client.connectHeaders = { token: tokenOf() };
      },
      onConnect: () => this.#tell('live'),
      onStompError: ({ headers }) => (this.#refusal = headers.message),
      onWebSocketClose: (event) => this.#closed(event),
    });
  }

  get isLive() {
    return this.#client.connected;
  }

  open() {
    this.#refusal = undefined;
    this.#client.activate();
  }

  close() {
    return this.#client.deactivate();
  }

  /** Every message of the destination as long as this connection lasts, JSON parsed. Returns how to end it. */
  subscribe(destination, listener) {
    const subscription = this.#client.subscribe(destination, ({ body }) =>
      listener(JSON.parse(body)),
    );
    return () => subscription.unsubscribe();
  }

  /** Does nothing when there is no connection. */
  send(destination, body = {}) {
    if (!this.isLive) return;
    this.#client.publish({
      destination,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  /** Resolves when the server has taken the new token for this connection. */
  renew(token) {
    const receipt = crypto.randomUUID();
    return new Promise((resolve) => {
      this.#client.watchForReceipt(receipt, resolve);
      this.#client.publish({ destination: '/app/renew', body: token, headers: { receipt } });
    });
  }

  #closed({ code, reason }) {
    if (!this.#client.active) return;
    if (!FINAL_CODES.includes(code)) return this.#tell('lost');
    void this.#client.deactivate();
    this.#tell('ended', this.#refusal ?? reason);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
