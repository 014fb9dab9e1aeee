// server: one embedded server: opens storage, runs a replica and listens. The public API of `zoarium/server`.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdminEndpoint } from '../admin/admin-file.ts'
import { ZoariumError } from '../errors.ts'
import type { ReplicaOptions } from '../replica/host.ts'
import { LOG_FOLDER } from '../storage/log-format.ts'
import type { LogStore, OpenedLogStore, Recovered } from '../storage/log-store.ts'
import { MemoryLogStore } from '../storage/memory-log-store.ts'
import { openLogStore } from '../storage/open-log-store.ts'
import { RealDisk } from '../storage/real-disk.ts'
import { snapshotPath } from '../storage/snapshot-format.ts'
import { SnapshotFormatError } from '../tree/snapshot-format.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { ClientDoor } from './client-door.ts'
import type { EnsembleMember } from './ensemble-member.ts'
import type { EnsembleInternals } from './ensemble-options.ts'
import { joinEnsemble, peersHoldData } from './join-ensemble.ts'
import { Measures } from './measures.ts'
import { OperatorDoors } from './operator-doors.ts'
import { type ResolvedServerOptions, resolveServerOptions, type ServerOptions } from './options.ts'
import { type Beginning, ReplicaDriver, type SavedSnapshot } from './replica-driver.ts'
import { replicaView } from './replica-view.ts'
import { SaslUsers } from './sasl-users.ts'
import type { ServerView } from './server-view.ts'
import type { OnStartProgress } from './start-progress.ts'
import { TreeReceiver } from './tree-receiver.ts'

/** A running server. Close it, or bind it with `await using`. */
export interface Server extends AsyncDisposable {
  readonly host: string
  /** The port it listens on, also when 0 was asked for; the secure one if there is no other. */
  readonly port: number
  /** The port for TLS alone, `null` without one. */
  readonly securePort: number | null
  /** What a client connects to: `host:port`. */
  readonly connectString: string
  /** The data directory, `null` for a server in memory. */
  readonly dataDir: string | null
  /** Where the admin HTTP is and its token; `null` without `adminPort`, or when its port could not be taken (the log says why). */
  readonly admin: AdminEndpoint | null
  /** `http://address:port` of `/metrics`, `/livez` and `/readyz` without a token; `null` without `metricsPort`, or when it could not be taken. */
  readonly metricsUrl: string | null
  /** A view for operators. */
  readonly view: ServerView
  /**
   * Settles with the error if storage fails while the server runs. The server has stopped serving then: nothing more is acknowledged.
   * Never settles otherwise.
   */
  readonly failed: Promise<Error>
  /**
   * Reads certificates and SASL users again, for connections from now on. Certificates are also looked at every 10 s. Rejects with `ERR_CONFIG` when a file is
   * not usable; what was in force stays.
   */
  reload(): Promise<void>
  /**
   * Stops taking requests, answers those in work, seals the log and closes every connection. Sessions live on in the data directory and
   * can be attached again when a server starts on it. Idempotent.
   */
  close(): Promise<void>
}

/** How a start can be watched and given up. */
export interface StartOptions {
  /** Gives the start up; what was opened is closed again. */
  readonly signal?: AbortSignal
  /** Hears how far the start is. */
  readonly onProgress?: OnStartProgress
}

/**
 * Starts a server in this process. In memory by default; with `dataDir` everything that was acknowledged is on disk before it is.
 *
 * Rejects with `ERR_CONFIG` for options out of range, with `ERR_STORAGE` when the data directory is damaged or in use, with the system's
 * error when the port cannot be taken, and with `signal.reason` when aborted before it serves.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { startServer } from 'zoarium/server'
 *
 * const server = await startServer({ dataDir: './data' })
 * const client = await connect(server.connectString)
 * await client.create('/greeting', 'hello')
 * await client.close()
 * await server.close()
 * ```
 */
export function startServer(options: ServerOptions = {}, start: StartOptions = {}): Promise<Server> {
  return startServerOn({}, options, start)
}

/** {@link startServer} on links in the memory of this process, for example. */
export async function startServerOn(
  internals: EnsembleInternals,
  options: ServerOptions,
  { signal, onProgress = () => {} }: StartOptions = {},
): Promise<Server> {
  const resolved = resolveServerOptions(options, internals)
  signal?.throwIfAborted()
  const doors = await OperatorDoors.open(resolved)
  try {
    return await startWith(resolved, doors, signal ?? null, onProgress)
  } catch (error) {
    await doors.close()
    throw error
  }
}

