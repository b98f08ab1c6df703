/** What a client acknowledges by, where several brokers share an application: the broker, then its own id. */
export function joinAckId(broker: number, id: string): string {
  return `${broker}-${id}`;
}

/** The broker that an id names and the broker's own id; -1 when it names none. */
export function splitAckId(named: string): [broker: number, id: string] {
  const dash = named.indexOf('-');
  const broker = /^\d{1,3}-/.test(named) ? Number(named.slice(0, dash)) : -1;
  return [broker, named.slice(dash + 1)];
}
