// admin: the metrics that mean here what they mean in ZooKeeper, under its names, for dashboards and alerts that know them. `mntr` and
// `/commands/monitor` show the same table. What has no counterpart here (threads, queues between them, Zab) is left out, not shown as zero.

import type { EnsembleView } from '../../server/server-view.ts'
import { counter, type Facts, gauge, type Metric, type NumberMetric, type SummaryMetric } from './metric.ts'

const MEDIAN = [0.5]
const TAIL = [0.5, 0.95, 0.99]

function refusals(facts: Facts, reason: string): number {
  for (const [name, count] of facts.stats.refusals) if (name === reason) return count
  return 0
}

function leaderOnly({ ensemble }: Facts, read: (view: EnsembleView) => number): number | null {
  return ensemble?.role === 'leader' ? read(ensemble) : null
}

function followersHeard({ servers }: EnsembleView): number {
  return servers.filter(({ self, heard }) => heard && !self).length
}

/** ZooKeeper measures in whole milliseconds: the least is rounded down and the greatest up, so that the average lies between them. */
export const ZOOKEEPER_GAUGES: readonly NumberMetric[] = [
  gauge('avg_latency', 'Mean time to answer a request in milliseconds, since the start or the last srst', (f) => f.stats.avgLatencyMs),
  gauge('max_latency', 'Longest time to answer a request in milliseconds', (f) => Math.ceil(f.stats.maxLatencyMs)),
  gauge('min_latency', 'Shortest time to answer a request in milliseconds', (f) => Math.trunc(f.stats.minLatencyMs)),
  gauge('packets_received', 'Requests received since the start or the last srst', (f) => f.stats.packetsReceived),
  gauge('packets_sent', 'Replies and events sent since the start or the last srst', (f) => f.stats.packetsSent),
  gauge('num_alive_connections', 'Connections of clients', (f) => f.stats.connections),
  gauge('outstanding_requests', 'Requests in work', (f) => f.stats.outstandingRequests),
  gauge('znode_count', 'Znodes', (f) => f.stats.nodeCount),
  gauge('watch_count', 'Watches set through this server', (f) => f.stats.watchCount),
  gauge('ephemerals_count', 'Ephemeral znodes', (f) => f.stats.ephemeralCount),
  gauge('approximate_data_size', 'Bytes of all data and paths, about', (f) => f.stats.approximateDataBytes),
  gauge('open_file_descriptor_count', 'Open file descriptors; -1 where the system does not tell', (f) => f.process.openFiles),
  gauge(
    'max_file_descriptor_count',
    'The most file descriptors that the process may open; -1 where the system does not tell',
    (f) => f.process.maxFiles,
  ),
  gauge('global_sessions', 'Sessions', (f) => f.stats.sessionCount),
  gauge('local_sessions', 'Always 0: every session is a global one', () => 0),
  gauge('uptime', 'Milliseconds since the start of the server', (f) => Math.trunc(f.stats.uptimeMs)),
  gauge('quorum_size', 'Voting servers of the ensemble; left out by a server alone', (f) => f.ensemble?.servers.length ?? null),
  gauge('learners', 'Followers that the leader hears of; said by a leader alone', (f) => leaderOnly(f, followersHeard)),
  gauge('synced_followers', 'Followers that take entries without a gap; said by a leader alone', (f) =>
    leaderOnly(f, ({ syncedFollowers }) => syncedFollowers ?? 0),
  ),
  gauge('pending_syncs', 'Syncs that are not confirmed yet; said by a leader alone', (f) =>
    leaderOnly(f, ({ pendingSyncs }) => pendingSyncs ?? 0),
  ),
  gauge('synced_observers', 'Always 0: there are no observers; said by a leader alone', (f) => leaderOnly(f, () => 0)),
  gauge('auth_failed_count', 'Identities that were shown and refused', (f) => refusals(f, 'auth_failed')),
]

export const ZOOKEEPER_COUNTERS: readonly NumberMetric[] = [
  counter('bytes_received_count', 'Bytes received from clients', (f) => f.stats.bytesReceived),
  counter('response_bytes', 'Bytes sent to clients', (f) => f.stats.bytesSent),
  counter('connection_rejected', 'Connections refused because there were too many', (f) => refusals(f, 'too_many_connections')),
  counter('sessionless_connections_expired', 'Connections closed because no handshake came in time', (f) =>
    refusals(f, 'handshake_timeout'),
  ),
  counter('stale_sessions_expired', 'Sessions that expired', (f) => f.stats.sessionsExpired),
  counter('digest_mismatches_count', 'How often another server had another state than this one', (f) => f.stats.digestMismatches),
]

/** `p50_` and so on of `mntr` are of those with a tail. */
export const ZOOKEEPER_SUMMARIES: readonly SummaryMetric[] = [
  summary('readlatency', 'Time to answer a request that changes nothing, in milliseconds', TAIL, (f) => f.stats.durations.read),
  summary('updatelatency', 'Time to answer a write, in milliseconds', TAIL, (f) => f.stats.durations.update),
  summary('fsynctime', 'Durable write of one batch of the log, in milliseconds', MEDIAN, (f) => f.stats.durations.fsync),
  summary('snapshottime', 'Writing a snapshot, in milliseconds', MEDIAN, (f) => f.stats.durations.snapshot),
]

export const ZOOKEEPER_METRICS: readonly Metric[] = [...ZOOKEEPER_GAUGES, ...ZOOKEEPER_COUNTERS, ...ZOOKEEPER_SUMMARIES]

function summary(name: string, help: string, quantiles: readonly number[], read: SummaryMetric['read']): SummaryMetric {
  return { type: 'summary', name, help, quantiles, read }
}