async function startWith(
  resolved: ResolvedServerOptions,
  doors: OperatorDoors,
  signal: AbortSignal | null,
  onProgress: OnStartProgress,
): Promise<EmbeddedServer> {
  const saslUsers = resolved.saslUsersFile === null ? null : await SaslUsers.open(resolved.saslUsersFile)
  const measures = new Measures()
  const receiver = new TreeReceiver(onProgress, signal)
  const onDamage = (await peersHoldData(resolved)) ? 'mark' : 'refuse'
  const opened = await openStorage(resolved, onDamage, receiver, measures, onProgress, signal)
  let member: EnsembleMember | null = null
  let server: EmbeddedServer
  try {
    signal?.throwIfAborted()
    const firstSnapshot = await snapshotFound(resolved.dataDir, opened)
    const tree = treeOf(receiver, opened, resolved)
    // Whoever asks why an ensemble does not serve must be answered.
    if (resolved.ensemble !== null) await doors.openAdmin()
    member = await joinEnsemble(resolved, { ...opened, tree }, { signal, onProgress, onWaiting: (why) => doors.starting(why) })
    const beginning = { ...opened, tree, saslUsers, peers: member }
    server = new EmbeddedServer(resolved, { beginning, firstSnapshot, measures, doors, member }, onProgress)
  } catch (error) {
    await member?.close()
    await closeStore(opened.store)
    throw error
  }
  try {
    await server.listen(signal, onProgress)
    signal?.throwIfAborted()
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}

interface Opened {
  readonly store: LogStore
  readonly recovered: Recovered | null
  /** `null` for a server in memory. */
  readonly disk: RealDisk | null
}

function openStorage(
  options: ResolvedServerOptions,
  onDamage: 'refuse' | 'mark',
  receiver: TreeReceiver,
  measures: Measures,
  onProgress: OnStartProgress,
  signal: AbortSignal | null,
): Promise<Opened> {
  const { dataDir } = options
  if (dataDir === null) return Promise.resolve({ store: new MemoryLogStore(), recovered: null, disk: null })
  const disk = new RealDisk(dataDir, logReading(onProgress), (tookMs) => measures.fsync.record(tookMs))
  return new Promise((resolve, reject) => {
    const care = {
      lowBytes: options.diskLowBytes,
      reserveBytes: options.diskReserveBytes,
      stallMs: options.diskStallMs,
      scrubBytesPerSecond: options.scrubBytesPerSecond,
    }
    openLogStore(disk, { receiver, care, onDamage }, (error: Error | null, opened?: OpenedLogStore) => {
      if (opened !== undefined) {
        for (const note of opened.recovered.notes) options.logger.warn({ dataDir, note }, 'recovery')
        resolve({ ...opened, disk })
      } else if (signal?.aborted === true) {
        reject(signal.reason)
      } else {
        reject(ZoariumError.is(error) ? error : new ZoariumError('ERR_STORAGE', `open ${dataDir}`, { cause: error }))
      }
    })
  })
}

/** The snapshot that the server begins with, and since when it is there. */
async function snapshotFound(dataDir: string | null, { recovered }: Opened): Promise<SavedSnapshot | null> {
  const meta = recovered?.snapshot?.meta ?? null
  if (dataDir === null || meta === null) return null
  const { mtimeMs } = await stat(join(dataDir, snapshotPath(meta.index)))
  return { meta, savedAtMs: mtimeMs }
}

/** Tells of what is read of the log. A server that runs reads none of it. */
function logReading(onProgress: OnStartProgress): (path: string, bytes: number) => void {
  let done = 0
  return (path, bytes) => {
    if (!path.startsWith(`${LOG_FOLDER}/`)) return
    done += bytes
    onProgress({ phase: 'log', done, total: null })
  }
}

function treeOf(receiver: TreeReceiver, { recovered }: Opened, { dataDir }: ResolvedServerOptions): StateMachine {
  const chosen = recovered?.snapshot?.meta ?? null
  try {
    return receiver.finish(chosen)
  } catch (error) {
    if (!(error instanceof SnapshotFormatError)) throw error
    // Every byte is as it was written, so another program wrote it, or this one has a bug.
    throw new ZoariumError('ERR_STORAGE', `snapshot ${chosen?.index} in ${dataDir} does not hold a tree: ${error.message}`, {
      cause: error,
    })
  }
}

function closeStore(store: LogStore): Promise<void> {
  return new Promise((resolve, reject) => store.close((error) => (error === null ? resolve() : reject(error))))
}

interface Parts {
  readonly beginning: Beginning
  readonly firstSnapshot: SavedSnapshot | null
  readonly measures: Measures
  readonly doors: OperatorDoors
  readonly member: EnsembleMember | null
}

class EmbeddedServer implements Server {
  readonly host: string
  readonly dataDir: string | null
  readonly view: ServerView
  readonly failed: Promise<Error>
  readonly #options: ResolvedServerOptions
  readonly #store: LogStore
  readonly #driver: ReplicaDriver
  readonly #door: ClientDoor
  readonly #saslUsers: SaslUsers | null
  readonly #serving: Promise<void>
  readonly #doors: OperatorDoors
  readonly #member: EnsembleMember | null
  #closing: Promise<void> | null = null

  constructor(options: ResolvedServerOptions, { beginning, firstSnapshot, measures, doors, member }: Parts, onProgress: OnStartProgress) {
    this.#options = options
    this.#store = beginning.store
    this.#doors = doors
    this.#member = member
    this.#saslUsers = beginning.saslUsers
    this.host = options.host
    this.dataDir = options.dataDir
    let onServing = (): void => {}
    let onFailure = (_error: Error): void => {}
    let stopWaiting = (_error: Error): void => {}
    this.#serving = new Promise((resolve, reject) => {
      onServing = resolve
      stopWaiting = reject
    })
    // A failure before anybody waits is told by listen(); the promise itself must not count as unhandled.
    this.#serving.catch(() => {})
    this.failed = new Promise((resolve) => {
      onFailure = (error) => {
        stopWaiting(error)
        resolve(error)
        this.#door.stopListening()
      }
    })
    const settings = { ...options, ...memberSettings(options) }
    this.#driver = new ReplicaDriver(settings, beginning, options.logger, { onProgress, onServing, onFailure }, measures)
    const { store } = beginning
    this.view = replicaView({
      driver: this.#driver,
      options,
      store,
      measures,
      member,
      firstSnapshot,
      port: () => this.port,
    })
    doors.show(this.view)
    this.#door = new ClientDoor(options, this.#driver, () => this.view)
    this.#driver.start()
    member?.attach(this.#driver, () => this.#advertised)
    options.ensemble?.onState?.(options.serverId, () => this.#driver.replica.tree)
  }

  get port(): number {
    return this.#door.port
  }

  get securePort(): number | null {
    return this.#door.securePort
  }

  get admin(): AdminEndpoint | null {
    return this.#doors.admin
  }

  get metricsUrl(): string | null {
    return this.#doors.metricsUrl
  }

  get connectString(): string {
    return this.#reachedAt('127.0.0.1')
  }

  /** What the other servers of an ensemble are told of where clients come to; '' before it listens. */
  get #advertised(): string {
    const own = this.#options.ensemble?.servers.find(({ serverId }) => serverId === this.#options.serverId)
    return this.#door.port === 0 ? '' : this.#reachedAt(own?.host ?? '127.0.0.1')
  }

  /** `host:port`, with `anyHost` for a server that listens on every address. */
  #reachedAt(anyHost: string): string {
    const host = this.host === '0.0.0.0' || this.host === '::' ? anyHost : this.host
    return `${host.includes(':') ? `[${host}]` : host}:${this.port}`
  }

  /** Listens once clients can be served; rejects with the signal's reason when aborted before. */
  async listen(signal: AbortSignal | null, onProgress: OnStartProgress): Promise<void> {
    await this.#door.prepare()
    await this.#served(signal, onProgress)
    await this.#door.listen()
    const { host, port, securePort, dataDir } = this
    this.#options.logger.info({ host, port, ...(securePort === null ? {} : { securePort }), dataDir }, 'listening')
    await this.#doors.openAdmin()
  }

  /** A quorum may be long in coming: tells who is there. */
  async #served(signal: AbortSignal | null, onProgress: OnStartProgress): Promise<void> {
    const member = this.#member
    const telling = member === null ? null : setInterval(() => onProgress(member.presence), PRESENCE_MS)
    try {
      await unlessAborted(this.#serving, signal)
    } finally {
      if (telling !== null) clearInterval(telling)
    }
  }

  async reload(): Promise<void> {
    await Promise.all([this.#door.reload(), this.#saslUsers?.reload()])
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const { replica } = this.#driver
    this.#door.stopListening()
    await this.#doors.closeAdmin()
    await this.#driver.handOver()
    await this.#driver.sendClientsAway()
    replica.drain()
    await this.#driver.quiet()
    replica.stop()
    this.#driver.dispose()
    await this.#door.close()
    await this.#member?.close()
    try {
      await closeStore(this.#store)
    } finally {
      await this.#doors.close()
    }
    this.#options.logger.info({ port: this.port }, 'closed')
  }
}

/** How often a server that waits for a quorum tells who is there. */
const PRESENCE_MS = 1000

/** What the replica must know of the ensemble. */
function memberSettings({ ensemble }: ResolvedServerOptions): Pick<ReplicaOptions, 'voters' | 'timing' | 'limits'> {
  if (ensemble === null) return {}
  const { servers, heartbeatMs, electionMs, limits } = ensemble
  return { voters: servers.map(({ serverId }) => serverId), timing: { heartbeatMs, electionMs }, limits }
}

function unlessAborted(work: Promise<void>, signal: AbortSignal | null): Promise<void> {
  if (signal === null) return work
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
    if (signal.aborted) onAbort()
  })
}
