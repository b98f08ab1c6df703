export { METRICS, type MetricType, type StompMetric } from './metrics.js';
export { stompMetrics, type StompMetricsOptions } from './stomp-metrics.js';
