import { StompException } from '../../exception/index.js';

type Variables = Readonly<Record<string, string>>;

// Of ActiveMQ: what stands between destinations, in front of options, for many, and what it trims.
const DOUBTFUL = /[,?*>]|^[\0- ]|[\0- ]$/;

/** Whether a text may be more than a name to some brokers. */
export function isDoubtful(text: string): boolean {
  return DOUBTFUL.test(text);
}

/** A destination to send to, in which `{name}` stands for a destination variable. */
export class DestinationTemplate {
  /** Names of its variables. */
  readonly variables: readonly string[];
  /** Texts and, at odd places, names. */
  private readonly parts: readonly string[];

  constructor(readonly text: string) {
    this.parts = text.split(/\{([^{}]*)\}/);
    this.variables = this.parts.filter((_, index) => index % 2 === 1);
  }

  /** @throws StompException (`STOMP_ERR_REPLY_DESTINATION`) for a name without a value */
  fill(variables: Variables): string {
    if (this.variables.length === 0) return this.text;
    return this.parts
      .map((part, index) => (index % 2 === 1 ? this.valueOf(part, variables) : part))
      .join('');
  }

  /** Whether a value that is filled in may be more than a name to some brokers. */
  isDoubtfulWith(variables: Variables): boolean {
    for (const name of this.variables) if (isDoubtful(variables[name] ?? '')) return true;
    return false;
  }

  private valueOf(name: string, variables: Variables): string {
    if (Object.hasOwn(variables, name)) return variables[name]!;
    throw new StompException(
      `'${this.text}' names the destination variable '${name}', which the mapping does not have`,
      { code: 'STOMP_ERR_REPLY_DESTINATION', closeCode: 1011 },
    );
  }
}
