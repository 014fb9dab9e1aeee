// recipes: the exclusive lock: fair, not re-entrant, one round trip when it is free, with fencing tokens.

import type { CallOptions, Client } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { Attempt } from './support/attempt.ts'
import { limitOf, withinTime } from './support/call-bounds.ts'
import type { Entry } from './support/contest.ts'
import { Contest } from './support/contest.ts'
import type { LockInterop } from './support/foreign-locks.ts'
import { interopRule } from './support/foreign-locks.ts'
import type { AcquireOptions, LockContender, LockGrant, LockOptions, RunLockedOptions } from './support/lock-entry.ts'
import { lockContender, lockEntry } from './support/lock-entry.ts'
import type { LockBreak } from './support/lock-record.ts'
import { requireDuration, requireOneOf } from './support/options.ts'
import { exclusiveRule } from './support/queue-rule.ts'
import { lastBreak, revokeHolder } from './support/revoke.ts'
import { ownerOrNew } from './support/scope.ts'

/** Options of a {@link Mutex}. */
export interface MutexOptions extends LockOptions {
  /**
   * Stands in one fair queue with lock znodes of another library on the same path: Curator's `InterProcessMutex` or kazoo's `Lock`. See the
   * guide for what the other side must be told. Default: contenders of this package only.
   */
  readonly interop?: LockInterop
}

/** Who has a lock and who waits for it. */
export interface LockQueue {
  readonly holder: LockContender | null
  /** In the order in which they will get it. */
  readonly waiting: readonly LockContender[]
  /** The last time that it was taken away by force, as long as the lock's folder exists; `null`: never. */
  readonly lastBreak: LockBreak | null
}

/** Options of {@link Mutex.revoke}. */
export interface RevokeOptions extends CallOptions {
  /** Who asks; the holder sees it. */
  readonly by: string
  /**
   * How long the holder may take, in milliseconds. 0 to 2^31 - 1, default 0: it may then lose the lock before it read the request, and
   * sees `nodeDeleted`.
   */
  readonly graceMs?: number
  /** Whether to delete the holder's znode after that. The holder loses the lock with the reason `revoked`. Default false. */
  readonly force?: boolean
  /** Why, in words: the holder sees it, and the note in {@link LockQueue.lastBreak} keeps it. */
  readonly comment?: string
}

/** What a revocation achieved. `free`: nobody held it; `refused`: the grace was over and no force was asked for. */
export type RevokeOutcome = 'free' | 'released' | 'forced' | 'refused'

/**
 * An exclusive lock over a folder of the tree. All processes that name the same path contend for it, first come, first served.
 *
 * A lock held through a coordination service is advice: a process that was paused can act after it lost the lock. Write through
 * {@link Grant.guard}, or send {@link Grant.token} along and let the receiver refuse smaller ones, and even then nothing goes wrong.
 *
 * Not re-entrant: who acquires it inside of {@link run} a second time is refused with `ERR_DEADLOCK` at once, unless the inner `run` asks for
 * `reentrant`. A mutex object may be used by many tasks at once; each grant stands for itself.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Mutex } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using mutex = new Mutex(client, '/locks/report')
 * await mutex.run(
 *   async (lock) => {
 *     await lock.guard([{ type: 'setData', path: '/report', data: 'done' }])
 *   },
 *   { timeoutMs: 10_000 },
 * )
 * ```
 */
