import { Logger } from '@nestjs/common';
import { map } from 'rxjs';
import { StompEvents, type BrokerAvailabilityEvent } from '../../lib/channel/index.js';

describe('StompEvents', () => {
  const event: BrokerAvailabilityEvent = {
    type: 'brokerAvailability',
    available: true,
    broker: 'b',
  };
  let events: StompEvents;

  beforeEach(() => {
    Logger.overrideLogger(false);
    events = new StompEvents();
  });

  it('calls the listeners of a type in order, synchronously', () => {
    const seen: string[] = [];
    events.on('brokerAvailability', () => seen.push('first'));
    events.on('brokerAvailability', (one) => seen.push(`second ${one.broker}`));
    events.on('sessionConnect', () => seen.push('other type'));
    events.publish(event);
    expect(seen).toEqual(['first', 'second b']);
  });

  it('does not call a listener that left', () => {
    const seen: unknown[] = [];
    events.on('brokerAvailability', (one) => seen.push(one))();
    events.publish(event);
    expect(seen).toEqual([]);
  });

  it('calls a listener that was registered twice until both have left', () => {
    const seen: unknown[] = [];
    const listener = (): unknown => seen.push(1);
    const leave = events.on('brokerAvailability', listener);
    events.on('brokerAvailability', listener);
    leave();
    leave();
    events.publish(event);
    expect(seen).toEqual([1]);
  });

  it('shows all events as a stream', () => {
    const seen: unknown[] = [];
    events.events$.pipe(map(({ type }) => type)).subscribe((type) => seen.push(type));
    events.publish(event);
    expect(seen).toEqual(['brokerAvailability']);
  });

  it('is not disturbed by listeners and observers that throw or reject', async () => {
    const fail = (): never => {
      throw new Error('listener');
    };
    const seen: unknown[] = [];
    events.on('brokerAvailability', fail);
    events.on('brokerAvailability', () => Promise.reject(new Error('later')));
    events.on('brokerAvailability', (one) => seen.push(one));
    events.events$.subscribe(fail);
    events.events$.subscribe((): any => Promise.reject(new Error('later')));
    events.events$.pipe(map(fail)).subscribe();
    events.publish(event);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([event]);
  });
});
