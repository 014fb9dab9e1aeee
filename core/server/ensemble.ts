// server: an ensemble of servers in one process, for tests and for trying things out. The links between them are the memory of the process.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ZoariumError } from '../errors.ts'
import { MemoryNetwork } from '../peer/memory-network.ts'
import { type PeerClock, REAL_PEER_CLOCK } from '../peer/peer-clock.ts'
import { SeededRandom } from '../support/random.ts'
import type { EnsembleInternals, EnsembleOptions } from './ensemble-options.ts'
import type { ServerOptions } from './options.ts'
import { type Server, type StartOptions, startServerOn } from './server.ts'

/** Options of {@link startEnsemble}: those of each of its servers. */
export interface LocalEnsembleOptions extends Omit<ServerOptions, 'serverId' | 'port' | 'securePort' | 'ensemble'> {
  /** Folder in which each server has one, `1`, `2`, ... Without it all is in memory, and a server that is stopped cannot come back. */
  readonly dataDir?: string
  /** As for a server among others. Defaults as there. */
  readonly heartbeatMs?: number
  /** As for a server among others. Defaults as there. */
  readonly electionMs?: number
}

/** Servers in one process that form an ensemble. Close it, or bind it with `await using`. */
export interface LocalEnsemble extends AsyncDisposable {
  /** The servers that run, by id; ids begin with 1. */
  readonly servers: ReadonlyMap<number, Server>
  /** What a client connects to: all servers that run, `host:port,host:port,...`. */
  readonly connectString: string
  /** Id of the server that leads, 0 when none is known to. */
  readonly leaderId: number
  /** Stops one server in an orderly way: leadership goes to another first. */
  stop(serverId: number): Promise<void>
  /** Starts a stopped server again, on the port that it had. Rejects with `ERR_CONFIG` for an ensemble in memory, which has forgotten it. */
  start(serverId: number, options?: StartOptions): Promise<Server>
  /** Stops all servers. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts an ensemble of `size` servers, 1 to 7, in this process. Resolves when all of them serve clients. Rejects as `startServer` does.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { startEnsemble } from 'zoarium/server'
 *
 * const ensemble = await startEnsemble(3)
 * const client = await connect(ensemble.connectString)
 * await client.create('/greeting', 'hello')
 * await client.close()
 * await ensemble.close()
 * ```
 */
export function startEnsemble(size: number, options: LocalEnsembleOptions = {}, start: StartOptions = {}): Promise<LocalEnsemble> {
  return startProcessEnsemble(size, options, start, {})
}

/** {@link startEnsemble} with settings that no user has, and its network to be broken. */
export async function startProcessEnsemble(
  size: number,
  options: LocalEnsembleOptions,
  start: StartOptions,
  internals: Omit<EnsembleInternals, 'network'>,
): Promise<ProcessEnsemble> {
  const ensemble = new ProcessEnsemble(size, options, internals)
  await ensemble.startAll(start)
  return ensemble
}

/** A timer of no time takes a millisecond, the next turn of the event loop none. */
const PROMPT_CLOCK: PeerClock = {
  after(ms, call) {
    if (ms > 0) return REAL_PEER_CLOCK.after(ms, call)
    const immediate = setImmediate(call)
    return () => clearImmediate(immediate)
  },
}

export class ProcessEnsemble implements LocalEnsemble {
  readonly servers: Map<number, Server> = new Map()
  readonly #options: LocalEnsembleOptions
  readonly #members: EnsembleOptions
  readonly network: MemoryNetwork
  readonly #internals: EnsembleInternals
  readonly #ports = new Map<number, number>()
  #closing: Promise<void> | null = null

  constructor(size: number, options: LocalEnsembleOptions, internals: EnsembleInternals) {
    this.#options = options
    this.#internals = internals
    const { heartbeatMs, electionMs } = options
    const ids = Array.from({ length: Number.isInteger(size) && size > 0 ? size : 0 }, (_, i) => i + 1)
    this.#members = {
      servers: ids.map((serverId) => ({ serverId, host: '127.0.0.1', peerPort: serverId })),
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
      ...(electionMs === undefined ? {} : { electionMs }),
    }
    this.network = new MemoryNetwork({
      clock: PROMPT_CLOCK,
      random: new SeededRandom(randomBytes(6).readUIntBE(0, 6)),
      delayMs: () => 0,
      // As over sockets: nothing is shared between the servers.
      encode: true,
    })
  }

  get connectString(): string {
    return [...this.servers.values()].map((server) => server.connectString).join(',')
  }

  get leaderId(): number {
    for (const [id, { view }] of this.servers) if (view.stats().mode === 'leader') return id
    return 0
  }

  /** When one cannot start, the others are not left waiting for it. */
  async startAll({ signal, ...start }: StartOptions): Promise<void> {
    const { servers } = this.#members
    if (servers.length === 0) throw new ZoariumError('ERR_CONFIG', 'size: expected the number of servers, 1 to 7')
    const givingUp = new AbortController()
    const either = signal === undefined ? givingUp.signal : AbortSignal.any([signal, givingUp.signal])
    const starts = servers.map(({ serverId }) => this.#start(serverId, { ...start, signal: either }))
    try {
      await Promise.all(starts)
    } catch (error) {
      givingUp.abort(error)
      await Promise.allSettled(starts)
      await this.close()
      throw error
    }
  }

  async start(serverId: number, options: StartOptions = {}): Promise<Server> {
    const running = this.servers.get(serverId)
    if (running !== undefined) return running
    if (this.#options.dataDir === undefined) {
      throw new ZoariumError('ERR_CONFIG', `dataDir: expected a folder, since server ${serverId} has forgotten everything, got none`)
    }
    return this.#start(serverId, options)
  }

  async stop(serverId: number): Promise<void> {
    const server = this.servers.get(serverId)
    this.servers.delete(serverId)
    await server?.close()
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #start(serverId: number, start: StartOptions): Promise<Server> {
    const { dataDir, heartbeatMs: _h, electionMs: _e, ...rest } = this.#options
    const own: ServerOptions = {
      ...rest,
      serverId,
      port: this.#ports.get(serverId) ?? 0,
      ensemble: this.#members,
      ...(dataDir === undefined ? {} : { dataDir: join(dataDir, String(serverId)) }),
    }
    const server = await startServerOn({ ...this.#internals, network: this.network }, own, start)
    this.servers.set(serverId, server)
    this.#ports.set(serverId, server.port)
    return server
  }

  async #closeAll(): Promise<void> {
    const servers = [...this.servers.values()]
    this.servers.clear()
    await Promise.all(servers.map((server) => server.close()))
  }
}
