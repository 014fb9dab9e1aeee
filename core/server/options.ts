// server: the options of an embedded server, their defaults and their one validation.

import { ZoariumError } from '../errors.ts'
import type { Logger } from '../support/logger.ts'
import { SILENT_LOGGER } from '../support/logger.ts'
import {
  type EnsembleInternals,
  type EnsembleOptions,
  type ResolvedEnsembleOptions,
  resolveEnsembleOptions,
  shortestSessionMs,
} from './ensemble-options.ts'
import { type ResolvedSecurityOptions, resolveSecurityOptions, type SecurityOptions } from './security-options.ts'

/** Options of {@link startServer}. */
export interface ServerOptions extends SecurityOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** TCP port of the client protocol; 0 takes a free one, `null` does without: then {@link securePort} is all there is. Default 0. */
  readonly port?: number | null
  /** Folder of the log and the snapshots, made if missing. Without it the server lives in memory and forgets everything at close. */
  readonly dataDir?: string
  /** Server id, 1 to 255. Default 1. */
  readonly serverId?: number
  /** The servers that this one forms an ensemble with. Default: it is alone. */
  readonly ensemble?: EnsembleOptions
  /** Basic time unit in milliseconds. Default 2,000. */
  readonly tickTimeMs?: number
  /**
   * Shortest session timeout granted. Default 2 ticks; in an ensemble not less than five times the doubt about who leads, 5,500 ms with the default
   * {@link EnsembleOptions.electionMs}.
   */
  readonly minSessionTimeoutMs?: number
  /** Longest session timeout granted. Default 20 ticks. */
  readonly maxSessionTimeoutMs?: number
  /** Largest request frame in bytes (`jute.maxbuffer`). Default 1,048,575. */
  readonly maxFrameBytes?: number
  /** Connections from one address; 0 = no limit. Default 60. */
  readonly maxConnectionsPerAddress?: number
  /** Connections in all; 0 = no limit. Default 0. */
  readonly maxConnections?: number
  /** Requests in work, over all connections, above which the server stops reading from connections that have some. Default 1,000. */
  readonly maxOutstandingRequests?: number
  /** Requests in work of one connection above which the server stops reading from it. Default 256. */
  readonly maxOutstandingRequestsPerConnection?: number
  /** Bytes of requests in work, over all connections, above which the server stops reading from connections that have some. Default 64 MiB. */
  readonly maxOutstandingBytes?: number
  /**
   * Bytes that may wait for one client to read them. A quarter of a mebibyte above which its requests wait is the server's own affair; above this the
   * client is closed: only events it does not read can bring it there. Default 16 MiB.
   */
  readonly maxUnreadBytesPerConnection?: number
  /**
   * Bytes that may wait for all clients together to read them. Above it requests of clients that have some wait, and those who read least are closed.
   * Default 256 MiB.
   */
  readonly maxUnreadBytes?: number
  /**
   * Changes of the tree that are kept for persistent watches whose client is away: up to here a client that comes back within its session
   * is told what it missed. 0 to 10,000,000; 0 keeps none. Default 100,000.
   */
  readonly watchHistoryEntries?: number
  /** Bytes that these changes may take. Default 16 MiB. */
  readonly watchHistoryBytes?: number
  /** A connection without a handshake is closed after this time. Default 10,000. */
  readonly handshakeTimeoutMs?: number
  /**
   * Log entries between two snapshots; more under a load that would keep a large tree being written more than a sixteenth of the time, up to as many as
   * there are znodes. Default 100,000.
   */
  readonly snapshotEveryEntries?: number
  /**
   * Free bytes on the disk of the data directory below which client writes are refused with `SYSTEM_ERROR` until there is room again; 0 = never.
   * Default: 256 MiB and the size of the newest snapshot, at most an eighth of the disk.
   */
  readonly diskLowBytes?: number
  /** Bytes in the data directory kept back for a full disk, at most a sixteenth of it; 0 = none. Default 16 MiB. */
  readonly diskReserveBytes?: number
  /** An operation on the disk that is pending for longer is reported. Default 1,000. */
  readonly diskStallMs?: number
  /** How fast log and snapshots are read again in idle time to find damage, in bytes per second; 0 = never. Default 65,536. */
  readonly scrubBytesPerSecond?: number
  /** How often containers and TTL nodes are looked for. Default 60,000. */
  readonly containerCheckIntervalMs?: number
  /** Containers and TTL nodes removed a minute at most. Default 10,000. */
  readonly containerMaxPerMinute?: number
  /** Whether TTL nodes may be created (`extendedTypesEnabled`). Default true. */
  readonly extendedTypesEnabled?: boolean
  /** Whether hard quotas refuse writes (`enforceQuota`). Default false. */
  readonly enforceQuota?: boolean
  /** Whether access control lists are ignored (`skipACL`). Default false. */
  readonly skipAcl?: boolean
  /** A never used container is removed after this age; 0 = never. Default 0. */
  readonly containerMaxNeverUsedMs?: number
  /** `user:base64(sha1(user:password))` of a digest user who bypasses every ACL. */
  readonly superDigest?: string
  /**
   * A request that takes longer is logged with operation, path, session and duration, at most ten lines in ten seconds; so are requests that hold the
   * event loop for longer. 0 = never. Default 1,000.
   */
  readonly slowOperationMs?: number
  /** Four-letter words that are answered; `*` allows all. Default srvr, ruok, isro. */
  readonly fourLetterWords?: readonly string[]
  /**
   * TCP port of the admin HTTP on 127.0.0.1, for tools on the same machine; 0 takes a free one, `null` does without. It wants the token that
   * `Server.admin` tells and, with a data directory, its `admin.json`. A port that cannot be taken is logged and does not stop the server. Default `null`.
   */
  readonly adminPort?: number | null
  /** Token of the admin HTTP, 16 characters or more, so that it stays the same from start to start. Default: another one at every start. */
  readonly adminToken?: string
  /** Address the admin HTTP listens on. It is not encrypted: whoever listens on the way learns the token. Default `127.0.0.1`. */
  readonly adminHost?: string
  /** Path under which the admin HTTP answers ZooKeeper's commands. Default `/commands`. */
  readonly adminCommandPath?: string
  /**
   * TCP port of `/metrics`, `/livez` and `/readyz` alone, for whoever can reach it: no token is asked for; 0 takes a free one, `null` does without.
   * A port that cannot be taken is logged and does not stop the server. Default `null`.
   */
  readonly metricsPort?: number | null
  /** Address that `metricsPort` is on. Default `127.0.0.1`. */
  readonly metricsHost?: string
  /** Where the server logs. Default: nowhere. */
  readonly logger?: Logger
}

