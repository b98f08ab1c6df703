import { Injectable } from '@nestjs/common';
import { OnStompEvent, type BrokerAvailabilityEvent } from 'nestjs-stomp';

/** Knows when RabbitMQ was reached: before, clients are refused. */
@Injectable()
export class RelayWatch {
  readonly reached: Promise<void>;
  private tell!: () => void;

  constructor() {
    this.reached = new Promise((resolve) => (this.tell = resolve));
  }

  /** Only a relayed broker has a host. */
  @OnStompEvent('brokerAvailability')
  onBrokerAvailability({ available, host }: BrokerAvailabilityEvent): void {
    if (available && host !== undefined) this.tell();
  }
}
