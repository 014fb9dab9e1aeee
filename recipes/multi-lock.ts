// recipes: several locks as one: taken in one order by everybody, under one deadline, held and lost together.

import type { CallOptions, Client, TransactionOp, TransactionResult } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { Mutex } from './mutex.ts'
import { linkAbort } from './support/abort.ts'
import { waitWithin } from './support/call-bounds.ts'
import type { BackgroundErrorHandler } from './support/clean-up.ts'
import { safeHandler } from './support/clean-up.ts'
import type { Grant } from './support/grant.ts'
import type { HoldState, LostReason } from './support/hold-model.ts'
import type { AcquireOptions, LockOptions } from './support/lock-entry.ts'
import { MultiGrantHolder } from './support/multi-grant.ts'
import { requirePath, requireTimeout } from './support/options.ts'
import { runHeld } from './support/run-held.ts'
import { inTask, ownerOrNew } from './support/scope.ts'

/** Something with a path that can be acquired: a {@link Mutex}, or one side of another lock. */
export interface Lockable {
  readonly path: string
  acquire(options: AcquireOptions): Promise<Grant>
}

/** Options of a {@link MultiLock}. */
export interface MultiLockOptions extends LockOptions {}

/** Several locks that are held as one. */
export interface MultiGrant extends AsyncDisposable {
  /** The grants, in the order in which they were taken. */
  readonly grants: readonly Grant[]
  /** The fencing tokens, by path of the lock. */
  readonly tokens: ReadonlyMap<string, bigint>
  /** `held` while all of them are, `lost` as soon as one is. */
  readonly state: HoldState
  /** Whether each of them is, see {@link Grant.isHeld}. */
  readonly isHeld: boolean
  /** Until when all of them are surely held, by `performance.now()`. */
  readonly deadlineMs: number
  /** Aborts with the first loss. */
  readonly signal: AbortSignal
  /** Aborts with the first pause or loss, see {@link Grant.activeSignal}. */
  readonly activeSignal: AbortSignal
  /** Resolves as soon as all of them are held, see {@link Grant.whenHeld}. */
  whenHeld(options?: CallOptions): Promise<void>
  readonly lostReason: LostReason | null
  /** Resolves with the reason of the first loss; never rejects. */
  readonly lost: Promise<LostReason>
  /** A transaction that happens only while the servers agree that all of the grants exist; see {@link Grant.guard}. */
  guard(ops: readonly TransactionOp[], options?: CallOptions): Promise<TransactionResult[]>
  /** Gives all of them back, the last one first. Idempotent; after a rejection it may be called again. */
  release(options?: CallOptions): Promise<void>
}

/**
 * Several locks as one. However the caller orders them, they are taken in the order of their paths, so that no two callers wait for each
 * other; the same path twice counts once. At the first failure what was taken is given back, the last one first. As soon as one is lost all
 * of them are: the others are given back, inside of {@link MultiLock.run} once its function has settled.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { MultiLock } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using locks = new MultiLock(client, ['/locks/accounts/7', '/locks/accounts/3'])
 * await locks.run(
 *   (held) =>
 *     held.guard([
 *       { type: 'setData', path: '/accounts/3', data: '90' },
 *       { type: 'setData', path: '/accounts/7', data: '110' },
 *     ]),
 *   { timeoutMs: 10_000 },
 * )
 * ```
 */
export class MultiLock implements AsyncDisposable {
  readonly #client: Client
  readonly #locks: readonly Lockable[]
  /** Those that were made here, to be closed here. */
  readonly #mutexes: readonly Mutex[]
  readonly #held: Set<MultiGrantHolder> = new Set()
  readonly #running: Set<Promise<unknown>> = new Set()
  readonly #closed: AbortController = new AbortController()
  readonly #report: BackgroundErrorHandler
  #closing: Promise<void> | undefined = undefined

  /** `locks`: paths of mutexes, or locks. Asks nothing of the servers. Throws `ERR_CONFIG` for what cannot be. */
  constructor(client: Client, locks: readonly (string | Lockable)[], options: MultiLockOptions = {}) {
    this.#client = client
    this.#report = safeHandler(options.onError)
    if (locks.length === 0) throw new ZoariumError('ERR_CONFIG', 'locks: expected one at least')
    const byPath = new Map<string, Lockable>()
    const mutexes: Mutex[] = []
    for (const lock of locks) {
      const path = requirePath('locks', typeof lock === 'string' ? lock : lock.path)
      if (byPath.has(path)) continue
      const lockable = typeof lock === 'string' ? new Mutex(client, path, options) : lock
      if (typeof lock === 'string') mutexes.push(lockable as Mutex)
      byPath.set(path, lockable)
    }
    this.#locks = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
    this.#mutexes = mutexes
  }