/** The options with every default filled in. */
export type ResolvedServerOptions = Required<
  Omit<ServerOptions, 'dataDir' | 'ensemble' | 'superDigest' | 'diskLowBytes' | 'adminToken' | keyof SecurityOptions>
> &
  ResolvedSecurityOptions & {
    readonly dataDir: string | null
    /** `null`: alone. */
    readonly ensemble: ResolvedEnsembleOptions | null
    /** `null` = by the size of the disk and of the newest snapshot. */
    readonly diskLowBytes: number | null
    readonly superDigest: string | null
    /** `null` = another one at every start. */
    readonly adminToken: string | null
  }

function integer(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ZoariumError('ERR_CONFIG', `${name}: expected an integer from ${min} to ${max}, got ${String(value)}`)
  }
  return value
}

/** Visible ASCII, so that it fits into a header. */
function adminToken(token: string | undefined): string | null {
  if (token === undefined) return null
  if (/^[!-~]{16,512}$/.test(token)) return token
  throw new ZoariumError('ERR_CONFIG', 'adminToken: expected 16 to 512 visible ASCII characters, got something else')
}

function commandPath(path: string): string {
  if (/^(\/[\w.-]+)+$/.test(path)) return path
  throw new ZoariumError('ERR_CONFIG', `adminCommandPath: expected a path such as /commands, got ${JSON.stringify(path)}`)
}

const MAX_TIMER_MS = 2 ** 31 - 1
const MAX_BYTES = 2 ** 48

/**
 * Validates and fills in defaults; throws `ERR_CONFIG` that names the option, what was expected and what came. */
