import { timingSafeEqual } from 'node:crypto';

export interface Account {
  readonly name: string;
  readonly roles: readonly string[];
}

interface DemoAccount extends Account {
  readonly password: string;
}

/** Demo accounts; a real application has their hashes. The page offers them too. */
const ACCOUNTS: readonly DemoAccount[] = [
  { name: 'ada', password: 'lovelace', roles: ['admin'] },
  { name: 'alan', password: 'turing', roles: [] },
  { name: 'grace', password: 'hopper', roles: [] },
  { name: 'linus', password: 'torvalds', roles: [] },
];

/** The account of this name, if that is its password. */
export function accountOf(name: string, password: string): Account | undefined {
  const account = ACCOUNTS.find((one) => one.name === name);
  if (!account || !isSame(account.password, password)) return undefined;
  return { name, roles: account.roles };
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
