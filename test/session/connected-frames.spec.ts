import { ConnectedFrames } from '../../lib/session/connected-frames.js';
import type { FrameBatch } from '../../lib/transport/index.js';

const text = ({ frames }: FrameBatch): string => frames.map(({ octets }) => String(octets)).join();

describe('ConnectedFrames', () => {
  const frames = new ConnectedFrames([10_000, 5000]);

  it('makes one frame for all anonymous clients of a version', () => {
    const first = frames.of('1.2', undefined, undefined);
    expect(text(first)).toBe('CONNECTED\nversion:1.2\nheart-beat:10000,5000\n\n\0');
    expect(frames.of('1.2', undefined, undefined)).toBe(first);
    expect(text(frames.of('1.1', undefined, undefined))).toContain('version:1.1');
  });

  it('names each user in a frame of its own', () => {
    expect(text(frames.of('1.2', { name: 'ann' }, undefined))).toContain('user-name:ann\n');
    expect(text(frames.of('1.2', { name: 'bob' }, undefined))).toContain('user-name:bob\n');
    expect(text(frames.of('1.2', undefined, undefined))).not.toContain('user-name');
  });

  it('takes over what the broker of a session says', () => {
    const broker = { version: '1.2', heartbeat: '0,0', server: 'x/1', session: 's-1' } as const;
    const shown = text(frames.of('1.2', undefined, broker));
    expect(shown).toBe('CONNECTED\nversion:1.2\nheart-beat:0,0\nserver:x/1\nsession:s-1\n\n\0');
    expect(text(frames.of('1.2', undefined, undefined))).not.toContain('x/1');
  });
});
