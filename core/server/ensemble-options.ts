// server: the options that make a server one of an ensemble; their defaults and their one validation.

import { DEFAULT_TIMING, type RaftLimits } from '../consensus/options.ts'
import { MAX_VOTERS } from '../consensus/quorum.ts'
import { ZoariumError } from '../errors.ts'
import type { MemoryNetwork } from '../peer/memory-network.ts'
import type { StateMachine } from '../tree/state-machine.ts'

/** One server of an ensemble, as all of them know it. */
export interface EnsembleServer {
  /** 1 to 255. */
  readonly serverId: number
  /** Name or address under which the others reach it. Not needed for the server itself. */
  readonly host: string
  /** TCP port for the other servers. */
  readonly peerPort: number
  /** The name that its certificate must bear. Default: `host`. */
  readonly tlsName?: string
}

/** How servers prove to each other that they belong together. The same kind on all. */
export interface PeerSecurityFiles {
  /** Certificate chain of this server in PEM, for mutual TLS. */
  readonly certFile?: string
  /** Its private key in PEM. */
  readonly keyFile?: string
  /** Authorities, in PEM, that the other servers' certificates must come from. */
  readonly caFile?: string
  /** File that holds the secret of the ensemble, 16 bytes or more, equal on all servers; nobody but its owner may read it. It proves, it does not encrypt. */
  readonly secretFile?: string
  /** Whether servers speak without TLS and without a secret also beyond this machine. Logged at every start. Default false. */
  readonly allowPlain?: boolean
}

/** Options of one server of an ensemble. */
export interface EnsembleOptions {
  /** All servers, this one (`serverId`) among them; an odd number, at most 7, is what one wants. Equal on all servers. */
  readonly servers: readonly EnsembleServer[]
  /** Address that the peer port listens on. Default: `host` of this server in {@link servers}. */
  readonly peerHost?: string
  /** How servers prove who they are. Default: plain, which is refused beyond this machine. */
  readonly security?: PeerSecurityFiles
  /** How often the leader is heard of, in milliseconds, 10 to 10,000. Default 100. */
  readonly heartbeatMs?: number
  /**
   * Without a leader for once to twice as long, a server stands for election; 3 heartbeats or more. Twice this and a heartbeat are at most a fifth of the
   * shortest session. Milliseconds. Default 500.
   */
  readonly electionMs?: number
  /**
   * Vouches for it that no server of the ensemble has lost data: it is formed as soon as a quorum of its servers is there, without the others, which are left out for
   * good. For once: a server that really lost its data, and a quorum that did, would begin anew with it. Default false: it is formed when all are there.
   */
  readonly initialize?: boolean
}

export interface ResolvedEnsembleOptions {
  /** By ascending id. */
  readonly servers: readonly EnsembleServer[]
  readonly peerHost: string
  readonly peerPort: number
  readonly security: PeerSecurityFiles
  readonly heartbeatMs: number
  readonly electionMs: number
  readonly initialize: boolean
  /** The links of an ensemble in one process; `null`: TCP. */
  readonly network: MemoryNetwork | null
  readonly limits: Partial<RaftLimits>
  readonly onState: EnsembleInternals['onState'] | null
}

/** What no user sets. */
export interface EnsembleInternals {
  readonly network?: MemoryNetwork
  /** For tests: defaults otherwise. */
  readonly limits?: Partial<RaftLimits>
  /** For tests that spoil it: how the state of a server is reached. */
  readonly onState?: (serverId: number, state: () => StateMachine) => void
}

/** How much longer than the doubt about who leads a session lasts at least. */
const SESSION_FACTOR = 5

/** The shortest session that can be granted, in milliseconds: whoever holds one gives it up before the ensemble does. */
export function shortestSessionMs({ electionMs, heartbeatMs }: { readonly electionMs: number; readonly heartbeatMs: number }): number {
  return SESSION_FACTOR * (2 * electionMs + heartbeatMs)
}

/** Validates and fills in defaults; throws `ERR_CONFIG` that names the option, what was expected and what came. */
export function resolveEnsembleOptions(
  options: EnsembleOptions,
  serverId: number,
  { network, limits = {}, onState }: EnsembleInternals = {},
): ResolvedEnsembleOptions {
  const servers = [...options.servers].sort((a, b) => a.serverId - b.serverId)
  if (servers.length === 0 || servers.length > MAX_VOTERS) throw refuse('servers', `1 to ${MAX_VOTERS} of them`, String(servers.length))
  for (const [i, server] of servers.entries()) {
    checkServer(server)
    if (servers[i - 1]?.serverId === server.serverId) throw refuse('servers', 'each id once', `${server.serverId} twice`)
  }
  const own = servers.find((server) => server.serverId === serverId)
  if (own === undefined)
    throw refuse('servers', `server ${serverId}, which this one is, among them`, servers.map((s) => s.serverId).join(', '))
  const heartbeatMs = integer('heartbeatMs', options.heartbeatMs ?? DEFAULT_TIMING.heartbeatMs, 10, 10_000)
  const electionMs = integer('electionMs', options.electionMs ?? DEFAULT_TIMING.electionMs, 3 * heartbeatMs, 60_000)
  return {
    servers,
    peerHost: options.peerHost ?? own.host,
    peerPort: own.peerPort,
    security: resolveSecurity(options.security ?? {}),
    heartbeatMs,
    electionMs,
    initialize: options.initialize ?? false,
    network: network ?? null,
    limits,
    onState: onState ?? null,
  }
}

function checkServer({ serverId, host, peerPort }: EnsembleServer): void {
  integer('servers: serverId', serverId, 1, 255)
  integer(`servers: peerPort of server ${serverId}`, peerPort, 1, 65_535)
  if (host === '') throw refuse(`servers: host of server ${serverId}`, 'a name or an address', 'nothing')
}

function resolveSecurity(security: PeerSecurityFiles): PeerSecurityFiles {
  const { certFile, keyFile, caFile, secretFile } = security
  const tls = [certFile, keyFile, caFile].filter((file) => file !== undefined).length
  if (tls !== 0 && tls !== 3) throw refuse('security', 'certFile, keyFile and caFile together', `${tls} of them`)
  if (tls === 3 && secretFile !== undefined) throw refuse('security', 'certificates or a secret', 'both')
  return security
}

function integer(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw refuse(name, `an integer from ${min} to ${max}`, String(value))
  }
  return value
}

function refuse(option: string, expected: string, got: string): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `ensemble.${option}: expected ${expected}, got ${got}`)
}
