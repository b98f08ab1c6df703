import { EndpointServerHarness } from '../support/endpoint-server.harness.js';
import { until } from '../../support/until.js';

describe('admission', () => {
  let harness: EndpointServerHarness;
  afterEach(() => harness.stop());

  async function start(transport: object): Promise<void> {
    harness = await EndpointServerHarness.start({ transport: { trustProxy: 1, ...transport } });
  }

  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

  it('answers 503 above maxConnections until one leaves', async () => {
    await start({ maxConnections: 2 });
    const first = await harness.connect();
    await harness.connect();
    const reply = await harness.refusal();

    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('5');
    first.close();
    await until(() => harness.endpoints.stats.connections === 1);
    await harness.connect();
  });

  it('counts connections of one address apart from those of others', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    await harness.connect('/stomp', from('9.9.9.1'));

    expect((await harness.refusal('/stomp', from('9.9.9.1'))).status).toBe(503);
    await harness.connect('/stomp', from('9.9.9.2'));
  });

  it('gives the place of a refused handshake back', async () => {
    await start({ maxConnections: 1 });
    await harness.refusal('/stomp', { headers: { origin: 'http://evil.example' } });

    await harness.connect();
  });

  it('lets so many handshakes of an address in at once, and says when the next one may come', async () => {
    await start({ handshakeRate: { perSecond: 0.1, burst: 2 } });
    await harness.connect('/stomp', from('9.9.9.1'));
    await harness.connect('/stomp', from('9.9.9.1'));
    const reply = await harness.refusal('/stomp', from('9.9.9.1'));

    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('10');
    await harness.connect('/stomp', from('9.9.9.2'));
  });
});
