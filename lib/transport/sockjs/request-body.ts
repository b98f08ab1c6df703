import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** What came of reading a body. */
export type RequestBody = { readonly text: string } | { readonly failure: 'too large' | 'aborted' };

/** Reads the body of a request, which may have so many bytes. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        request.removeAllListeners('data').pause();
        resolve({ failure: 'too large' });
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve({ text: Buffer.concat(chunks).toString() }));
    request.once('error', () => resolve({ failure: 'aborted' }));
    request.once('close', () => resolve({ failure: 'aborted' }));
  });
}
