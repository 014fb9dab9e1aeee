// A view whose every figure is made up and known, for tests of how it is shown.

import type {
  ConnectionView,
  DiskStats,
  EnsembleServerView,
  EnsembleView,
  HealthView,
  ServerStats,
  ServerView,
  WatchedPath,
  WatchTable,
} from '../../core/server/server-view.ts'
import { Distribution } from '../../core/support/distribution.ts'

function durations(...ms: number[]): Distribution {
  const distribution = new Distribution()
  for (const one of ms) distribution.record(one)
  return distribution
}

export const STATS: ServerStats = {
  mode: 'standalone',
  startedAtMs: 1_700_000_000_000,
  uptimeMs: 2180.7,
  lastZxid: 2 * 2 ** 32 + 0xab,
  packetsReceived: 11,
  packetsSent: 12,
  packetsReceivedTotal: 111,
  packetsSentTotal: 112,
  bytesReceived: 1234,
  bytesSent: 4321,
  connections: 2,
  connectionsAccepted: 17,
  sessionsAttached: 9,
  sessionsExpired: 3,
  outstandingRequests: 3,
  minLatencyMs: 0.4,
  avgLatencyMs: 6.66666,
  maxLatencyMs: 17.9,
  nodeCount: 7,
  ephemeralCount: 1,
  sessionCount: 1,
  watchCount: 4,
  watches: { data: 2, child: 1, persistent: 1, recursive: 0 },
  approximateDataBytes: 49,
  operations: new Map([
    ['create2', 4],
    ['getData', 7],
  ]),
  durations: {
    read: durations(0, 0, 0.3),
    update: durations(1, 2, 30),
    fsync: durations(1, 3),
    snapshot: durations(),
    eventLoopDelay: durations(0.2, 60),
  },
  slowOperations: 2,
  pauses: 1,
  pausedMs: 1500,
  softQuotaExceeded: 0,
  digestMismatches: 2,
  refusals: new Map([
    ['frame_size', 5],
    ['auth_failed', 6],
    ['too_many_connections', 7],
    ['handshake_timeout', 8],
  ]),
  storage: {
    appliedIndex: 500,
    durableIndex: 501,
    segments: 2,
    logBytes: 3_145_728,
    batches: 40,
    entries: 400,
    snapshots: 1,
    entriesSinceSnapshot: 100,
    lastSnapshot: { zxid: 2 * 2 ** 32 + 0x10, savedAtMs: 1_700_000_000_500 },
    snapshotsSaved: 1,
    snapshotsFailed: 0,
    snapshotSlices: 12,
    longestSnapshotSliceMs: 3,
  },
  disk: null,
}

export const DISK: DiskStats = {
  freeBytes: 5,
  totalBytes: 10,
  lowBytes: 6,
  reserveBytes: 1,
  writesRefused: true,
  stalledMs: 1200.5,
  stalls: 3,
  snapshotBytes: 4096,
  scrubPasses: 4,
  scrubbedBytes: 1234,
  damagedFiles: 1,
  damageFound: 2,
}

export const ESTABLISHED: ConnectionView = {
  remote: '127.0.0.1:35828',
  sessionId: '100000d1e020000',
  sessionTimeoutMs: 10_000,
  reading: true,
  queued: 0,
  received: 5,
  sent: 6,
  establishedAtMs: 1_795_341_030_170,
  lastOperation: 'create2',
  lastXid: 4,
  lastZxid: 3,
  lastResponseMs: 98_765.4,
  lastLatencyMs: 4.2,
  minLatencyMs: 0,
  avgLatencyMs: 6.8,
  maxLatencyMs: 17,
}

export const BEFORE_HANDSHAKE: ConnectionView = {
  ...ESTABLISHED,
  remote: '127.0.0.1:35846',
  sessionId: '',
  sessionTimeoutMs: 0,
  reading: false,
  received: 1,
  sent: 0,
  lastOperation: '',
}

export const HEALTHY: HealthView = {
  serving: true,
  draining: false,
  storageFailure: null,
  stateFailure: null,
  diskStalledMs: 0,
  writeRefusal: null,
}

