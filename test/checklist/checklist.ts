import { acknowledging } from './acknowledging.rules.js';
import { connecting, heartbeats } from './connecting.rules.js';
import { framing } from './framing.rules.js';
import type { Peer, Rule } from './peer.js';
import { receipts } from './receipts.rules.js';
import { subscribing } from './subscribing.rules.js';
import { transactions } from './transactions.rules.js';

/**
 * Every rule of the STOMP checklist, by its number, against a server of which two addresses are given.
 *
 * @param broken rules that are known to be broken, by number, with the reason; those that are kept after all fail
 */
export function checklist(peer: () => Peer, broken: Readonly<Record<string, string>> = {}): void {
  const rule: Rule = Object.assign(
    (name: string, isKept: () => Promise<void>) => {
      const reason = broken[name.split(' ', 1)[0]!];
      if (reason === undefined) it(name, isKept);
      else it.failing(`${name}: ${reason}`, isKept);
    },
    { each: it.each },
  );
  afterEach(() => peer().closeClients());
  describe('A frames', () => framing(peer, rule));
  describe('B connecting', () => connecting(peer, rule));
  describe('C heart-beats', () => heartbeats(peer, rule));
  describe('D subscribing', () => subscribing(peer, rule));
  describe('E acknowledging', () => acknowledging(peer, rule));
  describe('F transactions', () => transactions(peer, rule));
  describe('G receipts', () => receipts(peer, rule));
}
