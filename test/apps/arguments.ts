import { parseArgs } from 'node:util';

/** The options of an application's command line, `--name value` each; exits with 2 when it does not know one. */
export function argumentsOf<K extends string>(names: readonly K[]): Partial<Record<K, string>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ options }).values as Partial<Record<K, string>>;
  } catch (error) {
    console.error(`${(error as Error).message}\noptions: ${names.map((n) => `--${n}`).join(' ')}`);
    process.exit(2);
  }
}
