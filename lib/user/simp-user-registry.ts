import { Buffer } from 'node:buffer';
import { isSendableCloseCode, type MessageChannel, type StompEvents } from '../channel/index.js';
import { StompException } from '../exception/index.js';
import {
  destinationUserName,
  MessageBuilder,
  SimpMessageHeaderAccessor,
  SimpMessageType,
  type SessionContext,
  type StompPrincipal,
} from '../message/index.js';
import type { CloseRequest } from './cluster/close-request.js';
import { ClusterUser, type SessionSnapshot, type UserSnapshot } from './cluster/remote-user.js';
import { RegisteredSession, RegisteredUser } from './registered-user.js';
import type { AnonymousSimpSession, SimpSession, SimpSubscription, SimpUser } from './simp-user.js';

/**
 * How a session is closed from the server's side.
 *
 * @publicApi
 */
export interface CloseSessionOptions {
  /** WebSocket close code: 1000 to 1014 as far as they may be sent, or 3000 to 4999. @default 1000 */
  code?: number;
  /** Text for the client, at most 123 octets. @default '' */
  reason?: string;
}

/**
 * Who is connected, with which sessions and subscriptions (Spring: SimpUserRegistry). A session is in it before its
 * client reads CONNECTED, a subscription when its broker has stored it, and neither when it has ended. Sessions without
 * a user are counted, but belong to nobody. With `userRegistryBroadcast` it knows the users of all nodes, not the anonymous sessions.
 *
 * @publicApi
 */
export class SimpUserRegistry {
  private readonly users = new Map<string, RegisteredUser>();
  private readonly sessions = new Map<string, RegisteredSession>();
  private readonly nodes = new Map<string, readonly UserSnapshot[]>();
  private elsewhere = new Map<string, SessionSnapshot[]>();
  private askOthers: ((request: CloseRequest) => boolean) | undefined;

  /** @param outbound the clientOutboundChannel, by which sessions are closed */
  constructor(
    events: StompEvents,
    private readonly outbound: MessageChannel,
  ) {
    events.on('sessionConnected', ({ session, user }) => this.add(session, user));
    events.on('sessionDisconnect', ({ session }) => this.remove(session.id));
    events.on('sessionSubscribe', ({ session, subscriptionId, destination }) =>
      this.sessions.get(session.id)?.subscribe(subscriptionId, destination),
    );
    events.on('sessionUnsubscribe', ({ session, subscriptionId, destination }) =>
      this.sessions.get(session.id)?.unsubscribe(subscriptionId, destination),
    );
  }

  /** @param name the principal's `destinationUserName`, else its name */
  getUser(name: string): SimpUser | undefined {
    const local = this.users.get(name);
    const remote = this.elsewhere.get(name);
    return remote ? new ClusterUser(name, local, remote) : local;
  }

  getUsers(): SimpUser[] {
    if (this.elsewhere.size === 0) return this.getLocalUsers();
    const names = new Set([...this.users.keys(), ...this.elsewhere.keys()]);
    return Array.from(names, (name) => this.getUser(name)!);
  }

  /** Users with a session on this node. */
  getLocalUsers(): SimpUser[] {
    return [...this.users.values()];
  }

  /** A user with sessions on several nodes counts once. */
  getUserCount(): number {
    let count = this.users.size;
    for (const name of this.elsewhere.keys()) if (!this.users.has(name)) count++;
    return count;
  }

  /** @internal What another node says of its users replaces what it said before. */
  setRemoteUsers(node: string, users: readonly UserSnapshot[]): void {
    if (users.length === 0) this.nodes.delete(node);
    else this.nodes.set(node, users);
    this.elsewhere = new Map();
    for (const { name, sessions } of [...this.nodes.values()].flat())
      this.elsewhere.set(name, [...(this.elsewhere.get(name) ?? []), ...sessions]);
  }

  /** @internal Names who asks the other nodes to close sessions; false says that they could not be asked. Returns how to leave. */
  onCloseElsewhere(askOthers: (request: CloseRequest) => boolean): () => void {
    this.askOthers = askOthers;
    return () => (this.askOthers = undefined);
  }

  /** @internal Closes what another node asks to be closed, as far as it is here. Returns how many sessions. */
  closeHere({ user, sessionId, code, reason }: CloseRequest): number {
    const ids =
      user === undefined
        ? [sessionId!]
        : Array.from(this.users.get(user)?.sessions ?? [], ({ id }) => id);
    return ids.filter((id) => this.close(id, code, reason)).length;
  }

  /** A session of a user on this node, or an anonymous one. */
  getSession(sessionId: string): SimpSession | AnonymousSimpSession | undefined {
    return this.sessions.get(sessionId);
  }

