import { timingSafeEqual } from 'node:crypto';
import { UnauthorizedException } from '@nestjs/common';
import type { StompHeaderAccessor, StompPrincipal } from 'nestjs-stomp';

/** Demo accounts; a real application has their hashes. The page knows them too. */
const PASSCODES = new Map([
  ['fabrice', 'fab123'],
  ['paulson', 'bond'],
]);

/** Who sends this CONNECT: one of the accounts above, or, without login or as `guest`, nobody in particular. */
export function authenticate(connect: StompHeaderAccessor): StompPrincipal | undefined {
  const login = connect.getLogin();
  if (!login || login === 'guest') return undefined;
  const passcode = PASSCODES.get(login);
  if (passcode === undefined || !isSame(passcode, connect.getPasscode() ?? ''))
    throw new UnauthorizedException('Wrong login or passcode');
  return { name: login };
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
