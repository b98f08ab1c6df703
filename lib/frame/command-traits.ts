import { StompCommand } from './stomp-command.js';

/** What the octets of a frame depend on beside its version. */
export interface CommandTraits {
  readonly command: StompCommand;
  /** STOMP 1.2, Body: only SEND, MESSAGE and ERROR may have one. */
  readonly hasBody: boolean;
  /** STOMP 1.2, Value Encoding: CONNECT and CONNECTED are not escaped, to stay readable for 1.0. */
  readonly isEscaped: boolean;
}

const BODIES: readonly StompCommand[] = [
  StompCommand.SEND,
  StompCommand.MESSAGE,
  StompCommand.ERROR,
];
const UNESCAPED: readonly StompCommand[] = [
  StompCommand.CONNECT,
  StompCommand.STOMP,
  StompCommand.CONNECTED,
];

/** By the command as it stands on the wire. */
export const COMMANDS: ReadonlyMap<string, CommandTraits> = new Map(
  Object.values(StompCommand).map((command) => [
    command,
    {
      command,
      hasBody: BODIES.includes(command),
      isEscaped: !UNESCAPED.includes(command),
    },
  ]),
);
