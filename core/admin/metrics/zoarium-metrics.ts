// admin: the metrics of this server that ZooKeeper has no name for, in Prometheus' base units: seconds and bytes.

import type { DiskStats, ServerStats } from '../../server/server-view.ts'
import type { DistributionView } from '../../support/distribution.ts'
import {
  counter,
  type Facts,
  gauge,
  type HistogramMetric,
  type Labelled,
  type LabelledMetric,
  type Metric,
  type NumberMetric,
} from './metric.ts'

function flag(value: boolean): number {
  return value ? 1 : 0
}

function byLabel(
  type: 'gauge' | 'counter',
  name: string,
  label: string,
  help: string,
  read: (stats: ServerStats) => Iterable<readonly [string, number]>,
): LabelledMetric {
  return { type, name, help, labels: [label], readAll: ({ stats }) => labelled(label, read(stats)) }
}

function* labelled<T>(label: string, values: Iterable<readonly [string, T]>): Iterable<Labelled<T>> {
  for (const [name, value] of values) yield { labels: { [label]: name }, value }
}

function histogram(name: string, help: string, read: (stats: ServerStats) => DistributionView): HistogramMetric {
  return { type: 'histogram', name, help, labels: [], readAll: ({ stats }) => [{ labels: {}, value: read(stats) }] }
}

/** Left out by a server in memory. */
function disk(type: 'gauge' | 'counter', name: string, help: string, read: (disk: DiskStats) => number): NumberMetric {
  return { type, name, help, read: ({ stats }) => (stats.disk === null ? null : read(stats.disk)) }
}

const INFO: LabelledMetric = {
  type: 'gauge',
  name: 'zoarium_info',
  help: 'Always 1; version and mode are its labels',
  labels: ['version', 'mode'],
  readAll: ({ version, stats }) => [{ labels: { version, mode: stats.mode }, value: 1 }],
}

const REQUESTS: HistogramMetric = {
  type: 'histogram',
  name: 'zoarium_request_seconds',
  help: 'From the turn of the event loop in which a request arrived to that of its reply; kind is read or update',
  labels: ['kind'],
  readAll: ({ stats: { durations } }) =>
    labelled('kind', [
      ['read', durations.read],
      ['update', durations.update],
    ]),
}

