// recipes: one value that processes share: followed by all, replaced by one at a time.

import type { Acl, CallOptions, Client, Codec, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { CachedNode } from '../cache/cached-node.ts'
import { NodeCache } from '../cache/node-cache.ts'
import { backOffMs, callOptions, orAbort, sleep } from '../support/abort.ts'
import type { SignalOptions } from '../support/call-bounds.ts'
import { startWithin, Undecided, waitWithin, withinTime } from '../support/call-bounds.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { safeHandler } from '../support/clean-up.ts'
import type { ChangeIterator } from '../support/iterate.ts'
import { iterate } from '../support/iterate.ts'
import { requirePath } from '../support/options.ts'
import { isTransient } from '../support/outcome.ts'
import type { WrittenVersion } from './value-writes.ts'
import { createValue, replaceValue } from './value-writes.ts'

/** Options of a {@link SharedValue}. */
export interface SharedValueOptions<T> {
  /** How values become bytes: `jsonCodec()`, `textCodec`, or your own. */
  readonly codec: Codec<T>
  /** Access control list of the znode. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Called with errors that no caller waits for, as of bytes that the codec refuses: the value before is kept. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** A value as it was once. A larger zxid is a later one, also after the znode was deleted and made again. */
export interface SharedVersion<T> extends WrittenVersion {
  readonly value: T
}

/**
 * A value under one path.
 *
 * @example
 * ```ts
 * import { connect, jsonCodec } from 'zoarium'
 * import { SharedValue } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using limit = new SharedValue(client, '/limit', { codec: jsonCodec<number>() })
 * await limit.start()
 * await limit.update((now) => (now ?? 100) * 2)
 * console.log(limit.current?.value)
 * ```
 */
export class SharedValue<T> implements AsyncDisposable {
  readonly path: string
  readonly #client: Client
  readonly #codec: Codec<T>
  readonly #acl: readonly Acl[] | undefined
  readonly #report: BackgroundErrorHandler
  readonly #cache: NodeCache
  readonly #closed = new AbortController()
  readonly #listeners = new Set<() => void>()
  #current: SharedVersion<T> | null = null
  /** Of the newest value that is known, be it deleted meanwhile. */
  #zxid = -1n
  /** The creation of the znode that the cache told of last: its end will be told, too. `null`: that znode is gone. */
  #told: bigint | null = null
  #following: Promise<void> | null = null
  #first: Promise<void> | null = null

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path that cannot be. */
  constructor(client: Client, path: string, options: SharedValueOptions<T>) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#codec = options.codec
    this.#acl = options.acl
    this.#report = safeHandler(options.onError)
    this.#cache = new NodeCache(client, path, { onError: this.#report })
    this.#cache.signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  /** The newest value that is known here, `null` if there is none. Not before {@link SharedValue.start}. */
  get current(): SharedVersion<T> | null {
    return this.#current
  }

  /** Begins to follow; resolves when the value was read. Rejects with `signal.reason` or `ERR_TIMEOUT` (it is then closed), `ERR_CLOSED`, or what the servers refuse. */
  start(options: CallOptions = {}): Promise<void> {
    return startWithin(
      options,
      () => `shared value ${this.path}: start`,
      (call) => orAbort((this.#first ??= this.#begin(call)), call.signal),
    )
  }

  /** Reads what the servers have: not older than this call. Rejects with `ERR_VALIDATION` if the codec refuses it. */
  read(options: CallOptions = {}): Promise<SharedVersion<T> | null> {
    return withinTime(
      options,
      () => `shared value ${this.path}`,
      (call) => this.#read(call),
    )
  }

  async #read(call: CallOptions): Promise<SharedVersion<T> | null> {
    const { signal } = call
    for (let round = 0; ; round++) {
      try {
        const [, node] = await Promise.all([this.#client.sync(this.path, call), this.#client.getData(this.path, call)])
        return await this.#decode(node)
      } catch (error) {
        if (ZoariumError.is(error, 'NO_NODE')) return null
        signal?.throwIfAborted()
        if (!isTransient(error)) throw error
      }
      await sleep(backOffMs(round), signal)
    }
  }

  /**
   * Replaces the value if it is still `expected` (`null`: if there is none). Resolves with what stands there now, or `null` if somebody else was faster.
   *
   * A lost reply is looked up. Rejects with `ERR_UNKNOWN_OUTCOME` if others have written since, or the session was lost with the reply; with `ERR_VALIDATION` if
   * the codec refuses the value, with `signal.reason`, or with what the servers refuse. When time is up: with `ERR_UNKNOWN_OUTCOME` if the write was under way,
   * else with `ERR_TIMEOUT`.
   */
  compareAndSet(expected: SharedVersion<T> | null, value: T, options: CallOptions = {}): Promise<SharedVersion<T> | null> {
    return this.#writing(options, (call, undecided) => this.#replace(expected, value, call, undecided))
  }

  #writing<R>(options: CallOptions, work: (call: CallOptions, undecided: Undecided) => Promise<R>): Promise<R> {
    const undecided = new Undecided()
    return withinTime(
      options,
      () => `shared value ${this.path}`,
      (call) => work(call, undecided),
      () => undecided.is,
    )
  }

  async #replace(expected: SharedVersion<T> | null, value: T, call: CallOptions, undecided: Undecided): Promise<SharedVersion<T> | null> {
    const data = await this.#encode(value)
    const target = { client: this.#client, path: this.path, acl: this.#acl }
    const written =
      expected === null ? await createValue(target, data, call, undecided) : await replaceValue(target, expected, data, call, undecided)
    if (written === null) return null
    const version = { value, ...written }
    this.#take(version.zxid, version)
    if (this.#following !== null && version.czxid !== this.#told) void this.#confirm(version)
    return version
  }

  /** Sets the value, whatever it was. Rejects as {@link SharedValue.compareAndSet} does. */
  set(value: T, options: CallOptions = {}): Promise<SharedVersion<T>> {
    return this.update(() => value, options)
  }

  /**
   * Replaces the value by what `change` makes of it, again and again as long as others are faster: `change` may be called several times. Rejects as
   * {@link SharedValue.compareAndSet} does, or with what `change` throws. To count use {@link Counter}: two who write the very same bytes at the same version, and
   * one of whose replies is lost, both hear that they did it.
   */
  update(change: (now: T | undefined) => T | Promise<T>, options: CallOptions = {}): Promise<SharedVersion<T>> {
    return this.#writing(options, (call, undecided) => this.#update(change, call, undecided))
  }

  async #update(change: (now: T | undefined) => T | Promise<T>, call: CallOptions, undecided: Undecided): Promise<SharedVersion<T>> {
    const { signal } = call
    for (let round = 0; ; round++) {
      signal?.throwIfAborted()
      const now = await this.#read(call)
      const next = await orAbort(Promise.resolve(change(now?.value)), signal)
      const done = await this.#replace(now, next, call, undecided)
      if (done !== null) return done
      await sleep(backOffMs(Math.min(round, 5)), signal)
    }
  }

  /**
   * Yields the value now and whenever it is another one, `null` while there is none. What a slow consumer does not take in time is skipped; the last one
   * never is. Rejects with `signal.reason` or `ERR_CLOSED`.
   */
  changes(options: SignalOptions = {}): ChangeIterator<SharedVersion<T> | null> {
    return iterate([options.signal], (signal) => this.#changes(signal))
  }

  /** Ends following. Idempotent. The value stays. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing shared value ${this.path}`,
      () => this.#close(),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ZoariumError('ERR_CLOSED', `shared value ${this.path}`, { path: this.path }))
    await this.#cache.close()
    await this.#following
  }

  async #begin({ signal }: CallOptions): Promise<void> {
    await this.#cache.start(callOptions(signal))
    let isRead = (): void => {}
    const read = new Promise<void>((resolve) => {
      isRead = resolve
    })
    this.#following = this.#follow(isRead)
    await orAbort(read, this.#cache.signal)
  }

  async #follow(isRead: () => void): Promise<void> {
    try {
      for await (const change of this.#cache.changes()) {
        if (change.type === 'synced') {
          this.#complete(change.zxid)
          isRead()
        } else if (change.type === 'removed') this.#gone(change.node.stat)
        else await this.#hear(change.node)
      }
    } catch (error) {
      if (!this.#closed.signal.aborted && !ZoariumError.is(error, 'ERR_CLOSED')) this.#report(error)
    }
  }

  async #hear(node: CachedNode): Promise<void> {
    this.#told = node.stat.czxid
    try {
      this.#take(node.stat.mzxid, await this.#decode(node))
    } catch (error) {
      this.#report(error)
    }
  }

  /** Own writes and what is heard of others come in any order. */
  #take(zxid: bigint, version: SharedVersion<T>): void {
    if (zxid <= this.#zxid) return
    this.#zxid = zxid
    this.#current = version
    this.#wake()
  }

  /**
   * That znode was deleted, with all that was written into it. Own writes are known before the cache has read them, and never by it if the znode went too soon. The
   * zxid of a deletion is not always known, so it orders nothing.
   */
  #gone({ czxid, mzxid }: Stat): void {
    this.#told = null
    if (this.#current === null || (this.#current.czxid !== czxid && this.#current.zxid > mzxid)) return
    this.#forget()
  }

  /** All that happened up to `zxid` was told: an own write from before of whose znode nothing was told went with it. */
  #complete(zxid: bigint): void {
    if (this.#current !== null && this.#current.zxid <= zxid && this.#current.czxid !== this.#told) this.#forget()
  }

  /** The cache has not told of the znode that an own write made, and tells nothing if it is deleted before it was read. */
  async #confirm(version: SharedVersion<T>): Promise<void> {
    try {
      await this.#cache.waitUntil(version.zxid)
      if (this.#current === version && this.#cache.current?.stat.czxid !== version.czxid) this.#forget()
    } catch (error) {
      if (!this.#cache.signal.aborted) this.#report(error)
    }
  }

  #forget(): void {
    this.#current = null
    this.#wake()
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  async *#changes(signal: AbortSignal): AsyncGenerator<SharedVersion<T> | null, undefined, undefined> {
    let told: SharedVersion<T> | null | undefined
    for (;;) {
      signal.throwIfAborted()
      this.#closed.signal.throwIfAborted()
      this.#cache.signal.throwIfAborted()
      if (told !== this.#current) {
        told = this.#current
        yield told
        continue
      }
      await this.#next(signal)
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    let wake = (): void => {}
    const changed = new Promise<void>((resolve) => {
      wake = resolve
      this.#listeners.add(wake)
    })
    try {
      await orAbort(changed, signal)
    } finally {
      this.#listeners.delete(wake)
    }
  }

  async #decode({ data, stat }: Pick<CachedNode, 'data' | 'stat'>): Promise<SharedVersion<T>> {
    try {
      return { value: await this.#codec.decode(data), zxid: stat.mzxid, czxid: stat.czxid, version: stat.version }
    } catch (error) {
      throw this.#invalid(error)
    }
  }

  async #encode(value: T): Promise<Uint8Array | string | null> {
    try {
      return await this.#codec.encode(value)
    } catch (error) {
      throw this.#invalid(error)
    }
  }

  #invalid(cause: unknown): ZoariumError {
    return new ZoariumError('ERR_VALIDATION', `shared value ${this.path}`, { path: this.path, cause })
  }
}
