import assert from 'node:assert/strict';
import { connect, type Answer } from './client.js';
import { tell } from './tell.js';

type Fact = (client: Awaited<ReturnType<typeof connect>>) => Promise<void>;

const FACTS: Record<string, Fact> = {
  'answers a subscription': async (client) => {
    assert.deepEqual(await client.first('/app/price'), { price: 7 } satisfies Answer);
  },
  'runs a handler with guard, pipe and injected provider': async (client) => {
    const confirmed = client.first('/user/queue/confirmed');
    client.send('/app/trade.MMM', { shares: 6 }, { via: 'test' });
    const expected = { ticker: 'MMM', via: 'test', cost: 42, isOrder: true };
    assert.deepEqual(await confirmed, expected);
  },
  'brings what the template sends to subscribers': async (client) => {
    const told = client.first('/topic/trades');
    client.send('/app/trade.IBM', { shares: 1 }, { via: 'test' });
    assert.equal(await told, 'IBM');
  },
  'brings a failed validation to the exception handler': async (client) => {
    const failed = client.first('/user/queue/errors');
    client.send('/app/trade.MMM', { shares: 'six' }, { via: 'test' });
    assert.match(JSON.stringify(await failed), /Exception/);
  },
};

/** Tells for each fact whether it is so of the application at this address. */
async function main(url: string): Promise<void> {
  for (const [fact, show] of Object.entries(FACTS)) {
    const client = await connect(url);
    await tell(fact, show(client));
    await client.close();
  }
}

void main(process.argv[2]!);
