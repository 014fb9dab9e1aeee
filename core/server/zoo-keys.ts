// server: what this server does with each key of zoo.cfg. One table, which the reader follows and docs/operations/zoo-cfg.md repeats.
//
// Rows stand in three blocks: honoured, refused, ignored. Every key of ZooKeeper 3.8 and 3.9 has a row of its own; a family (`name.*`)
// is for keys whose rest is free (server.1) or of one fate.

import { FOUR_LETTER_WORDS } from '../wire/four-letter.ts'
import { ENSEMBLE_KEYS } from './zoo-ensemble-keys.ts'
import { boolean, ignored, integer, integerOrDefault, MAX_MS, refused, text, type ZooKey } from './zoo-key.ts'
import { SECURITY_KEYS } from './zoo-security-keys.ts'
import { refuseValue } from './zoo-values.ts'

const DATA_LOG_DIR: ZooKey = {
  kind: 'honoured',
  about: 'only the same folder as `dataDir`: log and snapshots share one folder',
  // Compared with dataDir once the whole file is read: either may come first.
  read: () => null,
}

const WHITELIST: ZooKey = {
  kind: 'honoured',
  about: 'four-letter words that are answered, separated by commas; `*` allows all',
  read(value, _at, options) {
    const words = value.split(',').map((word) => word.trim())
    options.fourLetterWords = words.filter((word) => word !== '')
    const unknown = options.fourLetterWords.filter((word) => word !== '*' && !FOUR_LETTER_WORDS.includes(word))
    return unknown.length === 0 ? null : `no such four-letter word: ${unknown.join(', ')}`
  },
}

const SUPER_DIGEST: ZooKey = {
  kind: 'honoured',
  about: '`user:base64(sha1(user:password))` of a digest user who bypasses every ACL',
  read(value, at, options) {
    // Half a secret: the value never goes into a message.
    if (!/^[^:\s]+:[^:\s]+$/.test(value)) throw refuseValue(at, 'user:base64(sha1(user:password))', null)
    options.superDigest = value
    return null
  },
}

/** Means something together with other keys only, so the reader looks at it when it has the whole file. */
function together(about: string): ZooKey {
  return { kind: 'honoured', about, read: () => null }
}

const COMMAND_URL: ZooKey = {
  kind: 'honoured',
  about: '`adminCommandPath`: where the commands of the admin HTTP are; /commands when not set',
  read(value, at, options) {
    if (!/^(\/[\w.-]+)+$/.test(value)) throw refuseValue(at, 'a path such as /commands', value)
    options.adminCommandPath = value
    return null
  },
}

const FALSE = /^(false|no)$/i
const TRUE = /^(true|yes)$/i

const ALWAYS_SYNCED = 'writes are grouped and synced without a delay, always'
const NO_THREADS = 'one event loop serves all connections'
const NO_SUCH_CACHE = 'there is no such cache'
const NO_DEAD_WATCHERS = 'watches of a closed connection go with it'
const OWN_SNAPSHOTS = 'snapshots have a format of their own'
const NO_TRACE = 'nothing is traced'
const NO_JMX = 'there is no Java virtual machine, and no JMX'
const NO_THROTTLE = 'not part of this version; maxCnxns and globalOutstandingLimit are honoured'
const PLAIN_ADMIN = 'the admin HTTP speaks plain HTTP; put a proxy before it'
const CLIENT_SIDE = 'a setting of the Java client'

