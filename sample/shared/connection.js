import { Client } from '@stomp/stompjs';

const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A STOMP connection to the server of the page. It comes back by itself (`lost`, then `live`)
 * unless the server ended it for a reason (`ended`, with the reason).
 */
export class Connection extends EventTarget {
  #client;
  #finalCodes;
  #refusal;

  /** @param options `{ path, finalCodes, headers }`: close codes after which trying again would change nothing; what gives the headers of each CONNECT */
  constructor({ path, finalCodes, headers }) {
    super();
    this.#finalCodes = finalCodes;
    this.#client = new Client({
      brokerURL: new URL(path, location.href.replace(/^http/, 'ws')).href,
      reconnectDelay: RECONNECT_MS,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      // A dead network answers no close: waiting for one takes a minute more.
      discardWebsocketOnCommFailure: true,
      beforeConnect: () => {
        this.#client.connectHeaders = headers();
      },
      onConnect: () => this.#tell('live'),
      onStompError: ({ body }) => (this.#refusal = body.split('\n', 1)[0]),
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

  /** Resolves when the server has done with the text what it is for. */
  sendWithReceipt(destination, body) {
    const receipt = crypto.randomUUID();
    return new Promise((resolve) => {
      this.#client.watchForReceipt(receipt, resolve);
      this.#client.publish({ destination, body, headers: { receipt } });
    });
  }

  #closed({ code, reason }) {
    if (!this.#client.active) return;
    if (!this.#finalCodes.includes(code)) return this.#tell('lost');
    void this.#client.deactivate();
    this.#tell('ended', this.#refusal ?? reason);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