  /** @internal The session itself, as long as it is here. */
  registered(sessionId: string): RegisteredSession | undefined {
    return this.sessions.get(sessionId);
  }

  /** All sessions of this node, anonymous ones included. */
  getSessionCount(): number {
    return this.sessions.size;
  }

  getAnonymousSessions(): AnonymousSimpSession[] {
    return [...this.sessions.values()].filter(isAnonymous);
  }

  getAnonymousSessionCount(): number {
    let count = this.sessions.size;
    for (const user of this.users.values()) count -= user.sessions.size;
    return count;
  }

  /** Subscriptions of users that the predicate accepts. */
  findSubscriptions(predicate: (subscription: SimpSubscription) => boolean): SimpSubscription[] {
    const found: SimpSubscription[] = [];
    for (const { sessions } of this.getUsers())
      for (const { subscriptions } of sessions)
        for (const one of subscriptions) if (predicate(one)) found.push(one);
    return found;
  }

  /**
   * Closes all sessions of a user (logout), or one session. Messages that were sent before still go out. With
   * `userRegistryBroadcast` those on other nodes too, which are asked by a message. Returns how many sessions are being
   * closed; of other nodes as many as this one knows.
   *
   * @param who a user, the name of one, or a session
   */
  disconnect(
    who: string | SimpUser | SimpSession | AnonymousSimpSession,
    options: CloseSessionOptions = {},
  ): number {
    if (typeof who === 'object' && 'subscriptions' in who)
      return Number(this.closeSession(who.id, options));
    const user = typeof who === 'string' ? who : who.name;
    const { code, reason } = checkedClose(options);
    const closed = this.closeHere({ user, code, reason });
    // They may know of sessions that have not been told here yet.
    const isAsked = this.askOthers?.({ user, code, reason }) ?? false;
    return closed + (isAsked ? (this.elsewhere.get(user)?.length ?? 0) : 0);
  }

  /** Closes one session, anonymous or not; on another node one of a user. False when there is no such session. */
  closeSession(sessionId: string, options: CloseSessionOptions = {}): boolean {
    const { code, reason } = checkedClose(options);
    if (this.close(sessionId, code, reason)) return true;
    if (!this.isElsewhere(sessionId)) return false;
    return this.askOthers?.({ sessionId, code, reason }) ?? false;
  }

  private close(sessionId: string, code: number, reason: string): boolean {
    if (!this.sessions.has(sessionId)) return false;
    const accessor = SimpMessageHeaderAccessor.create(SimpMessageType.DISCONNECT_ACK);
    accessor.setSessionId(sessionId);
    accessor.setHeader('closeCode', code);
    accessor.setHeader('closeReason', reason);
    this.outbound.send(MessageBuilder.createMessage(Buffer.alloc(0), accessor));
    return true;
  }

  private isElsewhere(sessionId: string): boolean {
    for (const sessions of this.elsewhere.values())
      if (sessions.some(({ id }) => id === sessionId)) return true;
    return false;
  }

  private add(context: SessionContext, principal: StompPrincipal | undefined): void {
    const user = principal && this.userNamed(destinationUserName(principal));
    const session = new RegisteredSession(context, user);
    this.sessions.set(context.id, session);
    user?.sessions.add(session as SimpSession);
  }

  private remove(sessionId: string): void {
    const session = this.sessions.get(sessionId);
    if (!session) return;
    this.sessions.delete(sessionId);
    session.subscriptions.clear();
    session.user?.sessions.delete(session as SimpSession);
    if (session.user?.hasSessions() === false) this.users.delete(session.user.name);
  }

  private userNamed(name: string): RegisteredUser {
    const user = this.users.get(name) ?? new RegisteredUser(name, this.sessions);
    this.users.set(name, user);
    return user;
  }
}

function isAnonymous(
  session: RegisteredSession,
): session is RegisteredSession & AnonymousSimpSession {
  return session.user === undefined;
}

// RFC 6455, 7.4: 1004 to 1006 and 1015 are never sent; 5.5: a control frame holds 125 octets, two of them the code.
function checkedClose({ code = 1000, reason = '' }: CloseSessionOptions): {
  code: number;
  reason: string;
} {
  if (!isSendableCloseCode(code))
    throw new StompException(`${String(code)} is no WebSocket close code that may be sent`, {
      code: 'STOMP_ERR_CLOSE_CODE',
    });
  if (Buffer.byteLength(reason) > 123)
    throw new StompException('The reason of a close holds at most 123 octets', {
      code: 'STOMP_ERR_CLOSE_CODE',
    });
  return { code, reason };
}
