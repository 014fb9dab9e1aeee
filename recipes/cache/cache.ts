// recipes: what all caches have in common: their options, their state, and what they tell.

import type { CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort } from '../support/abort.ts'
import type { SignalOptions } from '../support/call-bounds.ts'
import { startWithin, waitWithin, withinTime } from '../support/call-bounds.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import type { ChangeIterator } from '../support/iterate.ts'
import { iterate } from '../support/iterate.ts'
import { Operations } from '../support/operations.ts'
import { requirePath } from '../support/options.ts'
import type { CacheChange, CachedNode } from './cached-node.ts'
import type { CacheState } from './mirror.ts'
import { Mirror } from './mirror.ts'
import { Scope } from './scope.ts'

/** Options that every cache takes. */
export interface CacheOptions {
  /** Whether the data of the znodes is kept; without it only their stats are. Default true. */
  readonly data?: boolean
  /** Znodes that may be kept, 1 to 10,000,000. More of them end the cache with `ERR_TOO_LARGE`. Default 1,000,000. */
  readonly maxNodes?: number
  /** Bytes of data that may be kept, 1 to 2^40. More of them end the cache with `ERR_TOO_LARGE`. Default 256 MiB. */
  readonly maxBytes?: number
  /** Requests under way at one time, each for up to 32 znodes; 1 to 256. Default 8. */
  readonly maxConcurrentReads?: number
  /** Called with errors that no caller waits for, as of a znode that may not be read: it is not shown. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** The znodes of one time. */
export interface CacheSnapshot {
  /** Everything that happened up to here is contained. */
  readonly minZxid: bigint
  /** Nothing that happened after this is. Equal to `minZxid`: the snapshot is one moment of the tree. */
  readonly maxZxid: bigint
  /** By path. */
  readonly nodes: ReadonlyMap<string, CachedNode>
}

/** What a cache has asked of the servers since it was made. */
export interface CacheStats {
  readonly nodesRead: number
  readonly listsRead: number
}

/** What a kind of cache shows. */
export interface CacheKind {
  readonly maxDepth: number
  readonly keepRoot: boolean
  readonly filter?: ((path: string) => boolean) | undefined
}

/**
 * What {@link NodeCache}, {@link ChildrenCache} and {@link TreeCache} have in common. A cache shows what was, at most as long ago as the connection needs;
 * it is no log: of changes that follow each other quickly only the last may be seen.
 */
export abstract class Cache implements AsyncDisposable {
  readonly path: string
  /** @internal */
  protected readonly mirror: Mirror
  readonly #calls = new Operations()

  /** @internal */
  protected constructor(client: Client, path: string, kind: CacheKind, options: CacheOptions) {
    this.path = path === '/' ? path : requirePath('path', path)
    this.mirror = new Mirror(client, {
      scope: new Scope(this.path, kind.maxDepth, kind.filter),
      keepRoot: kind.keepRoot,
      withData: options.data ?? true,
      maxNodes: requireInteger('maxNodes', options.maxNodes ?? 1_000_000, 10_000_000),
      maxBytes: requireInteger('maxBytes', options.maxBytes ?? 256 * 1024 * 1024, 2 ** 40),
      maxConcurrentReads: requireInteger('maxConcurrentReads', options.maxConcurrentReads ?? 8, 256),
      onError: options.onError,
    })
    this.signal.addEventListener('abort', () => this.#calls.end(this.signal.reason), { once: true })
  }

  /**
   * `idle`, `loading`, `synced`, `stale` (the connection is lost, or what was missed is being read: what is shown was true before), and for good `failed` or
   * `closed`.
   */
  get state(): CacheState {
    return this.mirror.state
  }

  /** Znodes that are shown. */
  get size(): number {
    return this.mirror.image.store.size
  }

  /** Bytes of their data. */
  get bytes(): number {
    return this.mirror.image.store.bytes
  }

  /** What it has asked of the servers. */
  get stats(): CacheStats {
    const { nodes, lists } = this.mirror.counts
    return { nodesRead: nodes, listsRead: lists }
  }

  /**
   * Aborts when the cache ends: closed (`ERR_CLOSED`), too large (`ERR_TOO_LARGE`), or refused by the servers. It is empty from then on.
   */
  get signal(): AbortSignal {
    return this.mirror.signal
  }

  /**
   * Begins, and resolves when everything was read once. A root that does not exist is no error: the cache is empty until it is made. Idempotent.
   *
   * Rejects with `signal.reason` or `ERR_TIMEOUT` (the cache is then closed), `ERR_TOO_LARGE`, `ERR_CLOSED`, what the servers refuse, or `UNIMPLEMENTED` on a server without
   * persistent watches (ZooKeeper before 3.6).
   */
  start(options: CallOptions = {}): Promise<void> {
    return startWithin(
      options,
      () => `cache ${this.path}: start`,
      ({ signal }) => this.mirror.start(signal),
    )
  }

  /** Everything that is shown now. */
  snapshot(): CacheSnapshot {
    const { window, store } = this.mirror.image
    return { minZxid: window.floor, maxZxid: window.ceiling, nodes: new Map([...store.nodes()].map((node) => [node.path, node])) }
  }

  /**
   * Resolves when the cache shows everything that happened up to `zxid`: that of an own write, or one that another process passed on. Asks the servers for a
   * `sync` if it does not yet know. A zxid that is not reached is waited for.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, or with why the cache ended.
   */
  waitUntil(zxid: bigint, options: CallOptions = {}): Promise<void> {
    return withinTime(
      options,
      () => `cache ${this.path}: up to zxid ${zxid}`,
      (call) => this.#calls.run(call.signal, (signal) => orAbort(this.mirror.waitUntil(zxid, signal), signal)),
    )
  }

  /**
   * Yields an `added` for everything that is there, then every difference, and a `synced` whenever everything up to its zxid was told: after the first reading,
   * after a gap, and after a reconnect without one. What one consumer does not take in time is merged by znode: its memory is bounded by the number of znodes, the
   * last state is never skipped, and a znode that was deleted and made again is always `removed` and `added`.
   *
   * Ends with the loop, or by rejecting with `signal.reason` or with why the cache ended.
   */
  changes(options: SignalOptions = {}): ChangeIterator<CacheChange> {
    return iterate([options.signal], (signal) => this.mirror.changes(signal))
  }

  /** Takes the watch back and ends everything that waits with `ERR_CLOSED`. Idempotent. The client stays open. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing cache ${this.path}`,
      () => this.mirror.close(),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

export function requireInteger(name: string, value: number, max: number, min: number = 1): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new ZoariumError('ERR_CONFIG', `${name}: expected an integer from ${min} to ${max}, got ${String(value)}`)
}
