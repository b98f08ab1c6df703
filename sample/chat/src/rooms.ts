import { check, type StompPrincipal } from 'nestjs-stomp';

export interface Room {
  readonly name: string;
  readonly topic: string;
  /** Role that it takes to enter. @default none */
  readonly role?: string;
}

const ROOMS: readonly Room[] = [
  { name: 'lobby', topic: 'Everybody starts here' },
  { name: 'engines', topic: 'Difference, analytical, steam' },
  { name: 'bugs', topic: 'Moths and other findings' },
  { name: 'staff', topic: 'Admins among themselves', role: 'admin' },
];

/** The rooms that a user may enter. */
export function roomsFor(user: StompPrincipal): Room[] {
  return ROOMS.filter(({ role }) => !role || user.roles?.includes(role));
}

/** Grants destinations with a variable `{room}` to those who may enter that room. */
export const mayEnter = check(
  ({ user, variables }) =>
    user !== undefined && roomsFor(user).some(({ name }) => name === variables.room),
  'mayEnter',
);
