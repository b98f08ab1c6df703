import { jest } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Turn } from '../../lib/transport/index.js';

function recorder(turn: Turn) {
  const order: string[] = [];
  const add = (name: string) => ({ flush: () => void order.push(name) });
  return {
    order,
    source: (name: string) => turn.addSource(add(name)),
    connection: (name: string) => turn.addConnection(add(name)),
  };
}

describe('Turn', () => {
  beforeAll(() => Logger.overrideLogger(false));

  afterEach(() => {
    jest.useRealTimers();
  });

  it('flushes at the end of the turn, sources before connections', async () => {
    const { order, source, connection } = recorder(new Turn());
    connection('connection');
    source('source');
    expect(order).toEqual([]);
    await setImmediate();
    expect(order).toEqual(['source', 'connection']);
  });

  it('flushes connections that a source adds in the same flush', async () => {
    const turn = new Turn();
    const { order, connection } = recorder(turn);
    turn.addSource({ flush: () => connection('added') });
    await setImmediate();
    expect(order).toEqual(['added']);
  });

  it('flushes the others when one fails', async () => {
    const turn = new Turn();
    const { order, connection } = recorder(turn);
    turn.addConnection({
      flush: () => {
        throw new Error('lost');
      },
    });
    connection('second');
    await setImmediate();
    expect(order).toEqual(['second']);
  });

  it('waits for flushDelayMs from the first write on, and gathers what comes meanwhile', () => {
    jest.useFakeTimers();
    const { order, connection } = recorder(new Turn(2));
    connection('first');
    jest.advanceTimersByTime(1);
    connection('second');
    expect(order).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(order).toEqual(['first', 'second']);
  });

  it('begins to wait anew after a flush', () => {
    jest.useFakeTimers();
    const { order, connection } = recorder(new Turn(2));
    connection('first');
    jest.advanceTimersByTime(2);
    connection('second');
    expect(order).toEqual(['first']);
    jest.advanceTimersByTime(2);
    expect(order).toEqual(['first', 'second']);
  });
});
