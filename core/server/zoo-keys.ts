// server: what this server does with each key of zoo.cfg. One table, which the reader follows and docs/operations/running.md repeats.

import { FOUR_LETTER_WORDS } from '../wire/four-letter.ts'
import type { ServerOptions } from './options.ts'
import { readBoolean, readInteger, refuseValue } from './zoo-values.ts'

/** The options while they are collected: {@link ServerOptions} with writable fields. */
export type CollectedOptions = { -readonly [K in keyof ServerOptions]: ServerOptions[K] }

/** What becomes of one key. */
export interface ZooKey {
  readonly kind: 'honoured' | 'ignored' | 'refused'
  /** For the table in the docs: what it sets, or why not. */
  readonly about: string
  /** Puts `value` into `options`. `at` says where it stands; returns a warning or `null`, throws `ERR_CONFIG`. */
  readonly read: (value: string, at: string, options: CollectedOptions) => string | null
}

type KeysOfType<T> = { [K in keyof ServerOptions]-?: NonNullable<ServerOptions[K]> extends T ? K : never }[keyof ServerOptions]
type NumberOption = KeysOfType<number>
type BooleanOption = KeysOfType<boolean>

const MAX_MS = 2 ** 31 - 1

function integer(option: NumberOption, min: number, max: number, about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at, options) {
      options[option] = readInteger(value, at, min, max)
      return null
    },
  }
}

/** As {@link integer}; -1 stands for ZooKeeper's default. */
function integerOrDefault(option: NumberOption, min: number, max: number, about: string): ZooKey {
  const plain = integer(option, min, max, about)
  return { ...plain, read: (value, at, options) => (value === '-1' ? null : plain.read(value, at, options)) }
}

function boolean(option: BooleanOption, about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at, options) {
      options[option] = readBoolean(value, at)
      return null
    },
  }
}

function text(option: 'host' | 'dataDir', about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at, options) {
      if (value === '') throw refuseValue(at, 'a value', value)
      options[option] = value
      return null
    },
  }
}

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

function ignored(about: string): ZooKey {
  return { kind: 'ignored', about, read: () => `ignored: ${about}` }
}

/** Values that `harmless` matches change nothing and are ignored; any other is refused. */
function refused(about: string, harmless: RegExp | null = null): ZooKey {
  return {
    kind: 'refused',
    about,
    read(value, at) {
      if (harmless?.test(value) === true) return `ignored: ${value} is what this server does anyway`
      throw refuseValue(at, about, value)
    },
  }
}

const STANDALONE = 'no such key: this version runs standalone, a single server without an ensemble'
const NO_TLS = 'no such key: this version does not speak TLS'
const NO_AUTH_PROVIDER = 'no such key: this version knows the schemes world, auth, digest, ip and super only'
const FALSE = /^(false|no)$/i
const TRUE = /^(true|yes)$/i

