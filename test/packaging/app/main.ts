import 'reflect-metadata';
import assert from 'node:assert/strict';
import {
  Controller,
  Injectable,
  Module,
  UseGuards,
  ValidationPipe,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsInt } from 'class-validator';
import {
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendToUser,
  SimpMessagingTemplate,
  StompModule,
  SubscribeMapping,
} from 'nestjs-stomp';
import { connect, type Answer } from './client.js';

class Order {
  @IsInt()
  shares!: number;
}

@Injectable()
class Depot {
  readonly price = 7;
}

class WithToken implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.getType() === 'ws' && context.switchToWs().getData() !== undefined;
  }
}

@Controller()
class TradeController {
  constructor(
    private readonly depot: Depot,
    private readonly template: SimpMessagingTemplate,
  ) {}

  @SubscribeMapping('/price')
  price() {
    return { price: this.depot.price };
  }

  @MessageMapping('/trade.{ticker}')
  @UseGuards(WithToken)
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

@Module({
  imports: [
    StompModule.forRoot({ endpoints: ['/stomp'], applicationDestinationPrefixes: ['/app'] }),
  ],
  controllers: [TradeController],
  providers: [Depot],
})
class AppModule {}

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

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
  await app.listen(0, '127.0.0.1');
  for (const [fact, show] of Object.entries(FACTS)) {
    const client = await connect(`${(await app.getUrl()).replace('http', 'ws')}/stomp`);
    await show(client).then(
      () => console.log(`ok ${fact}`),
      (error: unknown) => console.log(`not ok ${fact}: ${String(error)}`),
    );
    await client.close();
  }
  await app.close();
  console.log('ok closes');
}

void main();
