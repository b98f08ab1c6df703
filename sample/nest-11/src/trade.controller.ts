import { Controller, UseGuards, ValidationPipe } from '@nestjs/common';
import {
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendToUser,
  SimpMessagingTemplate,
  SubscribeMapping,
} from 'nestjs-stomp';
import { Depot } from './depot.js';
import { Order } from './order.js';
import { StompGuard } from './stomp.guard.js';

@Controller()
export class TradeController {
  constructor(
    private readonly depot: Depot,
    private readonly template: SimpMessagingTemplate,
  ) {}

  @SubscribeMapping('/price')
  price() {
    return { price: this.depot.price };
  }

  @MessageMapping('/trade.{ticker}')
  @UseGuards(StompGuard)
  @SendToUser('/queue/confirmed')
  trade(
    @DestinationVariable('ticker') ticker: string,
    @Header('via') via: string,
    @Payload(new ValidationPipe({ transform: true })) order: Order,
  ) {
    this.template.convertAndSend('/topic/trades', ticker);
    return { ticker, via, cost: order.shares * this.depot.price, isOrder: order instanceof Order };
  }

  @MessageExceptionHandler()
  @SendToUser('/queue/errors')
  failed(error: Error) {
    return error.name;
  }
}