/** As the leader of three sees it: one follower is behind and its clock ahead, the other is not heard of. */
export const ENSEMBLE: EnsembleView = {
  serverId: 1,
  role: 'leader',
  leaderId: 1,
  term: 7,
  inContact: true,
  leaderChanges: 3,
  heartbeatMs: 100,
  electionMs: 500,
  servers: [
    ensembleServer(1, { self: true, role: 'leader', lag: 0 }),
    ensembleServer(2, { appliedIndex: 460, lag: 40, clockDifferenceMs: 1500, ageMs: 300 }),
    ensembleServer(3, { heard: false, role: 'unformed', serving: false, lag: null, stateDigest: '', sameState: null }),
  ],
  syncedFollowers: 1,
  pendingSyncs: 2,
  agreeingServers: 2,
  links: {
    linksAccepted: 4,
    linksDialled: 5,
    messagesSent: 60,
    messagesReceived: 70,
    messagesDropped: 8,
    bytesSent: 900,
    bytesReceived: 1000,
    ended: { reset: 2, silent: 1 },
    turnedAway: { incarnation: 1 },
  },
}

function ensembleServer(serverId: number, changes: Partial<EnsembleServerView>): EnsembleServerView {
  return {
    serverId,
    peerAddress: `10.0.0.${serverId}:2888`,
    clientAddress: `10.0.0.${serverId}:2181`,
    self: false,
    heard: true,
    role: 'follower',
    term: 7,
    appliedIndex: 500,
    lastZxid: 7 * 2 ** 32 + 9,
    lag: 0,
    contactMs: 450,
    clockDifferenceMs: 0,
    ageMs: 0,
    serving: true,
    version: '0.1.0',
    stateDigest: 'fedcba9876543210',
    sameState: true,
    ...changes,
  }
}

/** Session ids above 2^53 and above 2^63, as they come. */
export const SESSION_A = '100000d1e020000'
export const SESSION_B = 'ff00000000000001'

const WATCHED: Record<WatchTable, readonly WatchedPath[]> = {
  data: [
    { path: '/app', sessionIds: [SESSION_A, SESSION_B] },
    { path: '/none', sessionIds: [SESSION_B] },
  ],
  child: [{ path: '/children-only', sessionIds: [SESSION_A] }],
  persistent: [{ path: '/app', sessionIds: [SESSION_A] }],
  recursive: [],
}

/** What the resets were asked for. */
export const resets: string[] = []

export function madeView(changes: Partial<ServerView> = {}): ServerView {
  return {
    version: '0.1.0',
    serving: true,
    readOnly: false,
    stats: () => STATS,
    takeSnapshot: () => null,
    config: () => ({
      clientPort: 2181,
      dataDir: '/data',
      dataDirBytes: 67_109_337,
      tickTimeMs: 2000,
      maxConnectionsPerAddress: 60,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      serverId: 1,
      options: new Map([
        ['host', '127.0.0.1'],
        ['port', '2181'],
      ]),
    }),
    connections: () => [BEFORE_HANDSHAKE, ESTABLISHED],
    sessions: () => [
      // 2026-11-27T23:07:01.500Z and half a second later: the same tick.
      { sessionId: SESSION_A, timeoutMs: 10_000, expiresAtMs: 1_795_820_821_500, ephemerals: new Set(['/app/e', '/app/f']) },
      { sessionId: SESSION_B, timeoutMs: 10_000, expiresAtMs: 1_795_820_822_000, ephemerals: new Set() },
    ],
    watched: (table) => WATCHED[table],
    health: () => HEALTHY,
    ensemble: () => null,
    digests: () => [
      { zxid: 2 ** 32 + 128, digest: '0000000000000010' },
      { zxid: 2 ** 32 + 256, digest: 'fffffffffffffffe' },
    ],
    resetStatistics: () => resets.push('server'),
    resetConnectionStatistics: () => resets.push('connections'),
    ...changes,
  }
}
