import {
  Registry,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  type PrometheusContentType,
  type RegistryContentType,
} from 'prom-client';
import type { StompStatsSnapshot } from '../stats-snapshot.js';
import type { StompStats } from '../stomp-stats.js';
import { METRICS, type StompMetric } from './metrics.js';

/**
 * Where metrics go.
 *
 * @publicApi
 */
export interface StompMetricsOptions<T extends RegistryContentType = PrometheusContentType> {
  /** @default a new one */
  registry?: Registry<T>;
  /** Begins every name. @default 'stomp_' */
  prefix?: string;
}

type Described = Omit<MetricObjectWithValues<MetricValue<string>>, 'collect'>;

/**
 * Registers all metrics of one or several instances with prom-client, each read when the registry is: `registry.metrics()`
 * is the text for Prometheus. Each sample has the label `instance`.
 *
 * @publicApi
 */
export function stompMetrics<T extends RegistryContentType = PrometheusContentType>(
  stats: StompStats | readonly StompStats[],
  { registry = new Registry(), prefix = 'stomp_' }: StompMetricsOptions<T> = {},
): Registry<T> {
  const source = new SnapshotSource([stats].flat());
  for (const metric of METRICS)
    registry.registerMetric(new SnapshotMetric(prefix, metric, source) as unknown as Metric);
  return registry;
}

/** One snapshot of each instance for all metrics that are read in one turn. */
class SnapshotSource {
  private current: readonly StompStatsSnapshot[] | undefined;

  constructor(private readonly stats: readonly StompStats[]) {}

  read(): readonly StompStatsSnapshot[] {
    if (this.current) return this.current;
    setImmediate(() => (this.current = undefined));
    return (this.current = this.stats.map((one) => one.snapshot()));
  }
}

/** What a registry of prom-client needs of a metric: its values when asked. */
class SnapshotMetric {
  /** A registry of OpenMetrics takes `_total` off, and puts it back in what it writes. */
  name: string;
  readonly help: string;
  readonly type: StompMetric['type'];
  readonly aggregator = 'sum';

  constructor(
    prefix: string,
    private readonly metric: StompMetric,
    private readonly source: SnapshotSource,
  ) {
    this.name = prefix + metric.name;
    this.help = metric.help;
    this.type = metric.type;
  }

  get(): Promise<Described> {
    const { name, help, aggregator } = this;
    const type = this.type as unknown as Described['type'];
    const values = this.source.read().flatMap((snapshot) => this.valuesOf(snapshot));
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  /** The counts are those of the instance: they cannot be reset. */
  reset(): void {
    return;
  }

  private valuesOf(snapshot: StompStatsSnapshot): MetricValue<string>[] {
    const { instance } = snapshot;
    return this.metric.samples(snapshot).map(({ value, labels, suffix }) => ({
      value,
      labels: { instance, ...labels },
      ...(suffix && { metricName: this.name + suffix }),
    }));
  }
}