const ENSEMBLE_ONLY = 'concerns ensembles only'
const ALWAYS_SYNCED = 'writes are grouped and synced without a delay, always'
const NO_THREADS = 'one event loop serves all connections'

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
  '4lw.commands.whitelist': WHITELIST,
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

  'server.*': refused(STANDALONE),
  'group.*': refused(STANDALONE),
  'weight.*': refused(STANDALONE),
  dynamicConfigFile: refused(STANDALONE),
  oraclePath: refused(STANDALONE),
  peerType: refused('participant: this version runs standalone', /^participant$/i),
  secureClientPort: refused(NO_TLS),
  secureClientPortAddress: refused(NO_TLS),
  sslQuorum: refused(NO_TLS, FALSE),
  'client.portUnification': refused(NO_TLS, FALSE),
  portUnification: refused(NO_TLS, FALSE),
  authProvider: refused(NO_AUTH_PROVIDER),
  'authProvider.*': refused(NO_AUTH_PROVIDER),
  'X509AuthenticationProvider.superUser': refused(NO_AUTH_PROVIDER),
  superUser: refused(NO_AUTH_PROVIDER),
  'DigestAuthenticationProvider.digestAlg': refused('SHA1, the only digest of this version', /^SHA-?1$/i),
  'DigestAuthenticationProvider.enabled': refused('true: digest cannot be switched off', TRUE),
  requireClientAuthScheme: refused('no such key: this version cannot require authentication'),
  sessionRequireClientSASLAuth: refused('false: this version cannot require authentication', FALSE),
  'enforce.auth.enabled': refused('false: this version cannot require authentication', FALSE),
  'enforce.auth.schemes': refused('no such key: this version cannot require authentication'),
  'quorum.auth.*': refused(STANDALONE),
  'db.autocreate': refused('true: this version makes an empty store when there is none', TRUE),

  initLimit: ignored(ENSEMBLE_ONLY),
  syncLimit: ignored(ENSEMBLE_ONLY),
  connectToLearnerMasterLimit: ignored(ENSEMBLE_ONLY),
  leaderServes: ignored(ENSEMBLE_ONLY),
  standaloneEnabled: ignored(ENSEMBLE_ONLY),
  reconfigEnabled: ignored(ENSEMBLE_ONLY),
  electionAlg: ignored(ENSEMBLE_ONLY),
  electionPortBindRetry: ignored(ENSEMBLE_ONLY),
  quorumListenOnAllIPs: ignored(ENSEMBLE_ONLY),
  cnxTimeout: ignored(ENSEMBLE_ONLY),
  quorumCnxnTimeoutMs: ignored(ENSEMBLE_ONLY),
  'multiAddress.*': ignored(ENSEMBLE_ONLY),
  'fastleader.*': ignored(ENSEMBLE_ONLY),
  'leader.*': ignored(ENSEMBLE_ONLY),
  'learner.*': ignored(ENSEMBLE_ONLY),
  'observer.*': ignored(ENSEMBLE_ONLY),
  observerMasterPort: ignored(ENSEMBLE_ONLY),
  commitLogCount: ignored(ENSEMBLE_ONLY),
  snapshotSizeFactor: ignored(ENSEMBLE_ONLY),
  localSessionsEnabled: ignored('every session is a global one'),
  localSessionsUpgradingEnabled: ignored('every session is a global one'),
  'readonlymode.enabled': ignored('a standalone server is never read-only'),
  clientPortListenBacklog: ignored('the backlog of the operating system is used'),
  tcpKeepAlive: ignored('sessions notice dead peers'),
  clientTcpKeepAlive: ignored('sessions notice dead peers'),
  preAllocSize: ignored('segments of the log start at 1 MiB and double to 64 MiB'),
  snapSizeLimitInKb: ignored('snapshots are counted by entries (snapCount)'),
  txnLogSizeLimitInKb: ignored('segments of the log start at 1 MiB and double to 64 MiB'),
  forceSync: ignored('every write is synced before it is acknowledged'),
  'fsync.warningthresholdms': ignored('not part of this version'),
  flushDelay: ignored(ALWAYS_SYNCED),
  maxWriteQueuePollTime: ignored(ALWAYS_SYNCED),
  maxBatchSize: ignored(ALWAYS_SYNCED),
  'autopurge.*': ignored('what a snapshot has made superfluous is purged always'),
  'datadir.autocreate': ignored('a missing dataDir is made'),
  'snapshot.*': ignored('snapshots have a format of their own'),
  serializeLastProcessedZxid: ignored('snapshots have a format of their own'),
  'digest.enabled': ignored('snapshots carry a digest always'),
  'closeSessionTxn.enabled': ignored('the end of a session is one log entry always'),
  maxResponseCacheSize: ignored('there is no such cache'),
  maxGetChildrenResponseCacheSize: ignored('there is no such cache'),
  'nio.*': ignored(NO_THREADS),
  'netty.*': ignored(NO_THREADS),
  'commitProcessor.*': ignored(NO_THREADS),
  serverCnxnFactory: ignored(NO_THREADS),
  'pathStats.*': ignored('not part of this version'),
  'connection_throttle_*': ignored('not part of this version; maxCnxns and globalOutstandingLimit are honoured'),
  'request_throttle_*': ignored('not part of this version; maxCnxns and globalOutstandingLimit are honoured'),
  request_throttler: ignored('not part of this version; maxCnxns and globalOutstandingLimit are honoured'),
  throttled_op_wait_time: ignored('not part of this version; maxCnxns and globalOutstandingLimit are honoured'),
  largeRequestThreshold: ignored('not part of this version; jute.maxbuffer is honoured'),
  largeRequestMaxBytes: ignored('not part of this version; jute.maxbuffer is honoured'),
  'ssl.*': ignored('this version does not speak TLS'),
  'fips-mode': ignored('this version does not speak TLS'),
  'kerberos.*': ignored('this version does not speak SASL'),
  kinit: ignored('this version does not speak SASL'),
  jaasLoginRenew: ignored('this version does not speak SASL'),
  'audit.*': ignored('not part of this version'),
  'admin.*': ignored('not part of this version; four-letter words are, and --admin-port'),
  'metricsProvider.*': ignored('not part of this version; mntr is'),
  'jvm.*': ignored('there is no Java virtual machine'),
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
