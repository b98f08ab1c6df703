import { acknowledging } from './acknowledging.rules.js';
import { connecting, heartbeats } from './connecting.rules.js';
import { framing } from './framing.rules.js';
import type { Peer } from './peer.js';
import { receipts } from './receipts.rules.js';
import { subscribing } from './subscribing.rules.js';
import { transactions } from './transactions.rules.js';

/** Every rule of the STOMP checklist, by its number, against a server of which two addresses are given. */
export function checklist(peer: () => Peer): void {
  afterEach(() => peer().closeClients());
  describe('A frames', () => framing(peer));
  describe('B connecting', () => connecting(peer));
  describe('C heart-beats', () => heartbeats(peer));
  describe('D subscribing', () => subscribing(peer));
  describe('E acknowledging', () => acknowledging(peer));
  describe('F transactions', () => transactions(peer));
  describe('G receipts', () => receipts(peer));
}
