// server: the read-only view that admin works on, made from a replica.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { SnapshotMeta } from '../consensus/types.ts'
import type { Connection } from '../replica/connection.ts'
import type { Replica } from '../replica/replica.ts'
import type { LogStore } from '../storage/log-store.ts'
import { type Checksums, snapshotFile } from '../storage/snapshot-encoder.ts'
import { int64ToHex } from '../support/int64.ts'
import { VERSION } from '../support/version.ts'
import { opName } from '../wire/op-classes.ts'
import type { ResolvedServerOptions } from './options.ts'
import type { ConnectionView, DiskStats, ServerConfigView, ServerStats, ServerView, SnapshotDownload } from './server-view.ts'

export function replicaView(replica: Replica, options: ResolvedServerOptions, port: () => number, store: LogStore): ServerView {
  const startedAtMs = Date.now()
  return {
    version: VERSION,
    get serving() {
      return replica.serving
    },
    readOnly: false,
    stats: () => stats(replica, startedAtMs, store),
    config: () => config(options, port(), store),
    connections: () => [...replica.connections].map(connectionView),
    takeSnapshot: () => takeSnapshot(replica),
  }
}

const CHECKSUMS: Checksums = { crc32, sha256: () => createHash('sha256') }
/** What a node's record takes beside path and data, about. */
const NODE_RECORD_BYTES = 80

function takeSnapshot(replica: Replica): SnapshotDownload | null {
  const snapshot = replica.snapshotNow()
  if (snapshot === null) return null
  const { tree } = replica
  return {
    index: snapshot.meta.index,
    lastZxid: tree.lastZxid,
    nodeCount: tree.nodeCount,
    sessionCount: tree.sessions.size,
    approximateBytes: tree.dataBytes + tree.nodeCount * NODE_RECORD_BYTES,
    parts: partsOf(snapshot.meta, snapshot.chunks),
  }
}

/** A generator that was never asked for anything does not hear of its end: the source is told here. */
function partsOf(meta: SnapshotMeta, chunks: IterableIterator<Buffer>): IterableIterator<Buffer> {
  const file = snapshotFile(meta, chunks, CHECKSUMS)
  return {
    [Symbol.iterator]() {
      return this
    },
    next: () => file.next(),
    return() {
      chunks.return?.()
      return file.return(undefined)
    },
  }
}

function stats(replica: Replica, startedAtMs: number, store: LogStore): ServerStats {
  const { counters, tree } = replica
  return {
    mode: 'standalone',
    startedAtMs,
    uptimeMs: Date.now() - startedAtMs,
    lastZxid: tree.lastZxid,
    packetsReceived: counters.packetsReceived,
    packetsSent: counters.packetsSent,
    connections: replica.connections.size,
    outstandingRequests: replica.outstanding,
    minLatencyMs: counters.latency.min,
    avgLatencyMs: counters.latency.average,
    maxLatencyMs: counters.latency.max,
    nodeCount: tree.nodeCount,
    ephemeralCount: tree.ephemeralCount,
    sessionCount: tree.sessions.size,
    watchCount: replica.watches.count,
    approximateDataBytes: tree.dataBytes,
    refusals: counters.refusals,
    disk: diskStats(store),
  }
}

function diskStats(store: LogStore): DiskStats | null {
  const { care } = store.status()
  if (care === null) return null
  const { refusal, ...figures } = care
  return { ...figures, writesRefused: refusal !== null }
}

function config(options: ResolvedServerOptions, clientPort: number, store: LogStore): ServerConfigView {
  return {
    clientPort,
    dataDir: options.dataDir ?? '',
    dataDirBytes: store.status().logBytes,
    tickTimeMs: options.tickTimeMs,
    maxConnectionsPerAddress: options.maxConnectionsPerAddress,
    minSessionTimeoutMs: options.minSessionTimeoutMs,
    maxSessionTimeoutMs: options.maxSessionTimeoutMs,
    serverId: options.serverId,
  }
}

function connectionView(c: Connection): ConnectionView {
  return {
    remote: c.remote,
    sessionId: c.session === null ? '' : int64ToHex(c.session.hi, c.session.lo),
    sessionTimeoutMs: c.session?.timeoutMs ?? 0,
    queued: c.pending.size,
    received: c.received,
    sent: c.sent,
    establishedAtMs: c.establishedWallMs,
    lastOperation: opName(c.lastOp),
    lastXid: c.lastXid,
    lastZxid: c.lastZxid,
    lastLatencyMs: c.lastLatencyMs,
    minLatencyMs: c.latency.min,
    avgLatencyMs: c.latency.average,
    maxLatencyMs: c.latency.max,
  }
}
