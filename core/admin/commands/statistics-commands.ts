// admin: commands about what the server does and for whom.

import type { ConnectionView, ServerView } from '../../server/server-view.ts'
import type { JsonObject } from '../json-text.ts'
import { operationTag } from '../operation-tags.ts'
import { versionText } from '../spoken-version.ts'
import { monitorValues } from '../words/mntr-word.ts'
import { whole } from '../words/numbers.ts'
import { type Command, sessionNumber } from './command.ts'

export const STATISTICS_COMMANDS: readonly Command[] = [
  { names: ['monitor', 'mntr'], always: true, run: (view) => Object.fromEntries(monitorValues(view)) },
  { names: ['server_stats', 'srvr'], run: serverStats },
  {
    names: ['stats', 'stat'],
    run: (view) => ({ ...serverStats(view), connections: view.connections().map(briefly), secure_connections: [] }),
  },
  {
    names: ['stat_reset', 'srst'],
    run(view) {
      view.resetStatistics()
      return {}
    },
  },
  { names: ['connections', 'cons'], run: (view) => ({ connections: view.connections().map(fully), secure_connections: [] }) },
  {
    names: ['connection_stat_reset', 'crst'],
    run(view) {
      view.resetConnectionStatistics()
      return {}
    },
  },
  {
    // As ZooKeeper answers it: hexadecimal without 0x, seconds; both -1 while there is no snapshot.
    names: ['last_snapshot', 'lsnp'],
    run(view) {
      const { lastSnapshot } = view.stats().storage
      if (lastSnapshot === null) return { zxid: 'ffffffffffffffff', timestamp: -1 }
      return { zxid: lastSnapshot.zxid.toString(16), timestamp: whole(lastSnapshot.savedAtMs / 1000) }
    },
  },
]

/** Sizes of single replies are not measured; ZooKeeper shows -1 before there is one. */
const NO_SIZES = { last_buffer_size: -1, min_buffer_size: -1, max_buffer_size: -1 }

function serverStats(view: ServerView): JsonObject {
  const stats = view.stats()
  const bytes = view.config().dataDirBytes
  return {
    version: versionText(view),
    read_only: view.readOnly,
    server_stats: {
      packets_sent: stats.packetsSent,
      packets_received: stats.packetsReceived,
      fsync_threshold_exceed_count: stats.disk?.stalls ?? 0,
      client_response_stats: NO_SIZES,
      data_dir_size: bytes,
      log_dir_size: bytes,
      provider_null: false,
      server_state: stats.mode,
      last_processed_zxid: stats.lastZxid,
      outstanding_requests: stats.outstandingRequests,
      avg_latency: Math.round(stats.avgLatencyMs * 10_000) / 10_000,
      max_latency: Math.ceil(stats.maxLatencyMs),
      min_latency: whole(stats.minLatencyMs),
      num_alive_client_connections: stats.connections,
      uptime: whole(stats.uptimeMs),
      auth_failed_count: stats.refusals.get('auth_failed') ?? 0,
      non_mtlsremote_conn_count: 0,
      non_mtlslocal_conn_count: 0,
    },
    client_response: NO_SIZES,
    node_count: stats.nodeCount,
  }
}

function briefly(connection: ConnectionView): JsonObject {
  return {
    remote_socket_address: connection.remote,
    interest_ops: connection.reading ? 1 : 0,
    outstanding_requests: connection.queued,
    packets_received: connection.received,
    packets_sent: connection.sent,
  }
}

function fully(connection: ConnectionView): JsonObject {
  return {
    ...briefly(connection),
    session_id: sessionNumber(connection.sessionId),
    last_operation: operationTag(connection.lastOperation),
    established: whole(connection.establishedAtMs),
    session_timeout: connection.sessionTimeoutMs,
    last_cxid: connection.lastXid,
    last_zxid: connection.lastZxid,
    last_response_time: whole(connection.lastResponseMs),
    last_latency: whole(connection.lastLatencyMs),
    min_latency: whole(connection.minLatencyMs),
    avg_latency: whole(connection.avgLatencyMs),
    max_latency: Math.ceil(connection.maxLatencyMs),
  }
}