export function resolveServerOptions(options: ServerOptions, internals: EnsembleInternals = {}): ResolvedServerOptions {
  const tickTimeMs = integer('tickTimeMs', options.tickTimeMs ?? 2000, 1, MAX_TIMER_MS)
  const serverId = integer('serverId', options.serverId ?? 1, 1, 255)
  const ensemble = options.ensemble === undefined ? null : resolveEnsembleOptions(options.ensemble, serverId, internals)
  const shortestMs = ensemble === null ? 1 : shortestSessionMs(ensemble)
  const minSessionTimeoutMs = integer(
    'minSessionTimeoutMs',
    options.minSessionTimeoutMs ?? Math.max(2 * tickTimeMs, shortestMs),
    shortestMs,
    MAX_TIMER_MS,
  )
  const maxSessionTimeoutMs = integer(
    'maxSessionTimeoutMs',
    options.maxSessionTimeoutMs ?? Math.max(20 * tickTimeMs, minSessionTimeoutMs),
    1,
    MAX_TIMER_MS,
  )
  if (minSessionTimeoutMs > maxSessionTimeoutMs) {
    throw new ZoariumError(
      'ERR_CONFIG',
      `minSessionTimeoutMs: expected at most maxSessionTimeoutMs (${maxSessionTimeoutMs}), got ${minSessionTimeoutMs}`,
    )
  }
  const superDigest = options.superDigest ?? null
  if (superDigest !== null && !/^[^:]+:.+$/.test(superDigest)) {
    throw new ZoariumError('ERR_CONFIG', 'superDigest: expected user:base64(sha1(user:password)), got something else')
  }
  const host = options.host ?? '127.0.0.1'
  return {
    ...resolveSecurityOptions(options, host, options.port !== null),
    host,
    port: options.port === null ? null : integer('port', options.port ?? 0, 0, 65535),
    dataDir: options.dataDir ?? null,
    serverId,
    ensemble,
    tickTimeMs,
    minSessionTimeoutMs,
    maxSessionTimeoutMs,
    maxFrameBytes: integer('maxFrameBytes', options.maxFrameBytes ?? 0xfffff, 1024, 2 ** 29),
    maxConnectionsPerAddress: integer('maxConnectionsPerAddress', options.maxConnectionsPerAddress ?? 60, 0, 1e9),
    maxConnections: integer('maxConnections', options.maxConnections ?? 0, 0, 1e9),
    maxOutstandingRequests: integer('maxOutstandingRequests', options.maxOutstandingRequests ?? 1000, 1, 1e9),
    watchHistoryEntries: integer('watchHistoryEntries', options.watchHistoryEntries ?? 100_000, 0, 1e7),
    watchHistoryBytes: integer('watchHistoryBytes', options.watchHistoryBytes ?? 2 ** 24, 0, 2 ** 32),
    maxOutstandingRequestsPerConnection: integer(
      'maxOutstandingRequestsPerConnection',
      options.maxOutstandingRequestsPerConnection ?? 256,
      1,
      1e9,
    ),
    maxOutstandingBytes: integer('maxOutstandingBytes', options.maxOutstandingBytes ?? 2 ** 26, 1024, MAX_BYTES),
    maxUnreadBytesPerConnection: integer('maxUnreadBytesPerConnection', options.maxUnreadBytesPerConnection ?? 2 ** 24, 2 ** 20, MAX_BYTES),
    maxUnreadBytes: integer('maxUnreadBytes', options.maxUnreadBytes ?? 2 ** 28, 2 ** 20, MAX_BYTES),
    handshakeTimeoutMs: integer('handshakeTimeoutMs', options.handshakeTimeoutMs ?? 10_000, 1, MAX_TIMER_MS),
    snapshotEveryEntries: integer('snapshotEveryEntries', options.snapshotEveryEntries ?? 100_000, 1, 1e12),
    diskLowBytes: options.diskLowBytes === undefined ? null : integer('diskLowBytes', options.diskLowBytes, 0, MAX_BYTES),
    diskReserveBytes: integer('diskReserveBytes', options.diskReserveBytes ?? 2 ** 24, 0, MAX_BYTES),
    diskStallMs: integer('diskStallMs', options.diskStallMs ?? 1000, 1, MAX_TIMER_MS),
    scrubBytesPerSecond: integer('scrubBytesPerSecond', options.scrubBytesPerSecond ?? 65_536, 0, MAX_BYTES),
    containerCheckIntervalMs: integer('containerCheckIntervalMs', options.containerCheckIntervalMs ?? 60_000, 1, MAX_TIMER_MS),
    containerMaxPerMinute: integer('containerMaxPerMinute', options.containerMaxPerMinute ?? 10_000, 1, 1e9),
    extendedTypesEnabled: options.extendedTypesEnabled ?? true,
    enforceQuota: options.enforceQuota ?? false,
    skipAcl: options.skipAcl ?? false,
    containerMaxNeverUsedMs: integer('containerMaxNeverUsedMs', options.containerMaxNeverUsedMs ?? 0, 0, 2 ** 40),
    superDigest,
    slowOperationMs: integer('slowOperationMs', options.slowOperationMs ?? 1000, 0, MAX_TIMER_MS),
    fourLetterWords: options.fourLetterWords ?? ['srvr', 'ruok', 'isro'],
    adminPort: options.adminPort == null ? null : integer('adminPort', options.adminPort, 0, 65535),
    adminToken: adminToken(options.adminToken),
    adminHost: options.adminHost ?? '127.0.0.1',
    adminCommandPath: commandPath(options.adminCommandPath ?? '/commands'),
    metricsPort: options.metricsPort == null ? null : integer('metricsPort', options.metricsPort, 0, 65535),
    metricsHost: options.metricsHost ?? '127.0.0.1',
    logger: options.logger ?? SILENT_LOGGER,
  }
}
