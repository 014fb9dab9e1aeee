// recipes: the semaphore: a number of permits that contenders take, one or several at once, first come first served.

import type { CallOptions, Client } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { Attempt } from './support/attempt.ts'
import { limitOf, withinTime } from './support/call-bounds.ts'
import type { Entry } from './support/contest.ts'
import { Contest } from './support/contest.ts'
import type { NodeGrant } from './support/grant.ts'
import type { AcquireOptions, LockContender, LockGrant, LockOptions } from './support/lock-entry.ts'
import { lockContender, lockEntry } from './support/lock-entry.ts'
import { requireCount, requireOneOf } from './support/options.ts'
import { nameOf } from './support/own-node.ts'
import { agreeOnPermits, forgetSpentMark, readPermits, resizePermits } from './support/permit-count.ts'
import { insiders, MAX_PERMITS, permitRule, permitsOf } from './support/permit-rule.ts'
import { ownerOrNew } from './support/scope.ts'

/** What to do when the semaphore was made with another number of permits. */
export type OnPermitsDiffer = 'reject' | 'adopt'

/** Options of a {@link Semaphore}. */
export interface SemaphoreOptions extends LockOptions {
  /** How many permits there are when nobody has used the semaphore yet. 0 to 999,999,999. Default: it must have been made by somebody else. */
  readonly permits?: number
  /**
   * When somebody else made it with another number: reject with `ERR_CONFIG`, or take that one (`adopt`). Default `reject`. The number after a
   * {@link Semaphore.resize} does not count.
   */
  readonly onDiffer?: OnPermitsDiffer
}

/** Options of {@link Semaphore.acquire}. */
export interface AcquirePermitsOptions extends AcquireOptions {
  /** How many permits, all at once. 1 to 999,999,999, default 1. */
  readonly permits?: number
}

/** Permits that are held. */
export interface PermitGrant extends LockGrant {
  /** How many. */
  readonly permits: number
}

/** A contender of a semaphore. */
export interface PermitContender extends LockContender {
  readonly permits: number
}

/** Who holds permits and who waits. */
export interface SemaphoreState {
  /** How many there are. */
  readonly permits: number
  /** How many are taken: more than there are for a while after they were made fewer. */
  readonly taken: number
  /** Whether more are taken than there are. */
  readonly overcommitted: boolean
  readonly holders: readonly PermitContender[]
  /** In the order in which they will get theirs. */
  readonly waiting: readonly PermitContender[]
}

/**
 * A number of permits over a folder of the tree. All processes that name the same path share them; the number is kept in the folder, so all
 * of them agree on it, and it can be changed while the semaphore is in use.
 *
 * First come, first served: nobody who asks for few permits overtakes somebody who waits for many. A taking costs one write, and one more if
 * somebody waits behind it.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Semaphore } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using semaphore = new Semaphore(client, '/limits/uploads', { permits: 5 })
 * {
 *   await using grant = await semaphore.acquire({ permits: 2, timeoutMs: 10_000 })
 *   await fetch('https://store.example/upload', { method: 'POST', signal: grant.signal })
 * }
 * ```
 */
