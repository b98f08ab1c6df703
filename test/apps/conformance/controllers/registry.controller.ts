import { Controller } from '@nestjs/common';
import { MessageMapping, SendToUser, SimpUserRegistry } from 'nestjs-stomp';

@Controller()
@MessageMapping('registry')
@SendToUser('/queue/registry', { broadcast: false })
export class RegistryController {
  constructor(private readonly registry: SimpUserRegistry) {}

  @MessageMapping('users')
  users(names: string): unknown[] {
    return names.split(',').map((name) => this.describe(name));
  }

  @MessageMapping('find')
  find(destination: string): string[] {
    return [...this.registry.findSubscriptions((one) => one.destination === destination)]
      .map((one) => `${one.session.user.name}:${one.id}`)
      .sort();
  }

  private describe(name: string): unknown {
    const user = this.registry.getUser(name);
    if (!user) return { name, present: false };
    const subscriptions = [...user.sessions].flatMap((session) =>
      [...session.subscriptions].map((one) => `${one.id}=${one.destination}`),
    );
    return {
      name,
      present: true,
      sessions: user.sessions.size,
      subscriptions: subscriptions.sort(),
    };
  }
}
