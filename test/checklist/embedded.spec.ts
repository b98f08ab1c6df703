import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { CheckOptions } from '../apps/check/check-options.js';
import { CheckModule } from '../apps/check/check.module.js';
import { checklist } from './checklist.js';
import { HEARTBEAT_MS, LOGIN, PASSCODE, Peer } from './peer.js';

describe('STOMP checklist, embedded broker', () => {
  const apps: INestApplication[] = [];
  let peer: Peer;

  async function start(options: CheckOptions): Promise<string> {
    const module = await Test.createTestingModule({
      imports: [CheckModule.withOptions(options)],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    apps.push(app);
    await app.listen(0, '127.0.0.1');
    return `${(await app.getUrl()).replace('http', 'ws')}/ws`;
  }

  beforeAll(async () => {
    peer = new Peer(
      await start({ heartbeat: HEARTBEAT_MS, queues: '/queue' }),
      await start({ auth: `${LOGIN}:${PASSCODE}` }),
    );
  });

  afterAll(() => Promise.all(apps.map((app) => app.close())));

  checklist(() => peer);
});
