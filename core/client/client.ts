// client: the public client: session, status, and the operations that are made of several. The single ones are in client-operations.ts, what
// keeps it attached to a server is in session-keeper.ts.

import { ZoariumError } from '../errors.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { PathWatchRequest, Request } from '../wire/records.ts'
import { Chroot } from './chroot.ts'
import { ClientOperations } from './client-operations.ts'
import type { Codec } from './codec.ts'
import { parseConnectionString } from './connection-string.ts'
import { allowManyWaits } from './many-waits.ts'
import { checkedAuth, integer } from './options.ts'
import { compareAndSet, createProtected } from './outcomes.ts'
import * as replies from './replies.ts'
import { badArguments } from './replies.ts'
import { badPath } from './requests.ts'
import type { SessionKeeper } from './session-keeper.ts'
import { deleteRecursive, ensurePath } from './subtree.ts'
import { Transaction } from './transaction.ts'
import { childrenWithData, type NodeData, walkTree } from './tree-reads.ts'
import { TypedNodes } from './typed-nodes.ts'
import type {
  CallOptions,
  ClientStats,
  ClientStatus,
  CreateOptions,
  PersistentWatch,
  Session,
  Stat,
  VersionOptions,
  WatchEvent,
  WatchKind,
  WatchOptions,
  ZnodeData,
} from './types.ts'
import { untilAborted } from './until-aborted.ts'
import type { WatchIntent } from './watch-registry.ts'

/** Which read leaves a watch of a kind. */
const READS: ReadonlyMap<WatchKind, PathWatchRequest['op']> = new Map<WatchKind, PathWatchRequest['op']>([
  ['data', OpCode.getData],
  ['exists', OpCode.exists],
  ['children', OpCode.getChildren],
])
const DEFAULT_BUFFERED_EVENTS = 4_096
const MAX_BUFFERED_EVENTS = 1_000_000

/**
 * A client with a session. Get one from {@link connect}.
 *
 * Requests go out in the order of the calls and take effect in it. While the connection is lost they wait; then
 * - a read that was under way is sent again;
 * - a write whose reply was lost rejects with `ERR_UNKNOWN_OUTCOME`: it may have happened or not;
 * - a write that was not sent goes out when the session is attached again, or rejects with `SESSION_EXPIRED` if it cannot be.
 *
 * Every method may also reject with `BAD_ARGUMENTS` (nothing was sent), `ERR_CLOSED`, `AUTH_FAILED`, `ERR_QUEUE_FULL`, `ERR_TOO_LARGE`,
 * `ERR_TIMEOUT` (with `requestTimeoutMs`), `ERR_PROTOCOL`, the reason of its `signal`, and any code of the protocol that the server
 * answers.
 * Data that is passed as bytes must not be changed before the call has settled.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await client.create('/greeting', 'hello')
 * const { data, stat } = await client.getData('/greeting')
 * await client.setData('/greeting', `${data} again`, { version: stat.version })
 * ```
 */
export class Client extends ClientOperations implements AsyncDisposable {
  /** @internal Use {@link connect}. */
  constructor(keeper: SessionKeeper, chroot: Chroot = keeper.chroot) {
    super(keeper, chroot)
  }

  /** The present belief about the session; a new object after an expiry and after a deadline that passed. */
  get session(): Session {
    return this.keeper.session
  }

  /** Where the client stands now. */
  get status(): ClientStatus {
    return this.keeper.statuses.current
  }

  /** The newest zxid that a reply told. No later read shows anything older, also not after a reconnect. */
  get lastZxid(): bigint {
    return this.keeper.lastZxid
  }

  /** The part of the tree that this client sees as its root; '' for all of it. */
  get chroot(): string {
    return this.root.prefix
  }

  /**
   * Calls `listener` at each change of {@link Client.status}, until {@link Client.off} or the final status. What it throws becomes an
   * uncaught exception.
   */
  on(_event: 'status', listener: (status: ClientStatus) => void): this {
    this.keeper.statuses.on(listener)
    return this
  }

