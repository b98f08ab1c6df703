/**
 * Who a destination belongs to. Several may be true: without application prefixes handlers see everything.
 *
 * @publicApi
 */
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
  /** Separator of destination patterns: `/` or `.`. @default '/' */
  readonly separator?: string;
}

const NONE: readonly number[] = [];

/** Spring: a prefix is trimmed and gets a last `/`, whatever the separator of patterns. */
export function prefixOf(text: string): string {
  const trimmed = text.trim();
  return trimmed.endsWith('/') ? trimmed : `${trimmed}/`;
}

/**
 * Decides by prefix which room a destination belongs to, in one place for sessions, handlers, users and brokers.
 *
 * @publicApi
 */
export class DestinationRouter {
  /** For each broker the list with it alone, which most routes have. */
  private readonly alone: readonly (readonly number[])[];

  /** @param prefixes as the interface says; `of` takes them as users write them */
  constructor(readonly prefixes: DestinationPrefixes) {
    this.alone = prefixes.brokers.map((_, index) => [index]);
  }

  /** A router for prefixes as users write them: `/app` means `/app/`, broker prefixes stay as they are. */
  static of(options: {
    application?: readonly string[];
    user?: string;
    brokers?: readonly (readonly string[])[];
    separator?: string;
  }): DestinationRouter {
    const { application = [], user = '/user/', brokers = [], separator = '/' } = options;
    return new DestinationRouter({
      application: application.map(prefixOf),
      user: prefixOf(user),
      brokers,
      separator,
    });
  }

  route(destination: string): Route {
    const user = this.isUser(destination);
    const application = this.isApplication(destination);
    const brokers = this.brokersOf(destination);
    return { application, user, brokers, nobody: !application && !user && brokers.length === 0 };
  }

  /** Whether the first broker's destinations begin without a slash, as `queue.x`. */
  get isWithoutSlash(): boolean {
    const first = this.prefixes.brokers.flat()[0];
    return first !== undefined && first !== '' && !first.startsWith('/');
  }

  isApplication(destination: string): boolean {
    const { application } = this.prefixes;
    if (application.length === 0) return true;
    for (const prefix of application) if (destination.startsWith(prefix)) return true;
    return false;
  }

  isUser(destination: string): boolean {
    return destination.startsWith(this.prefixes.user);
  }

  /** False for an index without a broker. */
  isForBroker(index: number, destination: string): boolean {
    const prefixes = this.prefixes.brokers[index];
    if (prefixes === undefined) return false;
    if (prefixes.length === 0) return !this.isUser(destination);
    for (const prefix of prefixes) if (destination.startsWith(prefix)) return true;
    return false;
  }

  private brokersOf(destination: string): readonly number[] {
    let brokers: readonly number[] = NONE;
    for (let index = 0; index < this.prefixes.brokers.length; index++) {
      if (!this.isForBroker(index, destination)) continue;
      brokers = brokers === NONE ? this.alone[index]! : [...brokers, index];
    }
    return brokers;
  }

  /**
   * The destination that handlers are looked up by: without its application prefix, and with a leading `/` when that is
   * the separator. Undefined when it has none of the prefixes.
   */
  withoutApplicationPrefix(destination: string): string | undefined {
    const { application, separator = '/' } = this.prefixes;
    if (application.length === 0) return destination;
    for (const prefix of application)
      if (destination.startsWith(prefix))
        return destination.slice(separator === '/' ? prefix.length - 1 : prefix.length);
    return undefined;
  }
}
