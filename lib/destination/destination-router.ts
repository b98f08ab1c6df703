/** Who a destination belongs to. Several may be true: without application prefixes handlers see everything. */
export interface Route {
  /** Goes to annotated handlers. */
  readonly application: boolean;
  /** Is a user destination: `/user/…`. */
  readonly user: boolean;
  /** Indexes of the brokers whose prefixes match. */
  readonly brokers: readonly number[];
  /** Nobody takes it. */
  readonly nobody: boolean;
}

export interface DestinationPrefixes {
  /** Each ends with `/`; empty when every destination goes to handlers. */
  readonly application: readonly string[];
  /** Ends with `/`. */
  readonly user: string;
  /** Per broker; an empty list means all destinations but user destinations. Compared by `startsWith`, as in Spring. */
  readonly brokers: readonly (readonly string[])[];
}

/**
 * Decides by prefix which room a destination belongs to, in one place for sessions, handlers, users and brokers.
 */
export class DestinationRouter {
  constructor(readonly prefixes: DestinationPrefixes) {}

  route(destination: string): Route {
    const user = destination.startsWith(this.prefixes.user);
    const application = this.isApplication(destination);
    const brokers: number[] = [];
    this.prefixes.brokers.forEach((prefixes, index) => {
      if (prefixes.length === 0 ? !user : prefixes.some((prefix) => destination.startsWith(prefix)))
        brokers.push(index);
    });
    return { application, user, brokers, nobody: !application && !user && brokers.length === 0 };
  }

  isApplication(destination: string): boolean {
    const { application } = this.prefixes;
    return application.length === 0 || application.some((prefix) => destination.startsWith(prefix));
  }

  isUser(destination: string): boolean {
    return destination.startsWith(this.prefixes.user);
  }

  isForBroker(index: number, destination: string): boolean {
    const prefixes = this.prefixes.brokers[index] ?? [];
    if (prefixes.length === 0) return !this.isUser(destination);
    for (const prefix of prefixes) if (destination.startsWith(prefix)) return true;
    return false;
  }

  /** The destination without its application prefix, with a leading `/`; undefined when it has none of them. */
  withoutApplicationPrefix(destination: string): string | undefined {
    const { application } = this.prefixes;
    if (application.length === 0) return destination;
    const prefix = application.find((one) => destination.startsWith(one));
    return prefix === undefined ? undefined : destination.slice(prefix.length - 1);
  }
}