  /** The paths in the order in which they are taken. */
  get paths(): readonly string[] {
    return this.#locks.map(({ path }) => path)
  }

  /**
   * Takes all of them; one deadline for everything. Rejects as {@link Mutex.acquire} does, and then holds none: after an abort or a timeout the znodes are deleted
   * in the background.
   */
  acquire(options: AcquireOptions = {}): Promise<MultiGrant> {
    return this.#acquire(options, false)
  }

  /** Takes all of them at once or gives `null`: waits for none, and leaves nothing behind. */
  async tryAcquire(options: Omit<AcquireOptions, 'timeoutMs'> = {}): Promise<MultiGrant | null> {
    try {
      return await this.acquire({ ...options, timeoutMs: 0 })
    } catch (error) {
      if (ZoariumError.is(error, 'ERR_TIMEOUT')) return null
      throw error
    }
  }

  /**
   * Calls `fn` with all of them, and gives them back after `fn` has settled, never before: also when one is lost meanwhile, which the grant's signal tells.
   * Rejects as {@link Mutex.run} does, and as there aborting `signal` while `fn` runs aborts the grant's signal.
   */
  run<T>(fn: (locks: MultiGrant) => Promise<T> | T, options: AcquireOptions = {}): Promise<T> {
    return this.#track(this.#run(fn, options))
  }

  /**
   * Ends every wait and every grant of this object (of locks that were passed as objects: the grants), and waits for the functions of {@link run} to settle (so
   * they must not wait for this). Idempotent. The client stays open.
   */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing locks ${this.paths.join(', ')}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #acquire(options: AcquireOptions, keep: boolean): Promise<MultiGrantHolder> {
    const { timeoutMs, owner = ownerOrNew() } = options
    requireTimeout(timeoutMs)
    if (this.#closed.signal.aborted) throw this.#closed.signal.reason
    const deadlineMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
    const holder = new MultiGrantHolder(this.#client, this.#report, keep)
    this.#held.add(holder)
    // Whoever waits for the next one wants to know at once that the others are lost.
    const { controller, unlink } = linkAbort(options.signal, holder.signal, this.#closed.signal)
    const { signal } = controller
    try {
      for (const lock of this.#locks) {
        const left = timeoutMs === undefined || timeoutMs === 0 ? timeoutMs : Math.max(1, Math.ceil(deadlineMs - performance.now()))
        holder.add(lock.path, await lock.acquire({ ...options, signal, owner, ...(left === undefined ? {} : { timeoutMs: left }) }))
        signal.throwIfAborted()
        if (holder.state === 'lost') throw holder.error()
      }
    } catch (error) {
      this.#held.delete(holder)
      const returned = this.#track(holder.release().catch(this.#report))
      // Who has no more time does not wait for it: `close` does. Timers may be early by the clock, so the error tells.
      const late = timeoutMs !== undefined && timeoutMs > 0 && ZoariumError.is(error, 'ERR_TIMEOUT')
      if (options.signal?.aborted !== true && !late) await returned
      throw error
    } finally {
      unlink()
    }
    void holder.lost.then(() => this.#held.delete(holder))
    return holder
  }

  /** Lets `close` wait for `work`. */
  async #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work)
    try {
      return await work
    } finally {
      this.#running.delete(work)
    }
  }

  async #run<T>(fn: (locks: MultiGrant) => Promise<T> | T, options: AcquireOptions): Promise<T> {
    const owner = options.owner ?? ownerOrNew()
    const grant = await this.#acquire({ ...options, owner }, true)
    return runHeld(grant, options.signal, this.#report, () => inTask(owner, () => fn(grant)))
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ZoariumError('ERR_CLOSED', `locks ${this.paths.join(', ')}`))
    const released = await Promise.allSettled([...this.#held].map((holder) => holder.close()))
    await Promise.allSettled(this.#running)
    await Promise.all(this.#mutexes.map((mutex) => mutex.close()))
    for (const result of released) if (result.status === 'rejected') throw result.reason
  }
}
