import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import {
  AuthenticationException,
  CredentialsExpiredException,
  type StompPrincipal,
} from 'nestjs-stomp';
import type { Account } from './accounts.js';
import { CHAT_OPTIONS, type ChatOptions } from './chat-options.js';

/** A token, and what a page may know about it. */
export interface IssuedToken extends Account {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Who a good token stands for. */
export interface ChatUser extends StompPrincipal {
  readonly roles: readonly string[];
  readonly expiresAt: number;
}

interface Claims extends JWTPayload {
  roles?: string[];
  generation?: number;
}

/** Makes and reads the JSON Web Tokens of this server; they end when it ends, for so does its secret. */
@Injectable()
export class Tokens {
  private readonly secret = randomBytes(32);
  private readonly generations = new Map<string, number>();
  private readonly lifeMs: number;

  constructor(@Inject(CHAT_OPTIONS) { tokenSeconds = 120 }: ChatOptions) {
    this.lifeMs = tokenSeconds * 1000;
  }

  async issue({ name, roles }: Account): Promise<IssuedToken> {
    const seconds = Math.floor((Date.now() + this.lifeMs) / 1000);
    const token = await new SignJWT({ roles, generation: this.generationOf(name) })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(name)
      .setExpirationTime(seconds)
      .sign(this.secret);
    return { token, name, roles, expiresAt: seconds * 1000 };
  }

  /** @throws CredentialsExpiredException, AuthenticationException for any other token that is not good */
  async verify(token: string): Promise<ChatUser> {
    const { sub, exp, roles, generation } = await this.claimsOf(token);
    if (!sub || !exp) throw new AuthenticationException('The token is not valid');
    if (generation !== this.generationOf(sub))
      throw new AuthenticationException('This session was ended: sign in again');
    return { name: sub, roles: roles ?? [], expiresAt: exp * 1000 };
  }

  /** From now on no token is good that the user has been given. */
  revoke(name: string): void {
    this.generations.set(name, this.generationOf(name) + 1);
  }

  private generationOf(name: string): number {
    return this.generations.get(name) ?? 0;
  }

  private async claimsOf(token: string): Promise<Claims> {
    try {
      return (await jwtVerify<Claims>(token, this.secret, { algorithms: ['HS256'] })).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw new CredentialsExpiredException('The token has expired: sign in again', error);
      throw new AuthenticationException('The token is not valid', error);
    }
  }
}
