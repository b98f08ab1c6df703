import type { SessionContext } from '../../message/index.js';

/**
 * What filters get as the client: the session, with an `emit` like that of a gateway's client, so that filters made for
 * gateways (BaseWsExceptionFilter) reach it.
 */
export function filterClient(
  session: SessionContext,
  emit: (payload: unknown) => void,
): SessionContext & { emit(event: string, payload: unknown): void } {
  return new Proxy(session, {
    get: (target, name) =>
      name === 'emit'
        ? (_event: string, payload: unknown) => emit(payload)
        : (Reflect.get(target, name, target) as unknown),
  }) as SessionContext & { emit(event: string, payload: unknown): void };
}
