// cli: the flags of `zoarium server`. One table gives the flag, the environment variable (--data-dir: ZOARIUM_DATA_DIR) and the help;
// a flag's camel-case name is the name of the option it sets.

import { InvalidArgumentError, Option } from 'commander'
import type { ServerOptions } from '../server/options.ts'

export const DEFAULT_DATA_DIR = './zoarium-data'

const CLIENT_AUTH = ['none', 'want', 'need'] as const
const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const LOG_FORMATS = ['json', 'pretty'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/** Secrets, the logger, and ports that a word can switch off. */
type NotFlags = 'logger' | 'superDigest' | 'tlsPassphrase' | 'adminToken' | 'adminPort' | 'metricsPort' | 'port' | 'securePort' | 'ensemble'

/** What they say of the other servers of an ensemble. */
export interface EnsembleFlags {
  /** `id=host:peerPort` and what zoo.cfg allows after it. */
  server?: readonly string[]
  peerHost?: string
  peerSecretFile?: string
  peerTlsCertFile?: string
  peerTlsKeyFile?: string
  peerTlsCaFile?: string
  allowPlainPeers?: boolean
  heartbeatMs?: number
  electionMs?: number
  initialize?: boolean
}

/** What the flags and the environment can say; what neither says is absent. */
export type ServerFlags = EnsembleFlags & { -readonly [K in keyof Omit<ServerOptions, NotFlags>]: ServerOptions[K] } & {
  adminPort?: number | 'off'
  metricsPort?: number | 'off'
  port?: number | 'off'
  securePort?: number | 'off'
  inMemory?: boolean
  json?: boolean
  logLevel?: LogLevel
  logFormat?: LogFormat
}

function integer(value: string): number {
  if (!/^-?\d+$/.test(value)) throw new InvalidArgumentError('Expected an integer.')
  return Number(value)
}

/** commander takes null for a value that was left out, so `off` stays a word until the settings are put together. */
function portOrOff(value: string): number | 'off' {
  return value === 'off' ? value : integer(value)
}

function boolean(value: string): boolean {
  if (value === 'true') return true
  if (value === 'false') return false
  throw new InvalidArgumentError('Expected true or false (a file goes before the flags).')
}

function words(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function numberFlag(flags: string, group: string, description: string): Option {
  return new Option(flags, description).argParser(integer).helpGroup(group)
}

/** The value may be left out on the command line; the environment has to say true or false. */
function booleanFlag(name: string, group: string, description: string): Option {
  return new Option(`${name} [boolean]`, description).preset('true').argParser(boolean).helpGroup(group)
}

const LISTENING = 'Listening:'
const SECURITY = 'Who may come in:'
const ENSEMBLE = 'The ensemble:'
const STORAGE = 'Storage:'
const SESSIONS = 'Sessions:'
const LIMITS = 'Limits:'
const TREE = 'The tree (0 = never):'
const OUTPUT = 'Output:'

function securityFlags(): Option[] {
  const flag = (flags: string, description: string): Option => new Option(flags, description).helpGroup(SECURITY)
  return [
    flag('--tls-cert-file <file>', 'certificate chain and private key, PEM or PKCS12'),
    flag('--tls-key-file <file>', 'private key in PEM, if it is not in the file of the certificate'),
    flag('--tls-ca-file <file>', 'authorities in PEM that the certificates of clients must come from'),
    flag('--tls-crl-file <file>', 'lists of the certificates that these authorities have revoked, in PEM'),
    flag('--tls-client-auth <how>', 'whether clients show a certificate (default: need with --tls-ca-file, else none)').choices(
      CLIENT_AUTH,
    ),
    flag('--tls-min-version <version>', 'oldest version of TLS that is spoken (default: TLSv1.2)').choices(TLS_VERSIONS),
    flag('--x509-super-user <subject>', 'subject of the client certificate that bypasses every access control list'),
    flag('--sasl-users-file <file>', 'users of SASL DIGEST-MD5, lines user:password or a JAAS file of ZooKeeper, mode 0600'),
    flag('--sasl-super-user <user>', 'SASL user that bypasses every access control list'),
    flag('--require-auth-schemes <list>', 'schemes of which a client must prove one, separated by commas (default: none)').argParser(words),
  ]
}

/** A flag that is given once for each server; the environment separates them by commas. */
function serverLines(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...words(value)]
}

function ensembleFlags(): Option[] {
  const flag = (flags: string, description: string): Option => new Option(flags, description).helpGroup(ENSEMBLE)
  return [
    flag('--server <id=host:port>', 'a server of the ensemble and its port for the others; once for each, this one among them').argParser(
      serverLines,
    ),
    numberFlag('--server-id <number>', ENSEMBLE, 'server id, 1 to 255 (default: what <data-dir>/myid says, 1 for a server alone)'),
    flag('--peer-host <address>', 'address that the peer port listens on (default: that of the server in --server)'),
    flag('--peer-secret-file <file>', 'secret by which servers prove themselves, equal on all, mode 0600'),
    flag('--peer-tls-cert-file <file>', 'certificate chain of this server in PEM, for TLS between servers'),
    flag('--peer-tls-key-file <file>', 'its private key in PEM'),
    flag('--peer-tls-ca-file <file>', "authorities of the other servers' certificates in PEM"),
    booleanFlag('--allow-plain-peers', ENSEMBLE, 'servers need no TLS and no secret beyond this machine (default: false)'),
    numberFlag('--heartbeat-ms <ms>', ENSEMBLE, 'how often the leader is heard of (default: 100)'),
    booleanFlag(
      '--initialize',
      ENSEMBLE,
      'no server of the ensemble has lost data: form it when a quorum is there, leaving the others out; for one start (default: false)',
    ),
    numberFlag('--election-ms <ms>', ENSEMBLE, 'without a leader for so long, a server stands for election (default: 500)'),
  ]
}

function allFlags(): Option[] {
  return [
    new Option('--host <address>', 'address to listen on (default: 127.0.0.1)').helpGroup(LISTENING),
    new Option('--port <number>', 'TCP port, 0 takes a free one, off = none but the secure one (default: 2181)')
      .argParser(portOrOff)
      .helpGroup(LISTENING),
    new Option('--secure-port <number>', 'TCP port for TLS alone, 0 takes a free one, off = none (default: off)')
      .argParser(portOrOff)
      .helpGroup(LISTENING),
    new Option('--secure-host <address>', 'address of the secure port (default: as --host)').helpGroup(LISTENING),
    booleanFlag('--port-unification', LISTENING, 'the client port takes TLS, too (default: false)'),
    new Option('--four-letter-words <list>', 'four-letter words to answer, separated by commas; * = all (default: srvr,ruok,isro)')
      .argParser(words)
      .helpGroup(LISTENING),
    new Option(
      '--admin-port <number>',
      "port of the admin HTTP for this machine's tools and operators, 0 takes a free one, off = none (default: 0)",
    )
      .argParser(portOrOff)
      .helpGroup(LISTENING),
    new Option('--admin-host <address>', 'address of the admin HTTP (default: 127.0.0.1)').helpGroup(LISTENING),
    new Option('--admin-command-path <path>', "path of ZooKeeper's admin commands (default: /commands)").helpGroup(LISTENING),
    new Option(
      '--metrics-port <port>',
      'port of /metrics, /livez and /readyz, without a token, 0 takes a free one, off = none (default: off)',
    )
      .argParser(portOrOff)
      .helpGroup(LISTENING),
    new Option('--metrics-host <address>', 'address of the metrics port (default: 127.0.0.1)').helpGroup(LISTENING),

    ...securityFlags(),
    ...ensembleFlags(),
    new Option('--data-dir <folder>', 'folder of the log and the snapshots, made if missing (default: ./zoarium-data)').helpGroup(STORAGE),
    booleanFlag('--in-memory', STORAGE, 'keep everything in memory and forget it at the end'),
    numberFlag('--snapshot-every-entries <count>', STORAGE, 'log entries between two snapshots (default: 100000)'),
    numberFlag(
      '--disk-low-bytes <bytes>',
      STORAGE,
      'free bytes below which client writes are refused, 0 = never (default: 256 MiB and the newest snapshot, at most 1/8 of the disk)',
    ),
    numberFlag('--disk-reserve-bytes <bytes>', STORAGE, 'kept back for a full disk, at most 1/16 of it, 0 = none (default: 16777216)'),
    numberFlag('--disk-stall-ms <ms>', STORAGE, 'a disk operation that is pending for longer is reported (default: 1000)'),
    numberFlag(
      '--scrub-bytes-per-second <bytes>',
      STORAGE,
      'how fast log and snapshots are read again to find damage, 0 = never (default: 65536)',
    ),

    numberFlag('--tick-time-ms <ms>', SESSIONS, 'basic time unit (default: 2000)'),
    numberFlag('--min-session-timeout-ms <ms>', SESSIONS, 'shortest session timeout granted (default: 2 ticks)'),
    numberFlag('--max-session-timeout-ms <ms>', SESSIONS, 'longest session timeout granted (default: 20 ticks)'),
    numberFlag('--handshake-timeout-ms <ms>', SESSIONS, 'a connection without a handshake is closed after this time (default: 10000)'),

    numberFlag('--max-frame-bytes <bytes>', LIMITS, 'largest request (default: 1048575)'),
    numberFlag('--max-connections-per-address <count>', LIMITS, 'connections from one address, 0 = no limit (default: 60)'),
    numberFlag('--max-connections <count>', LIMITS, 'connections in all, 0 = no limit (default: 0)'),
    numberFlag('--max-outstanding-requests <count>', LIMITS, 'requests in work above which reading pauses (default: 1000)'),
    numberFlag(
      '--max-outstanding-requests-per-connection <count>',
      LIMITS,
      'requests in work of one connection above which reading from it pauses (default: 256)',
    ),
    numberFlag('--max-outstanding-bytes <bytes>', LIMITS, 'bytes of requests in work above which reading pauses (default: 67108864)'),
    numberFlag(
      '--max-unread-bytes-per-connection <bytes>',
      LIMITS,
      'bytes that may wait for one client to read them, above it is closed (default: 16777216)',
    ),
    numberFlag(
      '--max-unread-bytes <bytes>',
      LIMITS,
      'bytes that may wait for all clients, above those who read least are closed (default: 268435456)',
    ),
    numberFlag('--watch-history-entries <count>', LIMITS, 'changes kept for persistent watches whose client is away (default: 100000)'),
    numberFlag('--watch-history-bytes <bytes>', LIMITS, 'bytes that these changes may take (default: 16777216)'),

    booleanFlag('--extended-types-enabled', TREE, 'allow TTL nodes (default: true)'),
    booleanFlag('--enforce-quota', TREE, 'hard quotas refuse writes (default: false)'),
    booleanFlag('--skip-acl', TREE, 'ignore access control lists (default: false)'),
    numberFlag('--container-check-interval-ms <ms>', TREE, 'how often containers and TTL nodes are looked for (default: 60000)'),
    numberFlag('--container-max-per-minute <count>', TREE, 'containers and TTL nodes removed a minute at most (default: 10000)'),
    numberFlag('--container-max-never-used-ms <ms>', TREE, 'age at which a never used container goes (default: 0)'),

    numberFlag('--slow-operation-ms <ms>', OUTPUT, 'requests that take longer are logged, some of them, 0 = never (default: 1000)'),
    booleanFlag('--json', OUTPUT, 'print a JSON line instead of text on stdout when the server listens'),
    new Option('--log-level <level>', 'what is logged on stderr (default: info)').choices(LOG_LEVELS).helpGroup(OUTPUT),
    new Option('--log-format <format>', 'how it is logged (default: pretty on a terminal, else json)')
      .choices(LOG_FORMATS)
      .helpGroup(OUTPUT),
  ]
}

/** The flags, each with its environment variable. */
export function serverFlags(): Option[] {
  return allFlags().map((option) => option.env(environmentName(option.long ?? '')))
}

function environmentName(long: string): string {
  return `ZOARIUM_${long.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`
}

/** Read beside the flags: the file, and the secrets that must not be seen in the list of processes. */
export const CONFIG_VARIABLE = 'ZOARIUM_CONFIG'
export const SUPER_DIGEST_VARIABLE = 'ZOARIUM_SUPER_DIGEST'
export const TLS_PASSPHRASE_VARIABLE = 'ZOARIUM_TLS_PASSPHRASE'
export const ADMIN_TOKEN_VARIABLE = 'ZOARIUM_ADMIN_TOKEN'
const SECRETS = [SUPER_DIGEST_VARIABLE, TLS_PASSPHRASE_VARIABLE, ADMIN_TOKEN_VARIABLE]

/** Variables named ZOARIUM_* that nothing reads: mistyped ones, most likely. */
export function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
  const known = new Set([CONFIG_VARIABLE, ...SECRETS, ...serverFlags().map((option) => option.envVar)])
  return Object.keys(environment).filter((name) => name.startsWith('ZOARIUM_') && !known.has(name))
}
