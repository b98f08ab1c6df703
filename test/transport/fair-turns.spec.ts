import { FairTurns } from '../../lib/transport/fair-turns.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('FairTurns', () => {
  it('lets so many tasks begin in one turn, and as many in the next', async () => {
    const turns = new FairTurns(2);
    expect([turns.begin(), turns.begin(), turns.begin()]).toEqual([true, true, false]);
    await turn();
    expect([turns.begin(), turns.begin(), turns.begin()]).toEqual([true, true, false]);
  });

  it('calls the tasks that wait in order, so many a turn', async () => {
    const turns = new FairTurns(2);
    const called: number[] = [];
    for (const task of [1, 2, 3, 4, 5]) turns.later(() => called.push(task));
    expect([called.length, turns.size]).toEqual([0, 5]);
    await turn();
    expect([called, turns.size]).toEqual([[1, 2], 3]);
    await turn();
    expect(called).toEqual([1, 2, 3, 4]);
    await turn();
    expect([called, turns.size]).toEqual([[1, 2, 3, 4, 5], 0]);
  });

  it('lets nobody overtake those that wait', async () => {
    const turns = new FairTurns(1);
    turns.begin();
    turns.later(() => undefined);
    turns.later(() => undefined);
    await turn();
    expect(turns.begin()).toBe(false);
    await turn();
    await turn();
    expect(turns.begin()).toBe(true);
  });
});
