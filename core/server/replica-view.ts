// server: the view that admin works on, made from a running server's parts.

import { ZoariumError } from '../errors.ts'
import type { Connection } from '../replica/connection.ts'
import type { TrackedSession } from '../replica/session-tracker.ts'
import { WatchKind } from '../replica/watch-manager.ts'
import { int64ToHex } from '../support/int64.ts'
import { VERSION } from '../support/version.ts'
import type { SessionState } from '../tree/session-table.ts'
import { opName } from '../wire/op-classes.ts'
import { ensembleView } from './ensemble-view.ts'
import type { ResolvedServerOptions } from './options.ts'
import type { ConnectionView, HealthView, ServerConfigView, ServerView, SessionView, WatchedPath, WatchTable } from './server-view.ts'
import { snapshotDownload } from './snapshot-download.ts'
import { serverStats } from './stats-view.ts'
import type { ViewedServer } from './viewed-server.ts'

export function replicaView(server: ViewedServer): ServerView {
  const { replica } = server.driver
  const startedAtMs = Date.now()
  return {
    version: VERSION,
    get serving() {
      return replica.serving
    },
    readOnly: false,
    stats: () => serverStats(server, startedAtMs),
    config: () => config(server),
    connections: () => [...replica.connections].map((c) => connectionView(c)),
    sessions: () => sessions(server),
    watched: (table) => watched(server, table),
    health: () => health(server),
    ensemble: () => ensembleView(server),
    digests: () => replica.digests.marks,
    takeSnapshot: () => snapshotDownload(replica),
    resetStatistics: () => replica.counters.resetStatistics(),
    resetConnectionStatistics() {
      for (const c of replica.connections) c.resetStatistics()
    },
  }
}

function config({ options, store, port }: ViewedServer): ServerConfigView {
  const { logBytes, snapshots, care } = store.status()
  return {
    clientPort: port(),
    dataDir: options.dataDir ?? '',
    dataDirBytes: logBytes + snapshots.length * (care?.snapshotBytes ?? 0),
    tickTimeMs: options.tickTimeMs,
    maxConnectionsPerAddress: options.maxConnectionsPerAddress,
    minSessionTimeoutMs: options.minSessionTimeoutMs,
    maxSessionTimeoutMs: options.maxSessionTimeoutMs,
    serverId: options.serverId,
    options: shownOptions(options),
  }
}

/** Options that nobody but their owner may read, and the one that is no value. */
const NOT_SHOWN: ReadonlySet<string> = new Set<keyof ResolvedServerOptions>(['superDigest', 'adminToken', 'ensemble', 'logger'])

function shownOptions(options: ResolvedServerOptions): ReadonlyMap<string, string> {
  const shown = new Map<string, string>()
  for (const [name, value] of Object.entries(options)) {
    if (NOT_SHOWN.has(name) || value === null) continue
    shown.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  return shown
}

function connectionView(c: Connection): ConnectionView {
  return {
    remote: c.remote,
    sessionId: c.session === null ? '' : idOf(c.session),
    sessionTimeoutMs: c.session?.timeoutMs ?? 0,
    reading: c.phase === 'open' && !c.held && !c.finishing,
    queued: c.pending.size,
    received: c.received,
    sent: c.sent,
    establishedAtMs: c.establishedWallMs,
    lastOperation: c.lastOp === 0 ? '' : opName(c.lastOp),
    lastXid: c.lastXid,
    lastZxid: c.lastZxid,
    lastResponseMs: c.lastReplyMs,
    lastLatencyMs: c.lastLatencyMs,
    minLatencyMs: c.latency.min,
    avgLatencyMs: c.latency.average,
    maxLatencyMs: c.latency.max,
  }
}

function sessions({ driver }: ViewedServer): SessionView[] {
  const toWallMs = Date.now() - performance.now()
  return [...driver.replica.trackedSessions].map((tracked: TrackedSession) => ({
    sessionId: idOf(tracked.state),
    timeoutMs: tracked.state.timeoutMs,
    expiresAtMs: toWallMs + tracked.lastHeardMs + tracked.state.timeoutMs,
    ephemerals: tracked.state.ephemerals,
  }))
}

function* watched({ driver }: ViewedServer, table: WatchTable): Iterable<WatchedPath> {
  for (const [path, watchers] of driver.replica.watches.watched(WatchKind[table])) yield { path, sessionIds: idsOf(watchers) }
}

function* idsOf(watchers: Iterable<Connection>): Iterable<string> {
  for (const { session } of watchers) if (session !== null) yield idOf(session)
}

function health({ driver, store }: ViewedServer): HealthView {
  const { replica } = driver
  return {
    serving: replica.serving,
    draining: replica.draining,
    storageFailure: store.failure?.message ?? null,
    stateFailure: ZoariumError.is(driver.failure, 'DATA_INCONSISTENCY') ? driver.failure.message : null,
    diskStalledMs: store.status().care?.stalledMs ?? 0,
    writeRefusal: replica.writeRefusal,
  }
}

function idOf({ hi, lo }: SessionState): string {
  return int64ToHex(hi, lo)
}
