import WebSocket from 'ws';

const VERSIONS = ['1.0', '1.1', '1.2'];
const QUEUES = 8;
const TOPICS = 20;
const ENDINGS = ['disconnect', 'disconnect', 'close', 'vanish', 'vanish', 'mistake', 'stall'];

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A client that does what chance says, and goes as chance says. Counts what it sends and gets in `counts`. */
export class SoakClient {
  constructor(url, random, counts) {
    this.random = random;
    this.counts = counts;
    this.version = this.pick(VERSIONS);
    this.subscriptions = new Map();
    this.waiting = [];
    this.transactions = [];
    this.ids = 0;
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.binaryType = 'nodebuffer';
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => this.onMessage(data.toString('latin1')));
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.connected = new Promise((resolve) => {
      this.onConnected = resolve;
      this.socket.once('close', resolve);
    });
  }

  /** Comes, does so many things, and goes. */
  async live(steps) {
    await new Promise((resolve) => {
      this.socket.once('open', resolve);
      this.socket.once('close', resolve);
    });
    const login = this.random() < 0.7 ? { login: `user-${this.below(20)}` } : {};
    const heartbeat = this.random() < 0.5 ? '0,0' : '10000,10000';
    this.frame('CONNECT', {
      'accept-version': this.version,
      host: 'soak',
      'heart-beat': heartbeat,
      ...login,
    });
    // Some are gone before they are connected.
    if (this.random() < 0.05) return this.vanish();
    await this.connected;
    for (let step = 0; step < steps && this.socket.readyState === WebSocket.OPEN; step++) {
      this.act();
      if (this.random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
    }
    await this[this.pick(ENDINGS)]();
  }

  act() {
    const chance = this.random();
    if (chance < 0.2) this.subscribe();
    else if (chance < 0.45) this.send(`/topic/t.${this.below(TOPICS)}`);
    else if (chance < 0.6) this.send(`/queue/work/${this.below(QUEUES)}`);
    else if (chance < 0.7) this.send(this.pick(['/app/echo', '/app/later', '/app/fails']));
    else if (chance < 0.75) this.send(`/user/user-${this.below(20)}/queue/replies`);
    else if (chance < 0.8) this.unsubscribe();
    else if (chance < 0.9) this.transact();
    else this.acknowledge();
  }

  subscribe() {
    const id = `s${++this.ids}`;
    const ack = this.pick(['auto', 'auto', 'client', 'client-individual']);
    const destination = this.pick([
      `/topic/t.${this.below(TOPICS)}`,
      '/topic/t.*',
      `/queue/work/${this.below(QUEUES)}`,
      '/user/queue/replies',
      '/topic/echo',
      '/app/positions',
    ]);
    const selector = this.random() < 0.1 ? { selector: "kind = 'even'" } : {};
    // STOMP 1.0 knows no client-individual.
    const mode = this.version === '1.0' && ack === 'client-individual' ? 'client' : ack;
    this.frame('SUBSCRIBE', { id, destination, ack: mode, ...selector });
    // Nobody keeps what a handler answers: it is never acknowledged.
    this.subscriptions.set(id, { ack: destination.startsWith('/app/') ? 'auto' : mode });
  }

  unsubscribe() {
    const [id] = this.subscriptions.keys();
    if (id === undefined) return;
    this.subscriptions.delete(id);
    this.waiting = this.waiting.filter((one) => one.subscription !== id);
    this.frame('UNSUBSCRIBE', { id });
  }

  send(destination, more = {}) {
    const kind = this.random() < 0.5 ? 'even' : 'odd';
    const body = 'x'.repeat(this.below(200) + 1);
    this.counts.sent++;
    this.frame('SEND', { destination, kind, 'content-type': 'text/plain', ...more }, body);
  }

  transact() {
    const [open] = this.transactions;
    if (open === undefined) {
      const transaction = `t${++this.ids}`;
      this.transactions.push(transaction);
      return this.frame('BEGIN', { transaction });
    }
    if (this.random() < 0.5)
      return this.send(`/queue/work/${this.below(QUEUES)}`, { transaction: open });
    this.transactions.shift();
    this.frame(this.random() < 0.7 ? 'COMMIT' : 'ABORT', { transaction: open });
  }

  acknowledge() {
    const one = this.waiting.shift();
    if (one === undefined) return;
    // In mode `client` an ACK settles those before it too.
    if (this.subscriptions.get(one.subscription)?.ack === 'client')
      this.waiting = this.waiting.filter((other) => other.subscription !== one.subscription);
    const isNack = this.version !== '1.0' && this.random() < 0.3;
    const { subscription, messageId, ack } = one;
    this.frame(
      isNack ? 'NACK' : 'ACK',
      this.version === '1.2' ? { id: ack } : { 'message-id': messageId, subscription },
    );
  }

  async disconnect() {
    this.frame('DISCONNECT', { receipt: 'bye' });
    await this.closed;
  }

  async close() {
    this.socket.close();
    await this.closed;
  }

  async vanish() {
    this.socket.terminate();
    await this.closed;
  }

  async mistake() {
    if (this.socket.readyState === WebSocket.OPEN) this.counts.mistakes++;
    this.frame('SUBSCRIBE', { destination: '/topic/without-an-id', ack: 'nonsense' });
    await this.closed;
  }

  /** Reads no more for a while, then is gone. */
  async stall() {
    this.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await this.vanish();
  }

  onMessage(text) {
    for (const frame of text.split('\0')) if (frame.trim()) this.onFrame(frame.trimStart());
  }

  onFrame(frame) {
    const [command, ...lines] = frame.slice(0, frame.indexOf('\n\n')).split('\n');
    if (command === 'CONNECTED') return this.onConnected();
    if (command === 'ERROR') return this.counts.errors++;
    if (command !== 'MESSAGE') return;
    this.counts.received++;
    const header = (name) =>
      lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1);
    const subscription = header('subscription');
    const mode = this.subscriptions.get(subscription)?.ack;
    if (mode !== 'client' && mode !== 'client-individual') return;
    const ack = header('ack')?.replaceAll('\\c', ':');
    this.waiting.push({ subscription, messageId: header('message-id'), ack });
  }

  frame(command, headers, body = '') {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    this.socket.send(`${command}\n${lines.join('')}\n${body}\0`);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  below(limit) {
    return Math.floor(this.random() * limit);
  }
}
