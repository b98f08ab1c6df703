import { newSessionId } from '../../lib/session/session-ids.js';

describe('newSessionId', () => {
  // RFC 9562, 5.4
  const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const ids = Array.from({ length: 1000 }, newSessionId);

  it('makes random UUIDs', () => {
    for (const id of ids) expect(id).toMatch(UUID_4);
  });

  it('makes each of them once', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });
});
