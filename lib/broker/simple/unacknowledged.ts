import type { HeldMessage } from './held-message.js';
import type { SimpleBrokerStatistics } from './statistics.js';

/** What the client of one subscription has received and not acknowledged, in the order it received it. */
export class Unacknowledged {
  /** By message-id; the message itself where it may be needed again. */
  private readonly messages = new Map<string, HeldMessage | undefined>();

  /**
   * @param cumulative whether an acknowledgement holds for the earlier messages as well (`ack:client`)
   * @param limit messages
   */
  constructor(
    private readonly cumulative: boolean,
    private readonly limit: number,
    private readonly statistics: SimpleBrokerStatistics,
  ) {}

  get hasRoom(): boolean {
    return this.messages.size < this.limit;
  }

  has(messageId: string): boolean {
    return this.messages.has(messageId);
  }

  add(messageId: string, held?: HeldMessage): void {
    this.messages.set(messageId, held);
    this.statistics.unacknowledged++;
  }

  /** Removes what an ACK or NACK of this message is about, and gives those of them that were kept. */
  settle(messageId: string): HeldMessage[] {
    if (!this.messages.has(messageId)) return [];
    // STOMP 1.2, SUBSCRIBE ack Header: with `client`, ACK and NACK count for all messages before as well.
    if (!this.cumulative) return this.remove([messageId]);
    const ids: string[] = [];
    for (const id of this.messages.keys()) {
      ids.push(id);
      if (id === messageId) break;
    }
    return this.remove(ids);
  }

  clear(): HeldMessage[] {
    return this.remove([...this.messages.keys()]);
  }

  private remove(ids: readonly string[]): HeldMessage[] {
    const removed: HeldMessage[] = [];
    for (const id of ids) {
      const held = this.messages.get(id);
      if (held) removed.push(held);
      this.messages.delete(id);
    }
    this.statistics.unacknowledged -= ids.length;
    return removed;
  }
}
