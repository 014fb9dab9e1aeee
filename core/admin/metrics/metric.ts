// admin: what a metric is: a name, a help text and where its value is read. The tables beside this file are written in it.

import type { EnsembleView, ServerStats } from '../../server/server-view.ts'
import type { DistributionView } from '../../support/distribution.ts'
import type { ProcessFacts } from '../process-facts.ts'

/** What the values are read from, gathered once for all of them. */
export interface Facts {
  readonly version: string
  readonly serving: boolean
  readonly stats: ServerStats
  /** `null` for a server alone. */
  readonly ensemble: EnsembleView | null
  readonly process: ProcessFacts
}

/** One value of a metric that has several. */
export interface Labelled<T> {
  readonly labels: Readonly<Record<string, string>>
  readonly value: T
}

interface Described {
  readonly name: string
  readonly help: string
}

/** One number. `null`: it cannot be told here, and the metric is left out. */
export interface NumberMetric extends Described {
  readonly type: 'gauge' | 'counter'
  read(facts: Facts): number | null
}

/** Numbers told apart by labels. */
export interface LabelledMetric extends Described {
  readonly type: 'gauge' | 'counter'
  readonly labels: readonly string[]
  readAll(facts: Facts): Iterable<Labelled<number>>
}

/** ZooKeeper's form: quantiles of the last minutes, count and sum since the start; milliseconds. */
export interface SummaryMetric extends Described {
  readonly type: 'summary'
  readonly quantiles: readonly number[]
  read(facts: Facts): DistributionView
}

/** Prometheus' form: buckets, count and sum since the start; seconds. */
export interface HistogramMetric extends Described {
  readonly type: 'histogram'
  readonly labels: readonly string[]
  readAll(facts: Facts): Iterable<Labelled<DistributionView>>
}

export type Metric = NumberMetric | LabelledMetric | SummaryMetric | HistogramMetric

export function gauge(name: string, help: string, read: (facts: Facts) => number | null): NumberMetric {
  return { type: 'gauge', name, help, read }
}

export function counter(name: string, help: string, read: (facts: Facts) => number | null): NumberMetric {
  return { type: 'counter', name, help, read }
}
