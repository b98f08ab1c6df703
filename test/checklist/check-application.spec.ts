import { startCheckApplication, type RunningApplication } from '../support/application.js';
import { checklist } from './checklist.js';
import { HEARTBEAT_MS, LOGIN, PASSCODE, Peer } from './peer.js';

describe('STOMP checklist, check application', () => {
  const applications: RunningApplication[] = [];
  let peer: Peer;

  async function start(...options: string[]): Promise<string> {
    const application = await startCheckApplication(...options);
    applications.push(application);
    return `${application.url.replace('http', 'ws')}/stomp`;
  }

  beforeAll(async () => {
    peer = new Peer(
      await start('--heartbeat', String(HEARTBEAT_MS), '--queues', '/queue'),
      await start('--auth', `${LOGIN}:${PASSCODE}`),
    );
  }, 120_000);

  afterAll(() => Promise.all(applications.map((one) => one.stop())));

  checklist(() => peer);
});
