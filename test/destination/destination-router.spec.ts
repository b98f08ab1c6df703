import { DestinationRouter } from '../../lib/destination/index.js';

const router = (separator = '/') =>
  DestinationRouter.of({
    application: ['/app', ' /other/ '],
    brokers: [['/topic', '/queue'], []],
    separator,
  });

describe('DestinationRouter', () => {
  it('appends a slash to prefixes, whatever the separator', () => {
    expect(router('.').prefixes.application).toEqual(['/app/', '/other/']);
    expect(DestinationRouter.of({ user: '/me' }).prefixes.user).toBe('/me/');
  });

  it('does not take a longer name for a prefix', () => {
    expect(router().isApplication('/application/x')).toBe(false);
    expect(router().isApplication('/app/x')).toBe(true);
  });

  it('compares broker prefixes as they are', () => {
    expect(router().isForBroker(0, '/topics')).toBe(true);
    expect(router().isForBroker(0, '/app/x')).toBe(false);
  });

  it('gives a broker without prefixes everything but user destinations', () => {
    expect(router().isForBroker(1, '/anything')).toBe(true);
    expect(router().isForBroker(1, '/user/queue/a')).toBe(false);
  });

  it('gives a broker that is not there nothing', () => {
    expect(router().isForBroker(2, '/topic/a')).toBe(false);
  });

  it('routes a destination to all who take it', () => {
    const none = DestinationRouter.of({ brokers: [['/topic']] });
    expect(none.route('/topic/a')).toEqual({
      application: true,
      user: false,
      brokers: [0],
      nobody: false,
    });
    const strict = DestinationRouter.of({ application: ['/app'], brokers: [['/topic']] });
    expect(strict.route('/user/queue/a')).toMatchObject({ user: true, brokers: [], nobody: false });
    expect(strict.route('/elsewhere')).toMatchObject({ nobody: true });
  });

  it('keeps a leading slash in lookups with slashes', () => {
    expect(router().withoutApplicationPrefix('/app/greeting')).toBe('/greeting');
  });

  it('leaves no leading slash in lookups with dots', () => {
    expect(router('.').withoutApplicationPrefix('/app/red.blue')).toBe('red.blue');
  });

  it('looks up the whole destination when there are no prefixes', () => {
    expect(DestinationRouter.of({}).withoutApplicationPrefix('/a/b')).toBe('/a/b');
    expect(router().withoutApplicationPrefix('/a/b')).toBeUndefined();
  });
});