  /** Takes a listener of {@link Client.on} away. */
  off(_event: 'status', listener: (status: ClientStatus) => void): this {
    this.keeper.statuses.off(listener)
    return this
  }

  /** Numbers for a metrics page: what waits, what is watched, and totals since the client was made. Cheap unless there are very many watches. */
  stats(): ClientStats {
    const { statuses, waiting, watches, counters } = this.keeper
    const { current } = statuses
    return {
      status: current.type,
      server: current.type === 'connected' || current.type === 'readOnly' ? current.server : null,
      queuedRequests: waiting.queued,
      inFlightRequests: waiting.inFlight,
      watches: watches.counts,
      ...counters,
    }
  }

  /** Iterates over the statuses, beginning with the present one and ending after a final one. Abort: `next()` rejects with the reason. */
  statuses(options: CallOptions = {}): AsyncIterableIterator<ClientStatus> {
    return this.keeper.statuses.iterate(options.signal)
  }

  /**
   * Takes a new list of servers, as {@link connect} does (without a chroot, or with the same). As many clients move to another server as it
   * takes to spread all of them evenly, and none whose server would carry too few. Moving loses nothing: what was sent is answered first,
   * the session and its watches go along. Returns whether this client moves.
   *
   * Throws `ERR_CONFIG` for a list that is not valid, or that says otherwise than the first one about chroot, TLS or identity.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('10.0.0.1:2181,10.0.0.2:2181')
   * client.updateServers('10.0.0.2:2181,10.0.0.3:2181,10.0.0.4:2181')
   * ```
   */
  updateServers(servers: string | readonly string[]): boolean {
    const target = parseConnectionString(servers)
    const { prefix } = this.keeper.chroot
    if (target.chroot !== '' && target.chroot !== prefix) {
      throw new ZoariumError('ERR_CONFIG', `updateServers: expected no chroot or '${prefix}', got '${target.chroot}'`)
    }
    if (target.auth !== null || (target.tls !== null && target.tls !== (this.keeper.options.tls !== null))) {
      throw new ZoariumError('ERR_CONFIG', 'updateServers: expected no identity and the same use of TLS as in connect()')
    }
    return this.keeper.updateServers(target.servers)
  }

  /** The fluent form of {@link Client.multi}. */
  transaction(): Transaction {
    return new Transaction(this)
  }

