import { Controller, Logger, ValidationPipe, type ValidationError } from '@nestjs/common';
import {
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendToUser,
  SimpMessageHeaderAccessor,
  SubscribeMapping,
} from 'nestjs-stomp';
import { OrderRejectedException } from './order-rejected.exception.js';
import { Order } from './order.js';
import type { PortfolioPosition } from './portfolio-position.js';
import { PortfolioService } from './portfolio.service.js';
import type { Stock } from './quote.js';
import { StockExchange } from './stock-exchange.js';
import { TradeService } from './trade.service.js';

const orderPipe = new ValidationPipe({
  transform: true,
  stopAtFirstError: true,
  exceptionFactory: (errors: ValidationError[]) =>
    new OrderRejectedException(
      errors.flatMap(({ constraints }) => Object.values(constraints ?? {})).join('. '),
    ),
});

/** What the page asks for and what it orders; all destinations below `/app`. */
@Controller()
export class TradeController {
  private readonly logger = new Logger(TradeController.name);

  constructor(
    private readonly exchange: StockExchange,
    private readonly portfolios: PortfolioService,
    private readonly trades: TradeService,
  ) {}

  @SubscribeMapping('/stocks')
  stocks(): readonly Stock[] {
    return this.exchange.stocks;
  }

  @SubscribeMapping('/positions')
  positions(headers: SimpMessageHeaderAccessor): PortfolioPosition[] {
    return this.portfolios.positionsOf(ownerOf(headers));
  }

  @MessageMapping('/trade')
  @SendToUser('/queue/position-updates')
  trade(@Payload(orderPipe) order: Order, headers: SimpMessageHeaderAccessor): PortfolioPosition {
    return this.trades.execute(order, ownerOf(headers));
  }

  @MessageExceptionHandler(OrderRejectedException)
  @SendToUser('/queue/errors', { broadcast: false })
  rejected(error: OrderRejectedException): string {
    return error.message;
  }

  @MessageExceptionHandler()
  @SendToUser('/queue/errors', { broadcast: false })
  failed(error: Error): string {
    this.logger.warn(error.message);
    return 'This order could not be read';
  }
}

/** A user's name; a guest, who has none, is known by the session. */
function ownerOf(headers: SimpMessageHeaderAccessor): string {
  return headers.getUser()?.name ?? headers.getSessionId() ?? '';
}