export class Mutex implements AsyncDisposable {
  readonly #contest: Contest
  readonly #label: string

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: MutexOptions = {}) {
    const { interop } = options
    if (interop !== undefined) requireOneOf('interop', interop, ['curator', 'kazoo'], interop)
    const rule = interop === undefined ? exclusiveRule('lock') : interopRule(interop)
    this.#contest = new Contest(client, path, { rule, noun: 'lock', sync: false }, options)
    this.#label = options.label ?? ''
  }

  /** The folder of the contenders. */
  get path(): string {
    return this.#contest.path
  }

  /**
   * Waits for the lock. Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CLOSED`, with `ERR_LOST` or `SESSION_EXPIRED` under
   * `onSessionLoss: 'reject'`, or with what the servers refuse (`NO_AUTH`); it then stands in no queue.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Mutex } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const mutex = new Mutex(client, '/locks/report')
   * await using lock = await mutex.acquire({ signal: AbortSignal.timeout(10_000) })
   * await fetch('https://store.example/report', { method: 'PUT', signal: lock.signal, headers: { 'x-token': `${lock.token}` } })
   * ```
   */
  async acquire(options: AcquireOptions = {}): Promise<LockGrant> {
    const grant = await this.#contest.enter(this.#entry(options))
    if (grant === null) throw new ZoariumError('ERR_TIMEOUT', `lock ${this.path}`, { path: this.path })
    return grant
  }

  /**
   * Takes the lock if it is free, else gives `null` and leaves nothing behind. One round trip when it is free, two when it is not.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Mutex } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const lock = await new Mutex(client, '/locks/report').tryAcquire()
   * if (lock === null) console.log('somebody else is at it')
   * await lock?.release()
   * ```
   */
  tryAcquire(options: Omit<AcquireOptions, 'timeoutMs'> = {}): Promise<LockGrant | null> {
    return this.#contest.enter({ ...this.#entry(options), timeoutMs: 0 })
  }

  /**
   * Acquires the lock, calls `fn` with the grant, and gives the lock back after `fn` has settled, never before. Resolves with what `fn`
   * returned if the lock was held to the end.
   *
   * Rejects as {@link acquire} does, with what `fn` threw, or with `ERR_LOST` if `fn` succeeded but the lock was lost meanwhile. Aborting
   * `signal` while `fn` runs aborts the grant's signal. With `reentrant`, a `run` inside of `fn` goes ahead under the same grant.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Mutex } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const mutex = new Mutex(client, '/locks/report', { label: 'nightly' })
   * const token = await mutex.run((lock) => lock.token)
   * console.log(`ran under token ${token}`)
   * ```
   */
  run<T>(fn: (lock: LockGrant) => Promise<T> | T, options: RunLockedOptions = {}): Promise<T> {
    const { reentrant = false } = options
    const owner = options.owner ?? ownerOrNew()
    return this.#contest.hold(this.#entry({ ...options, owner }), fn, { owner, covers: reentrant ? () => true : null })
  }

  /**
   * Who holds the lock and who waits for it, as it was a moment ago.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Mutex } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const { holder, waiting } = await new Mutex(client, '/locks/report').inspect()
   * console.log(`${holder?.label ?? 'nobody'} has it, ${waiting.length} wait`)
   * ```
   */
  inspect(options: CallOptions = {}): Promise<LockQueue> {
    return withinTime(
      options,
      () => `inspection of lock ${this.path}`,
      (call) => this.#inspect(call),
    )
  }

  /**
   * Asks the present holder to let go: its `onRevoke` is called. Resolves when it did, or after `graceMs`; with `force` the lock is then
   * taken away, and a note of that is left in the data of the lock's folder in the same transaction. Waits for nobody else's turn.
   * Rejects with `signal.reason` or `ERR_TIMEOUT` if the servers do not answer in time: the holder may then have been asked, or have lost it.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Mutex } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const outcome = await new Mutex(client, '/locks/report').revoke({ by: 'operator', graceMs: 5_000, force: true })
   * console.log(outcome)
   * ```
   */
  async revoke(options: RevokeOptions): Promise<RevokeOutcome> {
    const { by, graceMs = 0, force = false, comment = null } = options
    requireDuration('graceMs', graceMs)
    const bounds = { signal: options.signal, timeoutMs: limitOf(options), closed: this.#contest.closed }
    const attempt = new Attempt(bounds, () => `revocation of lock ${this.path}`)
    try {
      attempt.check()
      return await this.#contest.track(revokeHolder(this.#contest, attempt, { by, graceMs, force, comment }))
    } finally {
      attempt.end()
    }
  }

  /**
   * Ends every wait (`ERR_CLOSED`) and every grant (reason `closed`) of this object, waits for the functions of {@link run} to settle (so
   * they
   * must not wait for this) and for all clean-up, at most until the session's deadline. Idempotent. The client stays open.
   */
  close(options: CallOptions = {}): Promise<void> {
    return this.#contest.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #inspect(options: CallOptions): Promise<LockQueue> {
    const [[first, ...rest], broken] = await Promise.all([this.#contest.contestants(options), lastBreak(this.#contest, options)])
    return {
      holder: first === undefined ? null : lockContender(this.#contest.client, first),
      waiting: rest.map((one) => lockContender(this.#contest.client, one)),
      lastBreak: broken,
    }
  }

  #entry(options: AcquireOptions): Entry {
    return lockEntry(options, this.#label, this.#contest.cleanUp)
  }
}
