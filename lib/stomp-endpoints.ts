import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { StompException } from './exception/index.js';
import { HANDSHAKE_INTERCEPTOR } from './stomp-option-contracts.js';
import type { StompEndpoint } from './stomp-options.js';
import { resolveAll, type Resolve } from './stomp-resolver.js';
import { pathsOf } from './transport/index.js';

const logger = new Logger('StompModule');

/** Says where clients connect. */
export function announce({ path, sockJs }: StompEndpoint): void {
  const transports = sockJs ? 'WebSocket and SockJS' : 'WebSocket';
  for (const one of [path].flat()) logger.log(`Mapped {${one}} to STOMP over ${transports}`);
}

/** The paths that instances have on one server: only one of them would answer on a path of two. */
export class TakenPaths {
  private static readonly all = new WeakMap<Server, TakenPaths>();
  private readonly instances = new Map<string, string>();

  private constructor() {}

  static on(server: Server): TakenPaths {
    let taken = this.all.get(server);
    if (taken === undefined) this.all.set(server, (taken = new TakenPaths()));
    return taken;
  }

  /** Returns how to give them back. @throws StompException when another instance has one of them */
  take(endpoints: readonly StompEndpoint[], instance: string): () => void {
    const paths = endpoints.flatMap(({ path }) => pathsOf(path));
    for (const path of paths) this.checkIsFree(path, instance);
    for (const path of paths) this.instances.set(path, instance);
    return () => {
      for (const path of paths) this.instances.delete(path);
    };
  }

  private checkIsFree(path: string, instance: string): void {
    const other = this.instances.get(path);
    if (other === undefined) return;
    throw new StompException(
      `The instances '${other}' and '${instance}' both have an endpoint with the path "${path}": give each a path of its own`,
      { code: 'STOMP_ERR_ENDPOINT' },
    );
  }
}

/** An endpoint with the instances of its interceptors. */
export async function endpointOf(
  { handshakeInterceptors, ...rest }: StompEndpoint,
  resolve: Resolve,
) {
  return {
    ...rest,
    handshakeInterceptors: await resolveAll(handshakeInterceptors, HANDSHAKE_INTERCEPTOR, resolve),
  };
}
