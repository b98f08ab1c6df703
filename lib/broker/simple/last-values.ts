import type { Warnings } from '../../channel/index.js';
import { DestinationPattern, isPattern } from '../../destination/index.js';
import { quoted } from '../../exception/index.js';
import type { Message } from '../../message/index.js';
import { detached, octetsOf } from './held-message.js';
import type { SimpleBrokerStatistics } from './statistics.js';

export interface LastValueLimits {
  readonly maxLastValues: number;
  readonly maxLastValueBytes: number;
}

interface LastValue {
  readonly message: Message;
  readonly messageId: string;
  readonly bytes: number;
}

/** The newest message of every destination that matches one of the patterns; what changed longest ago goes first. */
export class LastValues {
  private readonly patterns: readonly DestinationPattern[];
  private readonly values = new Map<string, LastValue>();
  private bytes = 0;

  constructor(
    patterns: readonly string[],
    private readonly separator: string,
    private readonly limits: LastValueLimits,
    private readonly statistics: SimpleBrokerStatistics,
    private readonly warnings: Warnings,
  ) {
    this.patterns = patterns.map((pattern) => new DestinationPattern(pattern, separator));
  }

  /** Keeps a message that is being published, if its destination is one of those. */
  keep(message: Message, messageId: string): void {
    const destination = message.headers.fields.destination!;
    if (!this.isKept(destination)) return;
    this.forget(destination);
    const bytes = octetsOf(message);
    if (bytes > this.limits.maxLastValueBytes) return this.leaveOut(destination, bytes);
    this.values.set(destination, { message: detached(message), messageId, bytes });
    this.bytes += bytes;
    for (const oldest of this.values.keys()) {
      if (!this.isFull) break;
      this.forget(oldest);
    }
    this.statistics.lastValues = this.values.size;
  }

  /** What a new subscriber of a destination or pattern gets first. */
  find(destination: string): readonly LastValue[] {
    if (this.patterns.length === 0) return [];
    if (isPattern(destination)) {
      const pattern = new DestinationPattern(destination, this.separator);
      return [...this.values].filter(([key]) => pattern.matches(key)).map(([, value]) => value);
    }
    const value = this.values.get(destination);
    return value ? [value] : [];
  }

  // The one before it is not the last any more.
  private leaveOut(destination: string, bytes: number): void {
    this.statistics.lastValues = this.values.size;
    this.warnings.warn(
      'last value',
      () =>
        `The last value of ${quoted(destination)} is not kept: it has ${bytes} octets (maxLastValueBytes)`,
    );
  }

  private get isFull(): boolean {
    return (
      this.values.size > this.limits.maxLastValues || this.bytes > this.limits.maxLastValueBytes
    );
  }

  private isKept(destination: string): boolean {
    if (this.values.has(destination)) return true;
    return this.patterns.some((pattern) =>
      pattern.isPattern ? pattern.matches(destination) : pattern.text === destination,
    );
  }

  private forget(destination: string): void {
    this.bytes -= this.values.get(destination)?.bytes ?? 0;
    this.values.delete(destination);
  }
}
