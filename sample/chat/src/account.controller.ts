import { Body, Controller, Headers, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { SimpUserRegistry } from 'nestjs-stomp';
import { accountOf } from './accounts.js';
import { Tokens, type ChatUser, type IssuedToken } from './tokens.js';

interface Login {
  name?: unknown;
  password?: unknown;
}

/** Signing in and out, over HTTP. */
@Controller()
export class AccountController {
  constructor(
    private readonly tokens: Tokens,
    private readonly registry: SimpUserRegistry,
  ) {}

  @Post('login')
  @HttpCode(200)
  login(@Body() { name, password }: Login): Promise<IssuedToken> {
    const account = accountOf(String(name), String(password));
    if (!account) throw new UnauthorizedException('Wrong name or password');
    return this.tokens.issue(account);
  }

  /** A new token for one that is still good. */
  @Post('renew')
  @HttpCode(200)
  async renew(@Headers('authorization') header?: string): Promise<IssuedToken> {
    return this.tokens.issue(await this.userOf(header));
  }

  /** Ends the user's tokens and closes their sockets, on all devices. */
  @Post('logout')
  @HttpCode(204)
  async logout(@Headers('authorization') header?: string): Promise<void> {
    const { name } = await this.userOf(header);
    this.tokens.revoke(name);
    this.registry.disconnect(name, { code: 4402, reason: 'Signed out' });
  }

  private async userOf(header = ''): Promise<ChatUser> {
    try {
      return await this.tokens.verify(header.replace(/^Bearer /i, ''));
    } catch (error) {
      throw new UnauthorizedException((error as Error).message);
    }
  }
}
