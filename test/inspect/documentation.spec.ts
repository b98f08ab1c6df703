import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleBroker, stompBrokerRelay, type StompDiagnostics } from 'nestjs-stomp';
import { METRICS } from 'nestjs-stomp/prometheus';
import { StompStats } from '../../lib/inspect/index.js';
import { SimpUserRegistry } from '../../lib/user/index.js';
import { SessionRig } from '../support/session-rig.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/observability.md'), 'utf8');

const CHANNELS: Record<keyof StompDiagnostics, true> = {
  'stomp:session:connected': true,
  'stomp:session:disconnected': true,
  'stomp:subscription:stored': true,
  'stomp:subscription:removed': true,
  'stomp:message:received': true,
  'stomp:message:handled': true,
  'stomp:message:published': true,
  'stomp:message:delivered': true,
  'stomp:broker:availability': true,
  'stomp:client:slow': true,
};

describe('the page about observability', () => {
  it.each(METRICS)('has the metric $name with its type', ({ name, type }) => {
    expect(page).toContain(`| \`stomp_${name}\` | ${type} |`);
  });

  it.each(Object.keys(CHANNELS))('has the channel %s', (name) => {
    expect(page).toContain(`| \`${name}\` |`);
  });

  it('has everything that is in a snapshot', () => {
    const rig = new SessionRig();
    const { events, outbound, server } = rig;
    const stats = new StompStats({
      name: undefined,
      brokers: [simpleBroker(), stompBrokerRelay()],
      registry: new SimpUserRegistry(events, outbound),
      server,
      handler: undefined,
      endpoints: undefined,
    });
    const names = namesIn(stats.snapshot());
    rig.stop();
    const missing = names.filter((name) => !new RegExp('[`.]' + name + '[`.[]').test(page));
    expect(missing).toEqual([]);
  });
});

/** Names of all members, without those of maps by command, code or transport. */
function namesIn(value: object): string[] {
  const isMap = (name: string): boolean => /^(frames|byTransport|closedByCode|refused)$/.test(name);
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    const own = Array.isArray(value) ? [] : [name];
    const isObject = typeof one === 'object' && one !== null;
    return isObject && !isMap(name) ? [...own, ...namesIn(one)] : own;
  });
}
