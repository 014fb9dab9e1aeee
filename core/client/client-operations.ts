// client: every operation of the protocol as a method: one request, one reply. What is made of several is in client.ts.

import type { ZoariumError } from '../errors.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { Acl, PathWatchRequest, Request } from '../wire/records.ts'
import { type AfterLoss, Call, type Decoder, type Recovery } from './call.ts'
import type { Chroot } from './chroot.ts'
import type { OneShotKind } from './one-shot-watches.ts'
import { MAX_TIMER_MS } from './options.ts'
import * as replies from './replies.ts'
import { badArguments } from './replies.ts'
import { badPath, createRequest, deleteRequest, setAclVersion, setDataRequest, transactionRequests, watcherType } from './requests.ts'
import type { SessionKeeper } from './session-keeper.ts'
import type {
  CallOptions,
  ClientInfo,
  CreateOptions,
  ReadOp,
  ReadOptions,
  ReadResult,
  ReconfigOptions,
  Stat,
  TransactionOp,
  TransactionResult,
  VersionOptions,
  WatcherKind,
  ZnodeData,
} from './types.ts'
import type { WatchIntent } from './watch-registry.ts'

/** The part of {@link Client} that is the protocol's. */
export class ClientOperations {
  /** @internal */
  protected readonly keeper: SessionKeeper
  /** @internal */
  protected readonly root: Chroot