const KEYS: Readonly<Record<string, ZooKey>> = {
  clientPort: integer('port', 0, 65535, '`port`; 0 takes a free one'),
  clientPortAddress: text('host', '`host`; 127.0.0.1 when not set (ZooKeeper: every address)'),
  dataDir: text('dataDir', 'folder of the log and the snapshots'),
  dataLogDir: DATA_LOG_DIR,
  tickTime: integer('tickTimeMs', 1, MAX_MS, 'basic time unit in milliseconds'),
  minSessionTimeout: integerOrDefault('minSessionTimeoutMs', 1, MAX_MS, 'milliseconds; -1 = 2 ticks'),
  maxSessionTimeout: integerOrDefault('maxSessionTimeoutMs', 1, MAX_MS, 'milliseconds; -1 = 20 ticks'),
  maxClientCnxns: integer('maxConnectionsPerAddress', 0, 1e9, 'connections from one address; 0 = no limit'),
  maxCnxns: integer('maxConnections', 0, 1e9, 'connections in all; 0 = no limit'),
  'jute.maxbuffer': integer('maxFrameBytes', 1024, 2 ** 29, 'largest request in bytes; decimal or 0x…'),
  globalOutstandingLimit: integer('maxOutstandingRequests', 1, 1e9, 'requests in work above which reading pauses'),
  snapCount: integer('snapshotEveryEntries', 1, 1e12, 'log entries between two snapshots'),
  'fsync.warningthresholdms': integer('diskStallMs', 1, MAX_MS, 'an operation on the disk that is pending for longer is reported'),
  '4lw.commands.whitelist': WHITELIST,
  'admin.enableServer': together('false: no admin HTTP; true: it takes port 8080, unless `admin.serverPort` says another'),
  'admin.serverPort': integer(
    'adminPort',
    0,
    65535,
    '`adminPort` of the admin HTTP; 0 takes a free one, and so it is when not set (ZooKeeper: 8080)',
  ),
  'admin.serverAddress': text('adminHost', '`adminHost`; 127.0.0.1 when not set (ZooKeeper: every address)'),
  'admin.commandURL': COMMAND_URL,
  'metricsProvider.className': together(
    '…PrometheusMetricsProvider: metrics for Prometheus on a port of their own, 7000 unless `metricsProvider.httpPort` says another',
  ),
  'metricsProvider.httpPort': together('`metricsPort`; without effect unless `metricsProvider.className` is that of Prometheus'),
  'metricsProvider.httpHost': text('metricsHost', '`metricsHost`; 127.0.0.1 when not set (ZooKeeper: every address)'),
  extendedTypesEnabled: boolean('extendedTypesEnabled', 'TTL nodes; default true (ZooKeeper: false)'),
  enforceQuota: boolean('enforceQuota', 'hard quotas refuse writes'),
  skipACL: boolean('skipAcl', 'access control lists are ignored'),
  superDigest: SUPER_DIGEST,
  'DigestAuthenticationProvider.superDigest': SUPER_DIGEST,
  'znode.container.checkIntervalMs': integer('containerCheckIntervalMs', 1, MAX_MS, 'how often containers and TTL nodes are looked for'),
  'znode.container.maxPerMinute': integer('containerMaxPerMinute', 1, 1e9, 'containers and TTL nodes removed a minute at most'),
  'znode.container.maxNeverUsedIntervalMs': integer(
    'containerMaxNeverUsedMs',
    0,
    2 ** 40,
    'age at which a never used container goes; 0 = never',
  ),
  'nio.sessionlessCnxnTimeout': integer('handshakeTimeoutMs', 1, MAX_MS, 'a connection without a handshake is closed after this time'),
  ...ENSEMBLE_KEYS,
  ...SECURITY_KEYS,

  'DigestAuthenticationProvider.digestAlg': refused('SHA1, the only digest of this version', /^SHA-?1$/i),
  'DigestAuthenticationProvider.enabled': refused('true: digest cannot be switched off', TRUE),
  'db.autocreate': refused('true: this version makes an empty store when there is none', TRUE),
  'admin.forceHttps': refused(`false: ${PLAIN_ADMIN}`, FALSE),
  'admin.portUnification': refused(`false: ${PLAIN_ADMIN}`, FALSE),
  'admin.needClientAuth': refused(`false: ${PLAIN_ADMIN}`, FALSE),
  'admin.ssl.*': refused(`no such key: ${PLAIN_ADMIN}`),
  'metricsProvider.httpsPort': refused('no such key: metrics are served by plain HTTP; put a proxy before it'),
  'metricsProvider.ssl.*': refused('no such key: metrics are served by plain HTTP; put a proxy before it'),
  'audit.enable': refused('false: this version writes no audit log', FALSE),
  'testingonly.initialZxid': refused('no such key: a tree begins at the beginning'),

  localSessionsEnabled: ignored('every session is a global one'),
  localSessionsUpgradingEnabled: ignored('every session is a global one'),
  'readonlymode.enabled': ignored('a server is never read-only in this version'),
  clientPortListenBacklog: ignored('the backlog of the operating system is used'),
  tcpKeepAlive: ignored('sessions notice dead peers'),
  clientTcpKeepAlive: ignored('sessions notice dead peers'),
  preAllocSize: ignored('segments of the log start at 1 MiB and double to 64 MiB'),
  snapSizeLimitInKb: ignored('snapshots are counted by entries (snapCount)'),
  txnLogSizeLimitInKb: ignored('segments of the log start at 1 MiB and double to 64 MiB'),
  forceSync: ignored('every write is synced before it is acknowledged'),
  flushDelay: ignored(ALWAYS_SYNCED),
  maxWriteQueuePollTime: ignored(ALWAYS_SYNCED),
  maxBatchSize: ignored(ALWAYS_SYNCED),
  'autopurge.snapRetainCount': ignored('what a snapshot has made superfluous is purged always'),
  'autopurge.purgeInterval': ignored('what a snapshot has made superfluous is purged always'),
  'datadir.autocreate': ignored('a missing dataDir is made'),
  'snapshot.trust.empty': ignored(OWN_SNAPSHOTS),
  'snapshot.compression.method': ignored(OWN_SNAPSHOTS),
  serializeLastProcessedZxid: ignored(OWN_SNAPSHOTS),
  'digest.enabled': ignored('snapshots carry a digest always'),
  'closeSessionTxn.enabled': ignored('the end of a session is one log entry always'),
  maxResponseCacheSize: ignored(NO_SUCH_CACHE),
  maxGetChildrenResponseCacheSize: ignored(NO_SUCH_CACHE),
  bitHashCacheSize: ignored(NO_SUCH_CACHE),
  intBufferStartingSizeBytes: ignored('buffers grow with what arrives'),
  'nio.numSelectorThreads': ignored(NO_THREADS),
  'nio.numWorkerThreads': ignored(NO_THREADS),
  'nio.directBufferBytes': ignored(NO_THREADS),
  'nio.shutdownTimeout': ignored(NO_THREADS),
  'netty.advancedFlowControl.enabled': ignored('a client that does not read is not read from, always'),
  'netty.server.outstandingHandshake.limit': ignored(NO_THREADS),
  'netty.server.earlyDropSecureConnectionHandshakes': ignored(NO_THREADS),
  'commitProcessor.numWorkerThreads': ignored(NO_THREADS),
  'commitProcessor.shutdownTimeout': ignored(NO_THREADS),
  'commitProcessor.maxReadBatchSize': ignored(NO_THREADS),
  'commitProcessor.maxCommitBatchSize': ignored(NO_THREADS),
  serverCnxnFactory: ignored(NO_THREADS),
  watchManagerName: ignored(NO_DEAD_WATCHERS),
  watcherCleanThreadsNum: ignored(NO_DEAD_WATCHERS),
  watcherCleanThreshold: ignored(NO_DEAD_WATCHERS),
  watcherCleanIntervalInSeconds: ignored(NO_DEAD_WATCHERS),
  maxInProcessingDeadWatchers: ignored(NO_DEAD_WATCHERS),
  enableEagerACLCheck: ignored('access is checked when a request is applied, once'),
  emulate353TTLNodes: ignored('TTL nodes are those of ZooKeeper 3.5.4 and later'),
  'pathStats.*': ignored('not part of this version'),
  'messageTracker.*': ignored('not part of this version'),
  'connection_throttle_*': ignored(NO_THROTTLE),
  'request_throttle_*': ignored(NO_THROTTLE),
  request_throttler: ignored(NO_THROTTLE),
  'request_throttler.shutdownTimeout': ignored(NO_THROTTLE),
  request_stale_connection_check: ignored(NO_THROTTLE),
  request_stale_latency_check: ignored(NO_THROTTLE),
  throttled_op_wait_time: ignored(NO_THROTTLE),
  largeRequestThreshold: ignored('not part of this version; jute.maxbuffer is honoured'),
  largeRequestMaxBytes: ignored('not part of this version; jute.maxbuffer is honoured'),
  'client.certReload': ignored('this version does not speak TLS'),
  'kerberos.*': ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  kinit: ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  jaasLoginRenew: ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  requireKerberosConfig: ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  'security.auth_to_local': ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  'sasl.serverconfig': ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  allowSaslFailedClients: ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  letAnySaslUserDoX: ignored('SASL is DIGEST-MD5 here, without Kerberos'),
  'audit.impl.class': ignored('not part of this version'),
  'admin.idleTimeout': ignored('idle connections to the admin HTTP are closed after 5 s'),
  'admin.httpVersion': ignored('the admin HTTP speaks HTTP/1.1'),
  'admin.snapshot.enabled': ignored('POST /snapshot wants the token of the admin HTTP'),
  'admin.restore.enabled': ignored('a backup is restored before the start: zoarium snapshot restore'),
  'admin.rateLimiterIntervalInMS': ignored('one snapshot at a time'),
  'metricsProvider.exportJvmInfo': ignored('figures of the process are always among the metrics'),
  'metricsProvider.numWorkerThreads': ignored(NO_THREADS),
  'metricsProvider.maxQueueSize': ignored(NO_THREADS),
  'metricsProvider.workerShutdownTimeoutMs': ignored(NO_THREADS),
  'jvm.pause.monitor': ignored('pauses of the process are always watched for'),
  'jvm.pause.sleep.time.ms': ignored('pauses of the process are always watched for'),
  'jvm.pause.info-threshold.ms': ignored('pauses of the process are always watched for'),
  'jvm.pause.warn-threshold.ms': ignored('a pause of a second or more is a warning'),
  'jmx.*': ignored(NO_JMX),
  traceFile: ignored(NO_TRACE),
  traceMask: ignored(NO_TRACE),
  'client.secure': ignored(CLIENT_SIDE),
  clientCnxnSocket: ignored(CLIENT_SIDE),
  disableAutoWatchReset: ignored(CLIENT_SIDE),
  'request.timeout': ignored(CLIENT_SIDE),
  'sasl.client': ignored(CLIENT_SIDE),
  'sasl.client.*': ignored(CLIENT_SIDE),
  'sasl.clientconfig': ignored(CLIENT_SIDE),
  'server.principal': ignored(CLIENT_SIDE),
  'server.realm': ignored(CLIENT_SIDE),
}

const PREFIXES = Object.keys(KEYS)
  .filter((name) => name.endsWith('*'))
  .map((name) => name.slice(0, -1))

/** Every key or family (`admin.*`) that is known. */
export const KNOWN_ZOO_KEYS: readonly string[] = Object.freeze(Object.keys(KEYS))

/** The table itself, for the docs. */
export const ZOO_KEYS: Readonly<Record<string, ZooKey>> = KEYS

/** The entry for `key`, with or without the prefix `zookeeper.` of Java's system properties; `null` if nobody knows it. */
export function findZooKey(key: string): { readonly bare: string; readonly key: ZooKey } | null {
  const bare = key.startsWith('zookeeper.') ? key.slice('zookeeper.'.length) : key
  const exact = Object.hasOwn(KEYS, bare) ? KEYS[bare] : undefined
  if (exact !== undefined) return { bare, key: exact }
  const prefix = PREFIXES.find((candidate) => bare.startsWith(candidate) && bare.length > candidate.length)
  const family = prefix === undefined ? undefined : KEYS[`${prefix}*`]
  return family === undefined ? null : { bare, key: family }
}
