import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import type {
  EndpointOptions,
  SockJsOptions,
  TransportOptions,
} from '../../../lib/transport/index.js';
import { EndpointServerHarness } from '../support/endpoint-server.harness.js';
import { until } from '../../support/until.js';

/** Starts an endpoint `/echo` with SockJS that echoes, for any origin. */
export function startEcho(
  sockJs: SockJsOptions = {},
  endpoint: Partial<EndpointOptions> = { allowedOriginPatterns: ['*'] },
  transport: TransportOptions = {},
): Promise<EndpointServerHarness> {
  return EndpointServerHarness.start({
    endpoints: [{ path: '/echo', sockJs, ...endpoint }],
    echo: true,
    transport,
  });
}

/** URL of a new session. */
export function newSession(): string {
  return `/echo/000/${randomUUID()}`;
}

/** A response that is read while it comes. */
export class StreamedResponse {
  readonly chunks: string[] = [];
  isComplete = false;
  private read = 0;

  constructor(
    readonly response: IncomingMessage,
    private readonly abortRequest: () => void,
  ) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.chunks.push(chunk));
    response.on('end', () => (this.isComplete = true));
    response.on('error', () => undefined);
  }

  /** The next chunk of the response. */
  async next(): Promise<string> {
    await until(() => this.chunks.length > this.read, 'another chunk');
    return this.chunks[this.read++]!;
  }

  /** Waits until the server ended the response, and says whether nothing came in between. */
  async ended(): Promise<boolean> {
    await until(() => this.isComplete, 'end of the response');
    return this.chunks.length === this.read;
  }

  abort(): void {
    this.abortRequest();
  }
}

/** Opens a request and returns as soon as the headers of its response are there. */
export function stream(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<StreamedResponse> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    sent.on('response', (response) =>
      resolve(new StreamedResponse(response, () => void sent.destroy())),
    );
    sent.on('error', reject);
    sent.end();
  });
}