export const ZOARIUM_METRICS: readonly Metric[] = [
  INFO,
  gauge('zoarium_serving', '1 while clients are served', (f) => flag(f.serving)),
  gauge('zoarium_last_zxid_counter', 'Lower half of the zxid applied last; a new term begins at 0', (f) => f.stats.lastZxid % 2 ** 32),
  gauge('zoarium_term', 'Upper half of the zxid applied last', (f) => Math.floor(f.stats.lastZxid / 2 ** 32)),

  REQUESTS,
  byLabel('counter', 'zoarium_requests_total', 'operation', 'Answered requests by operation', (stats) => stats.operations),
  counter(
    'zoarium_slow_operations_total',
    'Requests, and turns of the event loop, that took longer than slowOperationMs',
    (f) => f.stats.slowOperations,
  ),
  byLabel('counter', 'zoarium_refused_total', 'reason', 'Connections and requests that were refused, by reason', (stats) => stats.refusals),
  counter('zoarium_packets_received_total', 'Requests, handshakes and four-letter words received', (f) => f.stats.packetsReceivedTotal),
  counter('zoarium_packets_sent_total', 'Replies and events sent', (f) => f.stats.packetsSentTotal),
  counter('zoarium_connections_total', 'Connections accepted', (f) => f.stats.connectionsAccepted),
  counter(
    'zoarium_sessions_attached_total',
    'Connections that were given a session, a new one or their own',
    (f) => f.stats.sessionsAttached,
  ),
  counter('zoarium_soft_quota_exceeded_total', 'Writes that went above a soft quota', (f) => f.stats.softQuotaExceeded),
  byLabel('gauge', 'zoarium_watches', 'kind', 'Watches by kind: data, child, persistent, recursive', (stats) =>
    Object.entries(stats.watches),
  ),

  histogram('zoarium_event_loop_delay_seconds', 'How late a timer came that is due every 50 ms', (stats) => stats.durations.eventLoopDelay),
  counter(
    'zoarium_event_loop_active_seconds_total',
    'For how long the event loop had something to do; its rate is 1 at most',
    (f) => f.process.eventLoopActiveSeconds,
  ),
  counter('zoarium_pauses_total', 'Times that the process did not run for a second or more', (f) => f.stats.pauses),
  counter('zoarium_paused_seconds_total', 'For how long it did not run in these times', (f) => f.stats.pausedMs / 1000),

  histogram('zoarium_fsync_seconds', 'Durable write of one batch of the log', (stats) => stats.durations.fsync),
  counter('zoarium_log_batches_total', 'Batches written to the log', (f) => f.stats.storage.batches),
  counter('zoarium_log_entries_total', 'Entries in these batches', (f) => f.stats.storage.entries),
  gauge('zoarium_log_applied_index', 'Index of the entry applied last', (f) => f.stats.storage.appliedIndex),
  gauge('zoarium_log_durable_index', 'Index of the last durable entry', (f) => f.stats.storage.durableIndex),
  gauge('zoarium_log_segments', 'Segments of the log', (f) => f.stats.storage.segments),
  gauge('zoarium_log_bytes', 'Bytes of all segments, used or not', (f) => f.stats.storage.logBytes),
  gauge('zoarium_snapshots', 'Snapshots in the data directory', (f) => f.stats.storage.snapshots),
  gauge('zoarium_snapshot_age_seconds', 'Age of the newest snapshot; left out while there is none', ({ stats }) => snapshotAge(stats)),
  gauge(
    'zoarium_entries_since_snapshot',
    'Entries applied since the newest snapshot: what a start has to replay',
    (f) => f.stats.storage.entriesSinceSnapshot,
  ),
  counter('zoarium_snapshots_saved_total', 'Snapshots saved', (f) => f.stats.storage.snapshotsSaved),
  counter('zoarium_snapshots_failed_total', 'Snapshots that could not be saved', (f) => f.stats.storage.snapshotsFailed),
  counter(
    'zoarium_snapshot_slices_total',
    'Turns of the event loop in which snapshots were worked at',
    (f) => f.stats.storage.snapshotSlices,
  ),
  gauge('zoarium_snapshot_slice_max_seconds', 'The longest of them', (f) => f.stats.storage.longestSnapshotSliceMs / 1000),

  disk('gauge', 'zoarium_disk_free_bytes', 'Room that the server may still use; -1 while it is not known', (d) => d.freeBytes),
  disk('gauge', 'zoarium_disk_total_bytes', 'Size of the disk of the data directory', (d) => d.totalBytes),
  disk('gauge', 'zoarium_disk_low_bytes', 'Free bytes below which client writes are refused', (d) => d.lowBytes),
  disk('gauge', 'zoarium_disk_reserve_bytes', 'Bytes kept back for a full disk', (d) => d.reserveBytes),
  disk('gauge', 'zoarium_disk_snapshot_bytes', 'Size of the newest snapshot', (d) => d.snapshotBytes),
  disk('gauge', 'zoarium_disk_writes_refused', '1 while client writes are refused for lack of room', (d) => flag(d.writesRefused)),
  disk('gauge', 'zoarium_disk_stalled_seconds', 'For how long an operation on the disk hangs, 0 when none does', (d) => d.stalledMs / 1000),
  disk('counter', 'zoarium_disk_stalls_total', 'Operations on the disk that hung', (d) => d.stalls),
  disk('gauge', 'zoarium_disk_damaged_files', 'Damaged files that are still needed', (d) => d.damagedFiles),
  disk('counter', 'zoarium_disk_damage_found_total', 'Damaged files found', (d) => d.damageFound),
  disk('counter', 'zoarium_scrub_passes_total', 'Passes over all complete segments and snapshots, to find damage', (d) => d.scrubPasses),
  disk('counter', 'zoarium_scrub_bytes_total', 'Bytes read in these passes', (d) => d.scrubbedBytes),
]

function snapshotAge({ storage: { lastSnapshot } }: Facts['stats']): number | null {
  return lastSnapshot === null ? null : Math.max(0, (Date.now() - lastSnapshot.savedAtMs) / 1000)
}
