import { Connection } from '/shared/connection.js';

/** Refused; token expired; signed out; removed by an admin: nothing that trying again would change. */
const FINAL_CODES = [1008, 4401, 4402, 4403];

/** The connection of the one who is signed in. */
export class ChatConnection extends Connection {
  /** @param tokenOf gives the token to connect with */
  constructor(tokenOf) {
    super({ path: '/chat', finalCodes: FINAL_CODES, headers: () => ({ token: tokenOf() }) });
  }

  /** Resolves when the server has taken the new token for this connection. */
  renew(token) {
    return this.sendWithReceipt('/app/renew', token);
  }
}
