// client: the public client: every operation as a method. What keeps it attached to a server is in session-keeper.ts.

import { ZoariumError } from '../errors.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { Acl, PathWatchRequest, Request } from '../wire/records.ts'
import { type AfterLoss, Call, type Decoder, type Recovery } from './call.ts'
import { Chroot } from './chroot.ts'
import { parseConnectionString } from './connection-string.ts'
import type { OneShotKind } from './one-shot-watches.ts'
import { checkedAuth, integer, MAX_TIMER_MS } from './options.ts'
import * as replies from './replies.ts'
import { badArguments } from './replies.ts'
import { badPath, createRequest, deleteRequest, setAclVersion, setDataRequest, transactionRequests, watcherType } from './requests.ts'
import type { SessionKeeper } from './session-keeper.ts'
import { deleteRecursive, ensurePath } from './subtree.ts'
import { Transaction } from './transaction.ts'
import type {
  CallOptions,
  ClientInfo,
  ClientStatus,
  CreateOptions,
  PersistentWatch,
  ReadOp,
  ReadOptions,
  ReadResult,
  ReconfigOptions,
  Session,
  Stat,
  TransactionOp,
  TransactionResult,
  VersionOptions,
  WatchEvent,
  WatcherKind,
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
export class Client implements AsyncDisposable {
  readonly #keeper: SessionKeeper
  readonly #chroot: Chroot

  /** @internal Use {@link connect}. */
  constructor(keeper: SessionKeeper, chroot: Chroot = keeper.chroot) {
    this.#keeper = keeper
    this.#chroot = chroot
  }

  /** The present belief about the session; a new object after an expiry and after a deadline that passed. */
  get session(): Session {
    return this.#keeper.session
  }

  /** Where the client stands now. */
  get status(): ClientStatus {
    return this.#keeper.statuses.current
  }

  /** The newest zxid that a reply told. No later read shows anything older, also not after a reconnect. */
  get lastZxid(): bigint {
    return this.#keeper.lastZxid
  }

  /** The part of the tree that this client sees as its root; '' for all of it. */
  get chroot(): string {
    return this.#chroot.prefix
  }

  /**
   * Calls `listener` at each change of {@link Client.status}, until {@link Client.off} or the final status. What it throws becomes an
   * uncaught exception.
   */
  on(_event: 'status', listener: (status: ClientStatus) => void): this {
    this.#keeper.statuses.on(listener)
    return this
  }

  /** Takes a listener of {@link Client.on} away. */
  off(_event: 'status', listener: (status: ClientStatus) => void): this {
    this.#keeper.statuses.off(listener)
    return this
  }

  /** Iterates over the statuses, beginning with the present one and ending after a final one. Abort: `next()` rejects with the reason. */
  statuses(options: CallOptions = {}): AsyncIterableIterator<ClientStatus> {
    return this.#keeper.statuses.iterate(options.signal)
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
    const { prefix } = this.#keeper.chroot
    if (target.chroot !== '' && target.chroot !== prefix) {
      throw new ZoariumError('ERR_CONFIG', `updateServers: expected no chroot or '${prefix}', got '${target.chroot}'`)
    }
    if (target.auth !== null || (target.tls !== null && target.tls !== (this.#keeper.options.tls !== null))) {
      throw new ZoariumError('ERR_CONFIG', 'updateServers: expected no identity and the same use of TLS as in connect()')
    }
    return this.#keeper.updateServers(target.servers)
  }

  /**
   * Creates a znode and returns its path (with the counter, for sequential modes) and Stat.
   *
   * Rejects with `NODE_EXISTS`, `NO_NODE` (the parent is missing), `NO_CHILDREN_FOR_EPHEMERALS`, `NO_AUTH`, `INVALID_ACL`,
   * `QUOTA_EXCEEDED`, `UNIMPLEMENTED` (TTL modes, where the server has them off), `ERR_UNKNOWN_OUTCOME`.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   *
   * const client = await connect('127.0.0.1:2181')
   * const { path, stat } = await client.create('/member-', 'host-1', { mode: 'ephemeral-sequential' })
   * console.log(`${path}, token ${stat.czxid}`)
   * ```
   */
  create(path: string, data: ZnodeData = null, options: CreateOptions = {}): Promise<{ path: string; stat: Stat }> {
    try {
      const request = createRequest(this.#chroot, path, data, options)
      return this.#send(request, path, replies.created, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Deletes a znode. Rejects with `NO_NODE`, `NOT_EMPTY`, `BAD_VERSION`, `NO_AUTH`, `ERR_UNKNOWN_OUTCOME`. */
  delete(path: string, options: VersionOptions = {}): Promise<void> {
    try {
      const request = deleteRequest(this.#chroot, path, options.version ?? -1)
      return this.#send(request, path, replies.nothing, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The Stat of a znode, `null` if it is missing. A watch is left in both cases: for changes and deletion, or for creation. */
  exists(path: string, options: ReadOptions = {}): Promise<Stat | null> {
    const problem = badPath(path, 'exists')
    if (problem !== null) return Promise.reject(problem)
    const watch = this.#intent('exists', path, options)
    const request: Request = { op: OpCode.exists, path: this.#chroot.toServer(path), watch: watch !== null }
    return this.#send<Stat | null>(request, path, replies.stat, 'resend', options, replies.missingIsNull, watch)
  }

  /** The data and Stat of a znode. Its bytes are a copy that belongs to the caller. Rejects with `NO_NODE`, `NO_AUTH`. */
  getData(path: string, options: ReadOptions = {}): Promise<{ data: Buffer | null; stat: Stat }> {
    const problem = badPath(path, 'getData')
    if (problem !== null) return Promise.reject(problem)
    const watch = this.#intent('data', path, options)
    const request: Request = { op: OpCode.getData, path: this.#chroot.toServer(path), watch: watch !== null }
    return this.#send(request, path, replies.data, 'resend', options, null, watch)
  }

  /** Replaces the data. Rejects with `NO_NODE`, `BAD_VERSION`, `NO_AUTH`, `QUOTA_EXCEEDED`, `ERR_UNKNOWN_OUTCOME`. */
  setData(path: string, data: ZnodeData, options: VersionOptions = {}): Promise<Stat> {
    try {
      const request = setDataRequest(this.#chroot, path, data, options.version ?? -1)
      return this.#send(request, path, replies.stat, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The access control list; digests are hidden from those without ADMIN. Rejects with `NO_NODE`, `NO_AUTH`. */
  getAcl(path: string, options: CallOptions = {}): Promise<{ acl: Acl[]; stat: Stat }> {
    const problem = badPath(path, 'getAcl')
    if (problem !== null) return Promise.reject(problem)
    return this.#send({ op: OpCode.getAcl, path: this.#chroot.toServer(path) }, path, replies.acl, 'resend', options)
  }

  /**
   * Replaces the access control list; `version` means the Stat's `aversion`. Rejects with `NO_NODE`, `BAD_VERSION`, `NO_AUTH`,
   * `INVALID_ACL`, `ERR_UNKNOWN_OUTCOME`.
   */
  setAcl(path: string, acl: readonly Acl[], options: VersionOptions = {}): Promise<Stat> {
    const problem = badPath(path, 'setAcl')
    if (problem !== null) return Promise.reject(problem)
    try {
      const version = setAclVersion(path, options.version ?? -1)
      const request: Request = { op: OpCode.setAcl, path: this.#chroot.toServer(path), acl, version }
      return this.#send(request, path, replies.stat, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The names of the children, in no particular order, and the Stat. Rejects with `NO_NODE`, `NO_AUTH`. */
  getChildren(path: string, options: ReadOptions = {}): Promise<{ children: string[]; stat: Stat }> {
    const problem = badPath(path, 'getChildren')
    if (problem !== null) return Promise.reject(problem)
    const watch = this.#intent('children', path, options)
    const request: Request = { op: OpCode.getChildren2, path: this.#chroot.toServer(path), watch: watch !== null }
    return this.#send(request, path, replies.children, 'resend', options, null, watch)
  }

  /** Resolves when this client's server has caught up with everything that was written before the call. The path need not exist. */
  sync(path: string, options: CallOptions = {}): Promise<void> {
    const problem = badPath(path, 'sync')
    if (problem !== null) return Promise.reject(problem)
    return this.#send({ op: OpCode.sync, path: this.#chroot.toServer(path) }, path, replies.echoedPath, 'resend', options)
  }

  /**
   * All operations or none, at one zxid. Rejects with the code of the first operation that failed and its `index` and `path`, or with
   * `ERR_UNKNOWN_OUTCOME`.
   */
  multi(ops: readonly TransactionOp[], options: CallOptions = {}): Promise<TransactionResult[]> {
    try {
      const request: Request = { op: OpCode.multi, ops: transactionRequests(this.#chroot, ops) }
      return this.#send(request, undefined, replies.transactionResults, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The fluent form of {@link Client.multi}. */
  transaction(): Transaction {
    return new Transaction(this)
  }

  /** Several reads of one moment. Each succeeds or fails alone, so this does not reject with `NO_NODE` or `NO_AUTH`. */
  multiRead(ops: readonly ReadOp[], options: CallOptions = {}): Promise<ReadResult[]> {
    const requests: PathWatchRequest[] = []
    for (const [index, op] of ops.entries()) {
      const problem = badPath(op.path, 'multiRead', index)
      if (problem !== null) return Promise.reject(problem)
      if (op.type !== 'getData' && op.type !== 'getChildren') {
        const text = `multiRead: expected getData or getChildren, got ${JSON.stringify(op)}`
        return Promise.reject(badArguments(text, undefined, index))
      }
      requests.push({ op: op.type === 'getData' ? OpCode.getData : OpCode.getChildren, path: this.#chroot.toServer(op.path), watch: false })
    }
    return this.#send({ op: OpCode.multiRead, ops: requests }, undefined, replies.readResults, 'resend', options)
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
      return untilAborted(this.#keeper.addAuth(checkedAuth({ scheme, auth })).proved, options.signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The paths of this session's ephemeral znodes that begin with the text `prefix`. */
  getEphemerals(prefix = '/', options: CallOptions = {}): Promise<string[]> {
    if (typeof prefix !== 'string' || !prefix.startsWith('/')) {
      return Promise.reject(badArguments(`getEphemerals: expected a prefix that begins with /, got ${JSON.stringify(prefix)}`))
    }
    const request: Request = { op: OpCode.getEphemerals, path: this.#chroot.toServer(prefix) }
    return this.#send(request, prefix, replies.ephemerals, 'resend', options)
  }

  /** How many znodes are below the path, at any depth. Rejects with `NO_NODE`, `NO_AUTH`. */
  getAllChildrenNumber(path: string, options: CallOptions = {}): Promise<number> {
    const problem = badPath(path, 'getAllChildrenNumber')
    if (problem !== null) return Promise.reject(problem)
    const request: Request = { op: OpCode.getAllChildrenNumber, path: this.#chroot.toServer(path) }
    return this.#send(request, path, replies.count, 'resend', options)
  }

  /** The identities that the server has attached to this connection. */
  whoAmI(options: CallOptions = {}): Promise<ClientInfo[]> {
    return this.#send({ op: OpCode.whoAmI }, undefined, replies.identities, 'resend', options)
  }

  /** Whether the server holds such a watch of this client. */
  checkWatches(path: string, kind: WatcherKind, options: CallOptions = {}): Promise<boolean> {
    const type = watcherType(kind)
    const problem = badPath(path, 'checkWatches') ?? (type === undefined ? badKind('checkWatches', kind) : null)
    if (problem !== null || type === undefined) return Promise.reject(problem)
    const request: Request = { op: OpCode.checkWatches, path: this.#chroot.toServer(path), type }
    return this.#send<boolean>(request, path, () => true, 'resend', options, replies.noWatcherIsFalse)
  }

  /**
   * Takes all watches of a kind at the path back from the server. Those who wait here are told `lost`. Rejects with `NO_WATCHER` when there
   * was none. Apache ZooKeeper before 3.9 knows `children`, `data` and `any` only (`MARSHALLING_ERROR`). Usually not needed: watches leave
   * with the last of their users.
   */
  removeWatches(path: string, kind: WatcherKind, options: CallOptions = {}): Promise<void> {
    const type = watcherType(kind)
    const problem = badPath(path, 'removeWatches') ?? (type === undefined ? badKind('removeWatches', kind) : null)
    if (problem !== null || type === undefined) return Promise.reject(problem)
    const request: Request = { op: OpCode.removeWatches, path: this.#chroot.toServer(path), type }
    const removed: Decoder<void> = () => this.#keeper.watches.removed(path, kind)
    return this.#send(request, path, removed, 'resend', options)
  }

  /**
   * Changes the membership of the ensemble. Returns the new configuration and its Stat. Rejects with `RECONFIG_DISABLED`, `UNIMPLEMENTED`
   * (a standalone server), `NEW_CONFIG_NO_QUORUM`, `RECONFIG_IN_PROGRESS`, `BAD_VERSION`, `NO_AUTH`, `ERR_UNKNOWN_OUTCOME`.
   */
  reconfig(options: ReconfigOptions): Promise<{ data: Buffer | null; stat: Stat }> {
    const request: Request = {
      op: OpCode.reconfig,
      joiningServers: options.joining ?? null,
      leavingServers: options.leaving ?? null,
      newMembers: options.members ?? null,
      curConfigId: Number(options.fromConfig ?? -1n),
    }
    return this.#send(request, undefined, replies.data, 'unknown', options)
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
    const { prefix } = this.#chroot
    const above = new Client(this.#keeper, new Chroot(''))
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
    if (this.#chroot.toServer(path) === '/') throw badArguments('deleteRecursive /: the root cannot be deleted', path)
    await deleteRecursive(this, path, options)
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
    return await this.#keeper.watches.open(path, options.recursive ?? false, buffered, options.signal)
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
      const { watches } = this.#keeper
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
        else signal?.addEventListener('abort', onAbort, { once: true })
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
    return this.#keeper.close()
  }

  /** {@link Client.close} */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The read that leaves a watch of the kind; what it returns does not matter. */
  #read(kind: WatchKind, path: string, options: CallOptions, watch: WatchIntent): Promise<unknown> {
    const op = READS.get(kind) ?? OpCode.exists
    const recover = kind === 'exists' ? (err: number) => (err === ErrorCode.noNode ? { value: undefined } : undefined) : null
    const request: Request = { op, path: this.#chroot.toServer(path), watch: true }
    return this.#send<void>(request, path, replies.nothing, 'resend', options, recover, watch)
  }

  #intent(kind: OneShotKind, path: string, options: ReadOptions): WatchIntent | null {
    return options.watch === undefined ? null : this.#keeper.watches.intend(kind, path, options.watch)
  }

  #send<T>(
    request: Request,
    path: string | undefined,
    decode: Decoder<T>,
    afterLoss: AfterLoss,
    options: CallOptions,
    recover: Recovery<T> | null = null,
    watch: WatchIntent | null = null,
  ): Promise<T> {
    const problem = badTimeout(options)
    if (problem !== null) {
      if (watch !== null) this.#keeper.watches.abandoned(watch)
      return Promise.reject(problem)
    }
    return this.#keeper.perform(new Call({ request, path, chroot: this.#chroot, decode, recover, afterLoss, watch }), options)
  }
}

/** Why the time limit is none, `null` if it is one or there is none. */
function badTimeout({ timeoutMs }: CallOptions): ZoariumError | null {
  if (timeoutMs === undefined || (Number.isInteger(timeoutMs) && timeoutMs >= 0 && timeoutMs <= MAX_TIMER_MS)) return null
  return badArguments(`timeoutMs: expected an integer from 0 to ${MAX_TIMER_MS}, got ${String(timeoutMs)}`)
}

function badKind(what: string, kind: unknown): ReturnType<typeof badArguments> {
  return badArguments(`${what}: expected children, data, any, persistent or persistent-recursive, got ${String(kind)}`)
}
