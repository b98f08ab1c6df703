import { resolveSessionOptions } from '../../lib/session/session-options.js';

describe('session options', () => {
  it('have safe defaults', () => {
    expect(resolveSessionOptions()).toMatchObject({
      heartbeatValue: [10_000, 10_000],
      messageSizeLimit: 65_536,
      maxFramesInFlight: 64,
      timeToFirstMessage: 60_000,
      preserveReceiveOrder: false,
    });
  });

  it('take the default where a value is undefined, and leave other options aside', () => {
    const options = { maxSubscriptions: undefined, endpoints: ['/ws'] };
    const resolved = resolveSessionOptions(options);
    expect(resolved.maxSubscriptions).toBe(1000);
    expect(resolved).not.toHaveProperty('endpoints');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ heartbeatValue: [1000] }, 'two numbers'],
    [{ heartbeatValue: [-1, 0] }, 'a whole number, or 0'],
    [{ messageSizeLimit: 0 }, 'a whole number above 0'],
    [{ maxSubscriptions: 1.5 }, 'a whole number above 0'],
    [{ timeToFirstMessage: '60s' }, 'a whole number, or 0'],
    [{ preserveReceiveOrder: 'yes' }, 'true or false'],
  ])('refuse %j', (options, text) => {
    const [name] = Object.keys(options);
    expect(() => resolveSessionOptions(options)).toThrow(`Option "${name}" must be ${text}`);
  });
});
