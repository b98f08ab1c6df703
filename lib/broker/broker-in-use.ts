import { StompException } from '../exception/index.js';

/** What a broker throws when it is started while it runs: `maker` is what makes another one. */
export function brokerInUse(name: string, maker: string): StompException {
  return new StompException(
    `The broker '${name}' runs already, for another application or another instance of StompModule: their messages would mix, ` +
      `and whoever stops first would stop both. Call ${maker}() once for each, as in the useFactory of forRootAsync`,
    { code: 'STOMP_ERR_BROKER_IN_USE' },
  );
}
