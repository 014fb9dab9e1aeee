// admin: the text of `/metrics`: the tables of metrics in a registry of prom-client, which writes Prometheus' format. Values are read at each scrape;
// nothing is kept per request. Loaded with the first scrape.

import { type Metric as PromMetric, Registry } from 'prom-client'
import type { ServerView } from '../../server/server-view.ts'
import { BUCKET_BOUNDS_MS, type DistributionView } from '../../support/distribution.ts'
import { processFacts } from '../process-facts.ts'
import { ENSEMBLE_METRICS } from './ensemble-metrics.ts'
import type { Facts, Metric } from './metric.ts'
import { PROCESS_METRICS } from './process-metrics.ts'
import { RecentQuantiles } from './recent-quantiles.ts'
import { ZOARIUM_METRICS } from './zoarium-metrics.ts'
import { ZOOKEEPER_METRICS } from './zookeeper-metrics.ts'

/** All of them, as the page in docs/operations lists them. */
export const ALL_METRICS: readonly Metric[] = [...ZOOKEEPER_METRICS, ...ZOARIUM_METRICS, ...ENSEMBLE_METRICS, ...PROCESS_METRICS]

/** What the values are read from. */
export function factsOf(view: ServerView): Facts {
  return { version: view.version, serving: view.serving, stats: view.stats(), ensemble: view.ensemble(), process: processFacts() }
}

/** A line of the format. */
interface Sample {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

export class MetricsText {
  readonly #view: ServerView
  readonly #registry = new Registry()
  /** Of the scrape under way. */
  #facts: Facts

  constructor(view: ServerView) {
    this.#view = view
    this.#facts = factsOf(view)
    for (const metric of ALL_METRICS) this.#register(metric)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    this.#facts = factsOf(this.#view)
    return this.#registry.metrics()
  }

  // prom-client's own metrics count by themselves. These were counted already, so its registry is given what it asks metrics for: their lines.
  #register(metric: Metric): void {
    const { name, help, type } = metric
    const recent = new RecentQuantiles()
    const get = async () => ({ name, help, type, aggregator: 'sum', values: [...samplesOf(metric, this.#facts, recent)] })
    this.#registry.registerMetric({ name, help, type, get } as unknown as PromMetric)
  }
}

function* samplesOf(metric: Metric, facts: Facts, recent: RecentQuantiles): Iterable<Sample> {
  const { name } = metric
  switch (metric.type) {
    case 'gauge':
    case 'counter': {
      if ('readAll' in metric) {
        for (const { labels, value } of metric.readAll(facts)) yield { metricName: name, labels, value }
        return
      }
      const value = metric.read(facts)
      if (value !== null) yield { metricName: name, labels: {}, value }
      return
    }
    case 'summary': {
      const distribution = metric.read(facts)
      const values = recent.read(distribution, metric.quantiles, performance.now())
      for (const [i, quantile] of metric.quantiles.entries()) yield { metricName: name, labels: { quantile }, value: values[i] ?? 0 }
      yield { metricName: `${name}_sum`, labels: {}, value: distribution.sumMs }
      yield { metricName: `${name}_count`, labels: {}, value: distribution.count }
      return
    }
    case 'histogram':
      for (const { labels, value } of metric.readAll(facts)) yield* bucketsOf(name, labels, value)
      return
  }
}

function* bucketsOf(name: string, labels: Readonly<Record<string, string>>, distribution: DistributionView): Iterable<Sample> {
  let below = 0
  for (const [i, boundMs] of BUCKET_BOUNDS_MS.entries()) {
    below += distribution.buckets[i] ?? 0
    yield { metricName: `${name}_bucket`, labels: { ...labels, le: boundMs / 1000 }, value: below }
  }
  yield { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: distribution.count }
  yield { metricName: `${name}_sum`, labels, value: distribution.sumMs / 1000 }
  yield { metricName: `${name}_count`, labels, value: distribution.count }
}
