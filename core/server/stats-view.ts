// server: counters and gauges of a running server, gathered when somebody asks.

import type { Replica } from '../replica/replica.ts'
import { WatchKind } from '../replica/watch-manager.ts'
import type { LogStore } from '../storage/log-store.ts'
import { opName } from '../wire/op-classes.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { SavedSnapshot } from './replica-driver.ts'
import type { DiskStats, ServerStats, StorageFacts } from './server-view.ts'
import type { ViewedServer } from './viewed-server.ts'

export function serverStats(server: ViewedServer, startedAtMs: number): ServerStats {
  const { store, measures } = server
  const { replica } = server.driver
  const { counters, tree, watches } = replica
  return {
    mode: modeOf(server),
    startedAtMs,
    uptimeMs: Date.now() - startedAtMs,
    lastZxid: tree.lastZxid,
    packetsReceived: counters.packetsReceived - counters.packetsReceivedBefore,
    packetsSent: counters.packetsSent - counters.packetsSentBefore,
    packetsReceivedTotal: counters.packetsReceived,
    packetsSentTotal: counters.packetsSent,
    bytesReceived: counters.bytesReceived,
    bytesSent: counters.bytesSent,
    connections: replica.connections.size,
    connectionsAccepted: counters.connections,
    sessionsAttached: counters.sessionsAttached,
    sessionsExpired: counters.sessionsExpired,
    outstandingRequests: replica.outstanding,
    minLatencyMs: counters.latency.min,
    avgLatencyMs: counters.latency.average,
    maxLatencyMs: counters.latency.max,
    nodeCount: tree.nodeCount,
    ephemeralCount: tree.ephemeralCount,
    sessionCount: tree.sessions.size,
    watchCount: watches.count,
    watches: {
      data: watches.countOf(WatchKind.data),
      child: watches.countOf(WatchKind.child),
      persistent: watches.countOf(WatchKind.persistent),
      recursive: watches.countOf(WatchKind.recursive),
    },
    approximateDataBytes: tree.dataBytes,
    operations: operations(replica),
    durations: {
      read: counters.readLatency,
      update: counters.updateLatency,
      fsync: measures.fsync,
      snapshot: measures.snapshot,
      eventLoopDelay: measures.eventLoopDelay,
    },
    slowOperations: replica.slowOperations.count,
    pauses: counters.pauses,
    pausedMs: counters.pausedMs,
    softQuotaExceeded: counters.softQuotaExceeded,
    digestMismatches: replica.digests.mismatches,
    refusals: counters.refusals,
    storage: storageFacts(server),
    disk: diskStats(store),
  }
}

function operations({ counters }: Replica): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const op of Object.values(OpCode)) {
    const count = counters.operations(op)
    if (count > 0) counts.set(opName(op), count)
  }
  return counts
}

function storageFacts({ driver, store, measures, firstSnapshot }: ViewedServer): StorageFacts {
  const { counters, appliedIndex } = driver.replica
  const { durableIndex, segmentCount, logBytes, snapshots } = store.status()
  const newest = driver.lastSnapshot ?? firstSnapshot
  return {
    appliedIndex,
    durableIndex,
    segments: segmentCount,
    logBytes,
    batches: measures.batches,
    entries: measures.entries,
    snapshots: snapshots.length,
    entriesSinceSnapshot: appliedIndex - (newest?.meta.index ?? 0),
    lastSnapshot: newest === null ? null : { zxid: zxidOf(newest), savedAtMs: newest.savedAtMs },
    snapshotsSaved: counters.snapshotsSaved,
    snapshotsFailed: driver.snapshotsFailed,
    snapshotSlices: counters.snapshotSlices,
    longestSnapshotSliceMs: counters.longestSnapshotSliceMs,
  }
}

function zxidOf({ meta: { index, term, termStart } }: SavedSnapshot): number {
  return term * 2 ** 32 + (index - termStart)
}

function diskStats(store: LogStore): DiskStats | null {
  const { care } = store.status()
  if (care === null) return null
  const { refusal, ...figures } = care
  return { ...figures, writesRefused: refusal !== null }
}

function modeOf({ driver, options }: ViewedServer): ServerStats['mode'] {
  if (options.ensemble === null) return 'standalone'
  return driver.replica.role === 'leader' ? 'leader' : 'follower'
}
