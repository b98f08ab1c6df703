import { ConsoleLogger } from '@nestjs/common';

/** Writes every log line to stderr: stdout is for the one line that says where the application listens. */
export class StderrLogger extends ConsoleLogger {
  constructor() {
    super({ logLevels: ['warn', 'error', 'fatal'] });
  }

  protected override printMessages(...args: Parameters<ConsoleLogger['printMessages']>): void {
    const [messages, context, level] = args;
    super.printMessages(messages, context, level, 'stderr');
  }
}
