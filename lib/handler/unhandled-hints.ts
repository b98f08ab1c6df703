import { Logger } from '@nestjs/common';
import { Hints } from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import type { MappingType } from './mapping/mapping-registry.js';

/** Tells once per destination, and not endlessly, that nobody handles what clients send below the application prefix. */
export class UnhandledHints {
  private readonly hints = new Hints(
    new Logger('StompHandler'),
    'More destinations that nobody handles will not be reported',
  );

  constructor(private readonly router: DestinationRouter) {}

  /** @param isOfOtherType whether there is a handler for the other type of frame */
  tell(type: MappingType, destination: string, isOfOtherType: () => boolean): void {
    // Without prefixes, what no handler wants is meant for a broker.
    if (this.router.prefixes.application.length === 0 || this.hints.isOver) return;
    const { brokers, user } = this.router.route(destination);
    if (brokers.length > 0 || user) return;
    const shown = JSON.stringify(destination.slice(0, 200));
    const [frame, decorator, other] =
      type === 'message'
        ? ['SEND', '@MessageMapping', '@SubscribeMapping']
        : ['SUBSCRIBE', '@SubscribeMapping', '@MessageMapping'];
    this.hints.tell(`${type} ${shown}`, () => {
      const hint = isOfOtherType() ? `, only a ${other}` : '';
      return `Nobody handles ${frame} to ${shown}: there is no ${decorator} for it${hint}`;
    });
  }
}
