import { Controller, type INestApplication } from '@nestjs/common';
import { getStompToken, MessageMapping, simpleBroker, StompModule, StompStats } from 'nestjs-stomp';
import { METRICS, stompMetrics } from 'nestjs-stomp/prometheus';
import { StompTestClient } from 'nestjs-stomp/testing';
import { Gauge, Registry, type OpenMetricsContentType } from 'prom-client';
import { startNest } from '../support/nest-application.js';

@Controller()
class EchoController {
  @MessageMapping('/echo')
  echo(text: string): string {
    return text;
  }
}

describe('stompMetrics', () => {
  let app: INestApplication;
  let stats: StompStats;
  let second: StompStats;
  let client: StompTestClient;

  beforeEach(async () => {
    const running = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [simpleBroker({ destinations: ['/topic'] })],
        }),
        StompModule.forRoot({ name: 'second' }),
      ],
      controllers: [EchoController],
    });
    app = running.app;
    stats = app.get(StompStats);
    second = app.get(getStompToken(StompStats, 'second'));
    client = await StompTestClient.connect(app);
    await client.sendAndWait('/app/echo', 'x');
  });

  afterEach(() => app.close());

  it('is text for Prometheus, read when the registry is', async () => {
    const registry = stompMetrics(stats);
    const text = await registry.metrics();
    expect(text).toContain('# TYPE stomp_sessions gauge\n');
    expect(text).toContain('stomp_sessions{instance="default",transport="websocket"} 1\n');
    expect(text).toContain('# TYPE stomp_frames_in_total counter\n');
    expect(text).toContain('stomp_frames_in_total{instance="default",command="SEND"} 1\n');
    expect(text).toContain('stomp_broker_available{instance="default",broker="simple"} 1\n');
    expect(text).toContain('stomp_broker_published_total{instance="default",broker="simple"} 1\n');
    await client.sendAndWait('/topic/a', 'x');
    expect(await registry.metrics()).toContain(
      'stomp_frames_in_total{instance="default",command="SEND"} 2\n',
    );
  });

  it('has a histogram of the durations of each handler, in seconds', async () => {
    const text = await stompMetrics(stats).metrics();
    const labels = 'instance="default",handler="EchoController.echo"';
    expect(text).toContain('# TYPE stomp_handler_duration_seconds histogram\n');
    expect(text).toContain(`stomp_handler_duration_seconds_bucket{${labels},le="5"} 1\n`);
    expect(text).toContain(`stomp_handler_duration_seconds_bucket{${labels},le="+Inf"} 1\n`);
    expect(text).toContain(`stomp_handler_duration_seconds_count{${labels}} 1\n`);
    expect(text).toMatch(/stomp_handler_duration_seconds_sum\{.*\} 0\.\d+\n/);
  });

  it('has every metric of the table, each once', async () => {
    const text = await stompMetrics(stats).metrics();
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names).toEqual(METRICS.map(({ name }) => `stomp_${name}`));
    expect(new Set(names).size).toBe(names.length);
  });

  it('joins a registry that is there, with another prefix', async () => {
    const registry = new Registry();
    new Gauge({ name: 'mine', help: 'of the application', registers: [registry] }).set(7);
    expect(stompMetrics(stats, { registry, prefix: 'chat_' })).toBe(registry);
    const text = await registry.metrics();
    expect(text).toContain('mine 7\n');
    expect(text).toContain('chat_sessions_connected{instance="default"} 1\n');
  });

  it('has several instances side by side', async () => {
    const text = await stompMetrics([stats, second]).metrics();
    expect(text).toContain('stomp_sessions_connected{instance="default"} 1\n');
    expect(text).toContain('stomp_sessions_connected{instance="second"} 0\n');
  });

  it('is right as OpenMetrics too', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    stompMetrics(stats, { registry });
    for (let times = 0; times < 2; times++) {
      const text = await registry.metrics();
      expect(text).toContain('# TYPE stomp_frames_in counter\n');
      expect(text).toContain('stomp_frames_in_total{instance="default",command="SEND"} 1\n');
      expect(text.endsWith('# EOF\n')).toBe(true);
    }
  });

  it('keeps its counts when the registry is reset', async () => {
    const registry = stompMetrics(stats);
    registry.resetMetrics();
    expect(await registry.getSingleMetricAsString('stomp_sessions_connected')).toContain('} 1');
  });
});