export class Semaphore implements AsyncDisposable {
  readonly #contest: Contest
  readonly #label: string
  readonly #permits: number | undefined
  readonly #onDiffer: OnPermitsDiffer
  #agreed = false

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: SemaphoreOptions = {}) {
    this.#permits = options.permits === undefined ? undefined : requireCount('permits', options.permits, 0, MAX_PERMITS)
    this.#onDiffer = requireOneOf('onDiffer', options.onDiffer, ['reject', 'adopt'], 'reject')
    const makeFolder = (attempt: Attempt): Promise<void> => this.#agreeAgain(attempt)
    const kind = { rule: permitRule(1), noun: 'semaphore', sync: false, exclusive: false, makeFolder }
    this.#contest = new Contest(client, path, kind, options)
    this.#label = options.label ?? ''
  }

  /** The folder of the contenders. */
  get path(): string {
    return this.#contest.path
  }

  /**
   * Waits for permits. Rejects as {@link Mutex.acquire} does, with `ERR_CONFIG` when the semaphore was made with another number of permits (or
   * by nobody, if the options name none), and with `ERR_TOO_LARGE` when there are fewer permits than asked for.
   */
  async acquire(options: AcquirePermitsOptions = {}): Promise<PermitGrant> {
    const grant = await this.#contest.track(this.#acquire(options))
    if (grant === null) throw new ZoariumError('ERR_TIMEOUT', `semaphore ${this.path}`, { path: this.path })
    return grant
  }

  /** Takes permits if they are free and nobody waits, else gives `null` and leaves nothing behind. */
  tryAcquire(options: Omit<AcquirePermitsOptions, 'timeoutMs'> = {}): Promise<PermitGrant | null> {
    return this.#contest.track(this.#acquire({ ...options, timeoutMs: 0 }))
  }

  /** Calls `fn` with permits, and gives them back after `fn` has settled, as {@link Mutex.run} does. */
  run<T>(fn: (grant: PermitGrant) => Promise<T> | T, options: AcquirePermitsOptions = {}): Promise<T> {
    return this.#contest.track(this.#run(fn, options))
  }

  /**
   * Changes the number of permits for everybody: more let those who wait go ahead at once; fewer take nothing away from anybody, see
   * {@link SemaphoreState.overcommitted}, but nobody else goes ahead before enough were given back. Somebody who is just getting a permit at
   * that moment may still get it. 0 lets nobody in and all wait. The last one who calls wins.
   *
   * Rejects with `ERR_CONFIG` if nobody has used the semaphore and the options name no number, with `signal.reason`, or `ERR_TIMEOUT`: it may then be
   * changed all the same.
   */
  resize(permits: number, options: CallOptions = {}): Promise<void> {
    requireCount('permits', permits, 0, MAX_PERMITS)
    return this.#contest.track(
      this.#bounded(options, 'resizing of ', async (attempt) => {
        await this.#agree(attempt)
        await resizePermits(this.#contest, attempt, permits)
      }),
    )
  }

  /** Who holds permits and who waits, as it was a moment ago. */
  inspect(options: CallOptions = {}): Promise<SemaphoreState> {
    return withinTime(
      options,
      () => `inspection of semaphore ${this.path}`,
      (call) => this.#inspect(call),
    )
  }

  /** Ends every wait and every grant as {@link Mutex.close} does. Idempotent. The client stays open. */
  close(options: CallOptions = {}): Promise<void> {
    return this.#contest.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #inspect(options: CallOptions): Promise<SemaphoreState> {
    const count = await readPermits(this.#contest, options)
    const permits = count?.permits ?? this.#permits ?? 0
    const contestants = await this.#contest.contestants(options)
    const entries = permitsOf(contestants.map(({ path }) => nameOf(path)))
    const inside = insiders(entries, count ?? { permits, configured: permits, upTo: null })
    const seen = contestants.map((one, i) => ({ ...lockContender(this.#contest.client, one), permits: entries[i]?.weight ?? 0 }))
    const holders = seen.filter((_one, i) => inside[i] === true)
    const waiting = seen.filter((_one, i) => inside[i] !== true)
    const taken = holders.reduce((sum, holder) => sum + holder.permits, 0)
    return { permits, taken, overcommitted: taken > permits, holders, waiting }
  }

  async #acquire(options: AcquirePermitsOptions): Promise<PermitGrant | null> {
    const { permits = 1, ...rest } = options
    requireCount('permits', permits, 1, MAX_PERMITS)
    const grant = await this.#enter(permits, rest)
    return grant === null ? null : Object.assign(grant, { permits })
  }

  async #enter(permits: number, options: AcquireOptions): Promise<NodeGrant | null> {
    const started = performance.now()
    await this.#bounded(options, '', (attempt) => this.#agree(attempt))
    const grant = await this.#contest.enter(this.#entry(permits, options, performance.now() - started))
    if (grant !== null) this.#entered(grant)
    return grant
  }

  /** The deadline counts from the call: what was spent before is taken off. */
  #entry(permits: number, options: AcquireOptions, spentMs: number): Entry {
    const { timeoutMs } = options
    const left = timeoutMs === undefined || timeoutMs === 0 ? {} : { timeoutMs: Math.max(1, Math.ceil(timeoutMs - spentMs)) }
    return { ...lockEntry({ ...options, ...left }, this.#label, this.#contest.cleanUp), rule: permitRule(permits) }
  }

  async #run<T>(fn: (grant: PermitGrant) => Promise<T> | T, options: AcquirePermitsOptions): Promise<T> {
    const { permits = 1, ...rest } = options
    requireCount('permits', permits, 1, MAX_PERMITS)
    const owner = rest.owner ?? ownerOrNew()
    const started = performance.now()
    await this.#bounded(rest, '', (attempt) => this.#agree(attempt))
    const work = (grant: NodeGrant): Promise<T> | T => {
      this.#entered(grant)
      return fn(Object.assign(grant, { permits }))
    }
    return this.#contest.hold(this.#entry(permits, { ...rest, owner }, performance.now() - started), work, { owner, covers: null })
  }

  #entered(grant: NodeGrant): void {
    const { cleanUp } = this.#contest
    if (grant.followed) this.#mark(grant)
    if (grant.outdated) cleanUp.track(cleanUp.perform(() => forgetSpentMark(this.#contest)))
  }

  /** Tells who stands behind that this one went ahead. Until it has told they wait; with the session the znode goes, and tells, too. */
  #mark({ path }: NodeGrant): void {
    const { client, cleanUp } = this.#contest
    const telling = cleanUp.perform(async () => {
      try {
        const { data } = await client.getData(path)
        await client.setData(path, data)
      } catch (error) {
        if (!ZoariumError.is(error, 'NO_NODE')) throw error
      }
    })
    cleanUp.track(telling)
  }

  /** Once per object: later calls ask nothing of the servers. */
  async #agree(attempt: Attempt): Promise<void> {
    if (!this.#agreed) await this.#agreeAgain(attempt)
    this.#agreed = true
  }

  #agreeAgain(attempt: Attempt): Promise<void> {
    return agreeOnPermits(this.#contest, attempt, this.#permits, this.#onDiffer)
  }

  async #bounded<T>(options: AcquireOptions, what: string, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const timeoutMs = limitOf(options)
    if (this.#contest.closed.aborted) throw this.#contest.closed.reason
    const bounds = { signal: options.signal, timeoutMs, closed: this.#contest.closed }
    const attempt = new Attempt(bounds, () => `${what}semaphore ${this.path}`)
    try {
      return await work(attempt)
    } finally {
      attempt.end()
    }
  }
}
