// admin: `mntr`: one line `zk_<name>\\t<value>` for each metric: those that ZooKeeper has too, then refusals and the disk.

import type { DiskStats, EnsembleView, ServerView } from '../../server/server-view.ts'
import { quantileMs } from '../../support/distribution.ts'
import type { Facts, SummaryMetric } from '../metrics/metric.ts'
import { ZOOKEEPER_COUNTERS, ZOOKEEPER_GAUGES, ZOOKEEPER_SUMMARIES } from '../metrics/zookeeper-metrics.ts'
import { processFacts } from '../process-facts.ts'
import { versionText } from '../spoken-version.ts'
import { decimal, whole } from './numbers.ts'

export function mntr(view: ServerView): string {
  return monitorValues(view)
    .map(([name, value]) => `zk_${name}\t${typeof value === 'number' && isMean(name) ? decimal(value) : value}\n`)
    .join('')
}

/** Names without `zk_`, and values; also what `/commands/monitor` shows. */
export function monitorValues(view: ServerView): [name: string, value: string | number][] {
  const stats = view.stats()
  const facts: Facts = { version: view.version, serving: view.serving, stats, ensemble: view.ensemble(), process: processFacts() }
  const values: [string, string | number][] = [['version', versionText(view)], ['server_state', stats.mode], ...peerState(facts.ensemble)]
  for (const metric of [...ZOOKEEPER_GAUGES, ...ZOOKEEPER_COUNTERS]) {
    const value = metric.read(facts)
    if (value !== null) values.push([metric.name, value])
  }
  for (const metric of ZOOKEEPER_SUMMARIES) values.push(...summaryValues(metric, facts))
  for (const [reason, count] of stats.refusals) values.push([`refused_${reason}`, count])
  if (stats.disk !== null) values.push(...diskValues(stats.disk))
  return values.map(([name, value]) => [name, typeof value === 'number' && isMean(name) ? Number(decimal(value)) : value])
}

/** As ZooKeeper's servers of an ensemble say it. */
function peerState(ensemble: EnsembleView | null): [string, string][] {
  if (ensemble === null) return []
  if (!ensemble.inContact) return [['peer_state', 'looking']]
  return [['peer_state', ensemble.role === 'leader' ? 'leading - broadcast' : 'following - broadcast']]
}

function isMean(name: string): boolean {
  return name.startsWith('avg_')
}

/** Of everything since the start. */
function summaryValues({ name, quantiles, read }: SummaryMetric, facts: Facts): [string, number][] {
  const { averageMs, minMs, maxMs, count, sumMs, buckets } = read(facts)
  const values: [string, number][] = [
    [`avg_${name}`, averageMs],
    [`min_${name}`, whole(minMs)],
    [`max_${name}`, Math.ceil(maxMs)],
    [`cnt_${name}`, count],
    [`sum_${name}`, whole(sumMs)],
  ]
  if (quantiles.length === 1) return values
  for (const [prefix, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
    ['p999', 0.999],
  ] as const) {
    values.push([`${prefix}_${name}`, Math.round(quantileMs(buckets, share, maxMs))])
  }
  return values
}

function diskValues(disk: DiskStats): [string, number][] {
  return [
    ['disk_free_bytes', disk.freeBytes],
    ['disk_total_bytes', disk.totalBytes],
    ['disk_low_bytes', disk.lowBytes],
    ['disk_reserve_bytes', disk.reserveBytes],
    ['disk_writes_refused', disk.writesRefused ? 1 : 0],
    ['disk_stalled_ms', whole(disk.stalledMs)],
    ['disk_stalls', disk.stalls],
    ['disk_damaged_files', disk.damagedFiles],
    ['disk_damage_found', disk.damageFound],
    ['scrub_passes', disk.scrubPasses],
    ['scrub_bytes', disk.scrubbedBytes],
  ]
}
