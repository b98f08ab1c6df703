import {
  negotiateHeartbeat,
  negotiateVersion,
  parseHeartbeat,
  StompFrameException,
} from '../../lib/frame/index.js';

describe('negotiateVersion', () => {
  it.each([
    ['1.2', '1.2'],
    ['1.0,1.1,1.2', '1.2'],
    ['1.1,1.0', '1.1'],
    ['1.0, 1.1 ,2.0', '1.1'],
    [undefined, '1.0'],
    ['2.0', undefined],
    ['', undefined],
  ])('of %s is %s', (accepted, version) => {
    expect(negotiateVersion(accepted)).toBe(version);
  });
});

describe('parseHeartbeat', () => {
  it.each([
    ['1000,2000', [1000, 2000]],
    ['0,0', [0, 0]],
    [undefined, [0, 0]],
    ['abc', [0, 0]],
  ])('of %s is %j', (header, heartbeat) => {
    expect(parseHeartbeat(header)).toEqual(heartbeat);
  });

  it.each(['a,b', '0, 0', 'a,-5', '-1,0', '1,2,3', ',', '1.5,0', `${'9'.repeat(20)},0`])(
    'refuses %s',
    (header) => {
      expect(() => parseHeartbeat(header)).toThrow(StompFrameException);
    },
  );
});

describe('negotiateHeartbeat', () => {
  it('takes the longer time of each direction', () => {
    expect(negotiateHeartbeat([500, 4000], [1000, 2000])).toEqual({
      serverSends: 4000,
      clientSends: 2000,
    });
  });

  it('has none in a direction that one side said 0 to', () => {
    expect(negotiateHeartbeat([0, 4000], [1000, 2000])).toEqual({
      serverSends: 4000,
      clientSends: 0,
    });
    expect(negotiateHeartbeat([500, 500], [0, 0])).toEqual({ serverSends: 0, clientSends: 0 });
  });
});