  /** @internal */
  constructor(keeper: SessionKeeper, root: Chroot) {
    this.keeper = keeper
    this.root = root
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
      const request = createRequest(this.root, path, data, options)
      return this.send(request, path, replies.created, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Deletes a znode. Rejects with `NO_NODE`, `NOT_EMPTY`, `BAD_VERSION`, `NO_AUTH`, `ERR_UNKNOWN_OUTCOME`. */
  delete(path: string, options: VersionOptions = {}): Promise<void> {
    try {
      const request = deleteRequest(this.root, path, options.version ?? -1)
      return this.send(request, path, replies.nothing, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The Stat of a znode, `null` if it is missing. A watch is left in both cases: for changes and deletion, or for creation. */
  exists(path: string, options: ReadOptions = {}): Promise<Stat | null> {
    const problem = badPath(path, 'exists')
    if (problem !== null) return Promise.reject(problem)
    const watch = this.#intent('exists', path, options)
    const request: Request = { op: OpCode.exists, path: this.root.toServer(path), watch: watch !== null }
    return this.send<Stat | null>(request, path, replies.stat, 'resend', options, replies.missingIsNull, watch)
  }

  /** The data and Stat of a znode. Its bytes are a copy that belongs to the caller. Rejects with `NO_NODE`, `NO_AUTH`. */
  getData(path: string, options: ReadOptions = {}): Promise<{ data: Buffer | null; stat: Stat }> {
    const problem = badPath(path, 'getData')
    if (problem !== null) return Promise.reject(problem)
    const watch = this.#intent('data', path, options)
    const request: Request = { op: OpCode.getData, path: this.root.toServer(path), watch: watch !== null }
    return this.send(request, path, replies.data, 'resend', options, null, watch)
  }

  /** Replaces the data. Rejects with `NO_NODE`, `BAD_VERSION`, `NO_AUTH`, `QUOTA_EXCEEDED`, `ERR_UNKNOWN_OUTCOME`. */
  setData(path: string, data: ZnodeData, options: VersionOptions = {}): Promise<Stat> {
    try {
      const request = setDataRequest(this.root, path, data, options.version ?? -1)
      return this.send(request, path, replies.stat, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The access control list; digests are hidden from those without ADMIN. Rejects with `NO_NODE`, `NO_AUTH`. */
  getAcl(path: string, options: CallOptions = {}): Promise<{ acl: Acl[]; stat: Stat }> {
    const problem = badPath(path, 'getAcl')
    if (problem !== null) return Promise.reject(problem)
    return this.send({ op: OpCode.getAcl, path: this.root.toServer(path) }, path, replies.acl, 'resend', options)
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
      const request: Request = { op: OpCode.setAcl, path: this.root.toServer(path), acl, version }
      return this.send(request, path, replies.stat, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The names of the children, in no particular order, and the Stat. Rejects with `NO_NODE`, `NO_AUTH`. */
  getChildren(path: string, options: ReadOptions = {}): Promise<{ children: string[]; stat: Stat }> {
    const problem = badPath(path, 'getChildren')
    if (problem !== null) return Promise.reject(problem)
    const watch = this.#intent('children', path, options)
    const request: Request = { op: OpCode.getChildren2, path: this.root.toServer(path), watch: watch !== null }
    return this.send(request, path, replies.children, 'resend', options, null, watch)
  }

  /** Resolves when this client's server has caught up with everything that was written before the call. The path need not exist. */
  sync(path: string, options: CallOptions = {}): Promise<void> {
    const problem = badPath(path, 'sync')
    if (problem !== null) return Promise.reject(problem)
    return this.send({ op: OpCode.sync, path: this.root.toServer(path) }, path, replies.echoedPath, 'resend', options)
  }

  /**
   * All operations or none, at one zxid. Rejects with the code of the first operation that failed and its `index` and `path`, or with
   * `ERR_UNKNOWN_OUTCOME`.
   */
  multi(ops: readonly TransactionOp[], options: CallOptions = {}): Promise<TransactionResult[]> {
    try {
      const request: Request = { op: OpCode.multi, ops: transactionRequests(this.root, ops) }
      return this.send(request, undefined, replies.transactionResults, 'unknown', options)
    } catch (error) {
      return Promise.reject(error)
    }
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
      requests.push({ op: op.type === 'getData' ? OpCode.getData : OpCode.getChildren, path: this.root.toServer(op.path), watch: false })
    }
    return this.send({ op: OpCode.multiRead, ops: requests }, undefined, replies.readResults, 'resend', options)
  }

  /** The paths of this session's ephemeral znodes that begin with the text `prefix`. */
  getEphemerals(prefix = '/', options: CallOptions = {}): Promise<string[]> {
    if (typeof prefix !== 'string' || !prefix.startsWith('/')) {
      return Promise.reject(badArguments(`getEphemerals: expected a prefix that begins with /, got ${JSON.stringify(prefix)}`))
    }
    const request: Request = { op: OpCode.getEphemerals, path: this.root.toServer(prefix) }
    return this.send(request, prefix, replies.ephemerals, 'resend', options)
  }

  /** How many znodes are below the path, at any depth. Rejects with `NO_NODE`, `NO_AUTH`. */
  getAllChildrenNumber(path: string, options: CallOptions = {}): Promise<number> {
    const problem = badPath(path, 'getAllChildrenNumber')
    if (problem !== null) return Promise.reject(problem)
    const request: Request = { op: OpCode.getAllChildrenNumber, path: this.root.toServer(path) }
    return this.send(request, path, replies.count, 'resend', options)
  }

  /** The identities that the server has attached to this connection. */
  whoAmI(options: CallOptions = {}): Promise<ClientInfo[]> {
    return this.send({ op: OpCode.whoAmI }, undefined, replies.identities, 'resend', options)
  }

  /** Whether the server holds such a watch of this client. */
  checkWatches(path: string, kind: WatcherKind, options: CallOptions = {}): Promise<boolean> {
    const type = watcherType(kind)
    const problem = badPath(path, 'checkWatches') ?? (type === undefined ? badKind('checkWatches', kind) : null)
    if (problem !== null || type === undefined) return Promise.reject(problem)
    const request: Request = { op: OpCode.checkWatches, path: this.root.toServer(path), type }
    return this.send<boolean>(request, path, () => true, 'resend', options, replies.noWatcherIsFalse)
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
    const request: Request = { op: OpCode.removeWatches, path: this.root.toServer(path), type }
    const removed: Decoder<void> = () => this.keeper.watches.removed(path, kind)
    return this.send(request, path, removed, 'resend', options)
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
    return this.send(request, undefined, replies.data, 'unknown', options)
  }

  #intent(kind: OneShotKind, path: string, options: ReadOptions): WatchIntent | null {
    return options.watch === undefined ? null : this.keeper.watches.intend(kind, path, options.watch)
  }

  /** @internal Sends a request and decodes its reply. */
  protected send<T>(
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
      if (watch !== null) this.keeper.watches.abandoned(watch)
      return Promise.reject(problem)
    }
    return this.keeper.perform(new Call({ request, path, chroot: this.root, decode, recover, afterLoss, watch }), options)
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