  /**
   * Proves one more identity, on this connection and on every later one. Rejects with `AUTH_FAILED` when the server refuses it: that also
   * ends the client, as the server closes the connection.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('127.0.0.1:2181')
   * await client.addAuth('digest', 'user:password')
   * ```
   */
  addAuth(scheme: string, auth: Uint8Array | string, options: CallOptions = {}): Promise<void> {
    try {
      if (options.signal?.aborted === true) return Promise.reject(options.signal.reason)
      return untilAborted(this.keeper.addAuth(checkedAuth({ scheme, auth })).proved, options.signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Creates the znode and all that is missing above it, the chroot included. Existing ones stay as they are.
   *
   * Rejects with `NO_AUTH`, `NO_CHILDREN_FOR_EPHEMERALS`, or `NO_NODE` when others keep deleting what it creates.
   */
  async ensurePath(path: string, options: CallOptions & { mode?: 'persistent' | 'container' } = {}): Promise<void> {
    const problem = badPath(path, 'ensurePath')
    if (problem !== null) throw problem
    const { mode = 'persistent', ...rest } = options
    const { prefix } = this.root
    const above = new Client(this.keeper, new Chroot(''))
    await ensurePath(this, path, mode, rest, prefix === '' ? null : () => ensurePath(above, prefix, 'persistent', rest, null))
  }

  /**
   * Deletes the znode and everything below it; resolves also when it is missing. Not atomic: others may see a part of it.
   *
   * Rejects with `NO_AUTH`, or with `NOT_EMPTY` when others keep creating znodes in it.
   */
  async deleteRecursive(path: string, options: CallOptions = {}): Promise<void> {
    const problem = badPath(path, 'deleteRecursive')
    if (problem !== null) throw problem
    if (this.root.toServer(path) === '/') throw badArguments('deleteRecursive /: the root cannot be deleted', path)
    await deleteRecursive(this, path, options)
  }

  /**
   * The children of a znode with their data and Stat, sorted by name. Children that vanish meanwhile are left out. Rejects with `NO_NODE`,
   * `NO_AUTH` (also of a child).
   */
  async getChildrenWithData(path: string, options: CallOptions = {}): Promise<NodeData[]> {
    const problem = badPath(path, 'getChildrenWithData')
    if (problem !== null) throw problem
    return childrenWithData(this, path, options)
  }

  /**
   * Iterates over the znode and everything below it with data and Stat: parents before their children, level by level, in each by path. Reads
   * ahead by some hundred znodes. Not one moment of the tree: what others create or delete meanwhile may or may not be seen.
   *
   * Rejects with `NO_NODE`, `NO_AUTH`.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('127.0.0.1:2181')
   * for await (const { path, stat } of client.walk('/app')) console.log(path, stat.dataLength)
   * ```
   */
  async *walk(path: string, options: CallOptions = {}): AsyncGenerator<NodeData, void, void> {
    const problem = badPath(path, 'walk')
    if (problem !== null) throw problem
    yield* walkTree(this, path, options)
  }

  /** Everything that {@link Client.walk} yields, by path. Mind its size. */
  async readTree(path: string, options: CallOptions = {}): Promise<Map<string, NodeData>> {
    const nodes = new Map<string, NodeData>()
    for await (const node of this.walk(path, options)) nodes.set(node.path, node)
    return nodes
  }

  /**
   * Creates a znode under a name that carries a fresh id (`_c_<id>-` in front of the given one, as Curator does it), so that a lost reply can
   * be resolved: the znode is looked for, and the create is sent again only if it is not there. Takes the options of {@link Client.create}.
   *
   * Rejects as `create` does; with `ERR_UNKNOWN_OUTCOME` only if the session was lost together with the reply.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('127.0.0.1:2181')
   * const { path } = await client.createProtected('/members/host-1-', null, { mode: 'ephemeral-sequential' })
   * console.log(path) // /members/_c_2f0p…-host-1-0000000007
   * ```
   */
  async createProtected(path: string, data: ZnodeData = null, options: CreateOptions = {}): Promise<{ path: string; stat: Stat }> {
    if (typeof path !== 'string' || !path.startsWith('/')) throw badArguments(`createProtected: expected a path, got ${String(path)}`)
    return createProtected(this, path, data, options)
  }

  /**
   * Replaces the data if the znode has `version` (not -1), and resolves a lost reply by looking: a write that did not happen is sent again, one
   * that did resolves.
   *
   * Rejects with `BAD_VERSION` (somebody else was faster), `NO_NODE`, `NO_AUTH`, and with `ERR_UNKNOWN_OUTCOME` only if others have written
   * since, or the session was lost together with the reply.
   */
  async compareAndSet(path: string, data: ZnodeData, version: number, options: CallOptions = {}): Promise<Stat> {
    if (version === -1) throw badArguments(`compareAndSet ${path}: expected a version from 0 on, got -1`, path)
    return compareAndSet(this, path, data, version, options)
  }

  /**
   * Resolves when every write of this session whose outcome was unknown is decided and this client's server shows it: a read after it tells
   * what became of the write. Holds as long as the session is the same; see {@link Client.session}.
   */
  decided(options: CallOptions = {}): Promise<void> {
    return this.sync('/', options)
  }

  /** The same znodes as values of one type. */
  typed<T>(codec: Codec<T>): TypedNodes<T> {
    return new TypedNodes(this, codec)
  }

  /** {@link Client.delete} under the name it has in node-zookeeper-client. */
  remove(path: string, options: VersionOptions = {}): Promise<void> {
    return this.delete(path, options)
  }

  /** {@link Client.ensurePath} under the name it has in node-zookeeper-client. */
  mkdirp(path: string, options: CallOptions = {}): Promise<void> {
    return this.ensurePath(path, options)
  }

  /**
   * Watches a znode, or with `recursive` a whole subtree, for as long as you iterate. The znode need not exist. Resolves when the server
   * holds the watch: read after that, and no change is missed.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('127.0.0.1:2181')
   * for await (const event of await client.watch('/config', { recursive: true })) {
   *   if (event.type === 'gap') console.log('read everything again')
   *   else if (event.type !== 'resumed') console.log(event.type, event.path)
   * }
   * ```
   */
  async watch(path: string, options: WatchOptions = {}): Promise<PersistentWatch> {
    const problem = badPath(path, 'watch')
    if (problem !== null) throw problem
    const buffered = integer('maxBufferedEvents', options.maxBufferedEvents ?? DEFAULT_BUFFERED_EVENTS, 1, MAX_BUFFERED_EVENTS)
    options.signal?.throwIfAborted()
    return await this.keeper.watches.open(path, options.recursive ?? false, buffered, options.signal)
  }

  /**
   * Waits for one event: a change or deletion (`data`), also a creation (`exists`), of the list of children or a deletion (`children`).
   * Resolves with `{ type: 'lost' }` when the session ends first. Rejects with `NO_NODE` for `data` and `children` of a missing znode.
   * Aborting takes the watch back from the server, if nobody else here waits for it.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('127.0.0.1:2181')
   * const event = await client.nextEvent('/config', 'data', { signal: AbortSignal.timeout(60_000) })
   * console.log(event.type)
   * ```
   */
  nextEvent(path: string, kind: WatchKind, options: CallOptions = {}): Promise<WatchEvent> {
    const problem =
      badPath(path, 'nextEvent') ??
      (READS.has(kind) ? null : badArguments(`nextEvent: expected ${[...READS.keys()].join(', ')}, got ${kind}`))
    if (problem !== null) return Promise.reject(problem)
    const { signal } = options
    return new Promise((resolve, reject) => {
      const { watches } = this.keeper
      const onAbort = (): void => {
        watches.takeBack(watch)
        reject(signal?.reason)
      }
      const watch = watches.intend(kind, path, (event) => {
        signal?.removeEventListener('abort', onAbort)
        resolve(event)
      })
      const watching = (): void => {
        if (watch.state !== 'registered') return
        if (signal?.aborted === true) onAbort()
        else if (signal !== undefined) {
          allowManyWaits(signal)
          signal.addEventListener('abort', onAbort, { once: true })
        }
      }
      this.#read(kind, path, options, watch).then(watching, reject)
    })
  }

  /**
   * Ends the session, so that its ephemeral znodes vanish at once, and releases everything. What was not sent rejects with `ERR_CLOSED`;
   * what is under way may still be answered within `connectTimeoutMs`, then it rejects so, too. Without a connection the session is left to
   * expire. Idempotent; nothing of the application is called after it has resolved.
   */
  close(): Promise<void> {
    return this.keeper.close()
  }

  /** {@link Client.close} */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The read that leaves a watch of the kind; what it returns does not matter. */
  #read(kind: WatchKind, path: string, options: CallOptions, watch: WatchIntent): Promise<unknown> {
    const op = READS.get(kind) ?? OpCode.exists
    const recover = kind === 'exists' ? (err: number) => (err === ErrorCode.noNode ? { value: undefined } : undefined) : null
    const request: Request = { op, path: this.root.toServer(path), watch: true }
    return this.send<void>(request, path, replies.nothing, 'resend', options, recover, watch)
  }
}
