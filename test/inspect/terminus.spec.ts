import { Controller, Get, Inject, type INestApplication } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import {
  getStompToken,
  simpleBroker,
  stompBrokerRelay,
  StompModule,
  StompStats,
  type MessageBroker,
} from 'nestjs-stomp';
import { StompHealthIndicator, stompHealthIndicator } from 'nestjs-stomp/terminus';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(StompHealthIndicator) private readonly stomp: StompHealthIndicator,
  ) {}

  @Get()
  check() {
    return this.health.check([() => this.stomp.isHealthy()]);
  }

  @Get('simple')
  checkSimple() {
    return this.health.check([() => this.stomp.isHealthy('simple', { brokers: ['simple'] })]);
  }
}

// Nobody listens on the discard port of the loopback.
const unreachable = () =>
  stompBrokerRelay({ name: 'rabbit', destinations: ['/queue'], host: '127.0.0.1', port: 9 });

describe('StompHealthIndicator', () => {
  let app: INestApplication;
  let httpUrl: string;

  async function start(...brokers: MessageBroker[]): Promise<void> {
    ({ app, httpUrl } = await startNest({
      imports: [
        TerminusModule.forRoot({ logger: false }),
        StompModule.forRoot({ endpoints: ['/stomp'], brokers }),
        StompModule.forRoot({ name: 'second', brokers: [unreachable()] }),
      ],
      controllers: [HealthController],
      providers: [
        StompHealthIndicator,
        stompHealthIndicator('SecondHealth', getStompToken(StompStats, 'second')),
      ],
    }));
  }

  async function health(path = ''): Promise<{ status: number; details: Record<string, unknown> }> {
    const response = await fetch(`${httpUrl}/health${path}`);
    const { details } = (await response.json()) as { details: Record<string, unknown> };
    return { status: response.status, details };
  }

  afterEach(() => app.close());

  it('is up while the broker is, with the number of sessions', async () => {
    await start(simpleBroker());
    await StompTestClient.connect(app);
    expect(await health()).toEqual({
      status: 200,
      details: { stomp: { status: 'up', sessions: 1, brokers: { simple: 'up' } } },
    });
  });

  it('is down while a broker is, and says which', async () => {
    await start(simpleBroker({ destinations: ['/topic'] }), unreachable());
    expect(await health()).toEqual({
      status: 503,
      details: {
        stomp: { status: 'down', sessions: 0, brokers: { simple: 'up', rabbit: 'down' } },
      },
    });
  });

  it('may need some brokers only', async () => {
    await start(simpleBroker({ destinations: ['/topic'] }), unreachable());
    expect(await health('/simple')).toMatchObject({
      status: 200,
      details: { simple: { status: 'up' } },
    });
  });

  it('is there for a named instance', async () => {
    await start(simpleBroker());
    const second = app.get<StompHealthIndicator>('SecondHealth');
    expect(second.isHealthy('second')).toEqual({
      second: { status: 'down', sessions: 0, brokers: { rabbit: 'down' } },
    });
  });
});
