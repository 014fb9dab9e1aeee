// recipes: what a contender gets when its turn has come: a hold with a znode, a fencing token and guarded writes.

import type { CallOptions, Client, Session, TransactionOp, TransactionResult } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { waitWithin, withinTime } from './call-bounds.ts'
import type { CleanUp } from './clean-up.ts'
import { Hold } from './hold.ts'
import type { HoldState, LostReason, OnSuspended } from './hold-model.ts'
import { requireTimeout } from './options.ts'
import type { OwnNode } from './own-node.ts'
import { OwnWatch } from './own-watch.ts'

/**
 * Something exclusive that this process holds: a lock, a leadership. It is lost once and for all; `signal` says when.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { type Grant, Mutex } from 'zoarium/recipes'
 *
 * async function work(grant: Grant): Promise<void> {
 *   while (grant.isHeld) await grant.guard([{ type: 'setData', path: '/beat', data: `${grant.token}` }])
 *   console.log(`lost: ${await grant.lost}`)
 * }
 *
 * await using client = await connect('127.0.0.1:2181')
 * await work(await new Mutex(client, '/locks/beat').acquire())
 * ```
 */
export interface Grant extends AsyncDisposable {
  /** The znode that stands for the grant. */
  readonly path: string
  /**
   * The fencing token: the zxid of the znode's creation. A later holder has a larger one, for ever. Send it along with every effect outside
   * the ensemble, and let the receiver refuse a smaller token than it has seen.
   */
  readonly token: bigint
  /** Id of the session that holds it. */
  readonly sessionId: bigint
  /** `held`, `suspended` (disconnected, but surely nobody else's until {@link deadlineMs}), or `lost`. */
  readonly state: HoldState
  /** Whether it is still held: true in both of the states `held` and `suspended`; with `onSuspended: 'pause'` in `held` alone. */
  readonly isHeld: boolean
  /** Until when it is surely held even if nothing more is heard from the servers, by `performance.now()`. */
  readonly deadlineMs: number
  /**
   * Aborts in the instant of the loss, before the servers could give the grant to anybody else. Pass it to everything that is done
   * meanwhile.
   */
  readonly signal: AbortSignal
  /**
   * Like `signal`, but with `onSuspended: 'pause'` it aborts at each disconnection, too, with `ERR_CONNECTION_LOSS`: for work that must not go on while nothing is
   * heard from the servers. When the connection is back there is another one.
   */
  readonly activeSignal: AbortSignal
  /** Why it was lost, `null` while it is held. */
  readonly lostReason: LostReason | null
  /** Resolves with the reason of the loss; never rejects. */
  readonly lost: Promise<LostReason>
  /** Resolves as soon as {@link isHeld}: at once, or when a pause is over. Rejects with `ERR_LOST` or `ERR_NOT_HELD` when it is gone, with `signal.reason`, or `ERR_TIMEOUT`. */
  whenHeld(options?: CallOptions): Promise<void>
  /** How often the place in the queue was lost (with a session) and taken again at its end before the grant came. */
  readonly requeued: number
  /**
   * A transaction that happens only while the servers agree that this grant exists: its first operation checks the own znode. Safe even
   * when this process was paused and does not know yet that it lost. Without a connection it waits for one.
   *
   * Rejects with `ERR_LOST` or `ERR_NOT_HELD` when the grant is gone (here: without asking the servers; or there: nothing was written),
   * else as {@link Client.multi} does, so past `timeoutMs` with `ERR_UNKNOWN_OUTCOME` if it was sent; `index` counts the given operations.
   */
  guard(ops: readonly TransactionOp[], options?: CallOptions): Promise<TransactionResult[]>
  /**
   * Gives it back: deletes the own znode, repeatedly if the connection is the trouble, and resolves when it is gone, or when the session's
   * deadline has passed: the deleting then goes on in the background. Idempotent; after a rejection it may be called again. `signal` and
   * `timeoutMs` end the waiting, not the deleting.
   */
  release(options?: CallOptions): Promise<void>
}

/** What a grant is made of. */
export interface GrantParts {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly node: OwnNode
  readonly session: Session
  readonly requeued: number
  /** Whether somebody stood behind it when its turn came, if the rule tells. */
  readonly followed: boolean
  /** Whether the folder's data said what concerns nobody any more, if the rule tells. */
  readonly outdated: boolean
  /** Instead of the znode's czxid, for a znode that took the place of an older one. */
  readonly token?: bigint | undefined
  /** Znodes that the grant stands on besides its own: a guard checks them, too. */
  readonly checks?: readonly string[] | undefined
  /** What kind of thing it is: `lock`. */
  readonly recipe: string
  /** For error messages: `lock /a`. */
  readonly what: string
  readonly onSuspended?: OnSuspended | undefined
  /** Whether the znode stays after a loss by the own clock, until `release` is called: as long as the holder's code still runs. */
  readonly keepNode?: boolean
  /** Called with the znode's data whenever somebody changed it; true when that announces a forced deletion. */
  readonly onData?: (data: Buffer | null) => boolean
}

/** The {@link Grant} of every recipe with contenders. */
export class NodeGrant implements Grant {
  readonly #parts: GrantParts
  readonly #hold: Hold
  readonly #watch: OwnWatch
  #removing: Promise<void> | undefined = undefined
  #deletionAnnounced = false
  #moving = false

  constructor(parts: GrantParts) {
    this.#parts = parts
    const { client, session, recipe, what, onSuspended, node } = parts
    this.#hold = new Hold({ client, session, recipe, what, path: node.path, onSuspended, onLost: (reason) => this.#afterLoss(reason) })
    const { report } = parts.cleanUp
    this.#watch = new OwnWatch({
      client,
      node,
      hold: this.#hold,
      report,
      onData: (data) => this.#heard(data),
      onGone: () => this.#gone(),
    })
    this.#watch.start()
  }

  get path(): string {
    return this.#parts.node.path
  }

  get token(): bigint {
    return this.#parts.token ?? this.#parts.node.czxid
  }

  get sessionId(): bigint {
    return this.#parts.node.owner
  }

  get state(): HoldState {
    return this.#hold.state
  }

  get isHeld(): boolean {
    return this.#hold.isHeld
  }

  get deadlineMs(): number {
    return this.#parts.session.deadlineMs
  }

  get signal(): AbortSignal {
    return this.#hold.signal
  }

  get isLost(): boolean {
    return this.#hold.isLost
  }

  get activeSignal(): AbortSignal {
    return this.#hold.activeSignal
  }

  get lostReason(): LostReason | null {
    return this.#hold.lostReason
  }

  get lost(): Promise<LostReason> {
    return this.#hold.lost
  }

  get requeued(): number {
    return this.#parts.requeued
  }

  get outdated(): boolean {
    return this.#parts.outdated
  }

  get followed(): boolean {
    return this.#parts.followed
  }

  whenHeld(options: CallOptions = {}): Promise<void> {
    const { what } = this.#parts
    return withinTime(
      options,
      () => `pause of ${what}`,
      ({ signal }) => this.#hold.whenHeld(signal),
    )
  }

  async guard(ops: readonly TransactionOp[], options: CallOptions = {}): Promise<TransactionResult[]> {
    requireTimeout(options.timeoutMs)
    if (this.#hold.isLost) throw this.#hold.error()
    const checks = [this.path, ...(this.#parts.checks ?? [])].map((path) => ({ type: 'check', path }) as const)
    try {
      const results = await this.#parts.client.multi([...checks, ...ops], options)
      return results.slice(checks.length)
    } catch (error) {
      throw this.#guardError(error, checks.length)
    }
  }

  release(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `release of ${this.#parts.what}`,
      () => {
        this.#hold.lose('released')
        return this.#parts.cleanUp.bounded(this.#remove(this.#hold.lostReason))
      },
    )
  }

  /**
   * Lets another znode take this one's place: while `work` runs the deletion of the own znode is no loss; when it has succeeded this grant is
   * over, as if released. If it fails the grant looks again at what is left of it. `undo` is called with what `work` gave when the grant was lost or released
   * meanwhile: nobody gets it then.
   */
  async replaceBy<T>(work: (node: OwnNode, session: Session) => Promise<T>, undo?: (result: T) => void): Promise<T> {
    if (this.#hold.isLost) throw this.#hold.error()
    if (this.#moving)
      throw new ZoariumError('ERR_CONFLICT', `${this.#parts.what}: its place is being given to another one`, { path: this.path })
    this.#moving = true
    try {
      const result = await work(this.#parts.node, this.#parts.session)
      this.#removing = Promise.resolve()
      if (!this.#hold.lose('released')) {
        undo?.(result)
        throw this.#hold.error()
      }
      return result
    } catch (error) {
      this.#moving = false
      this.#watch.start()
      throw error
    }
  }

  /** Ends the grant here; the znode stays until `release`. */
  end(reason: LostReason): void {
    this.#hold.lose(reason)
  }

  /** Ends the grant here and deletes the znode, which nothing else would do. */
  async endAndRemove(reason: LostReason): Promise<void> {
    this.#hold.lose(reason)
    await this.#remove('closed')
  }

  /** The recipe is closed. If the holder's code is still running the znode stays until it ends. */
  async close(): Promise<void> {
    this.#hold.lose('closed')
    if (this.#parts.keepNode !== true) await this.#parts.cleanUp.bounded(this.#remove(this.#hold.lostReason))
  }

  /** What a call on the lost grant rejects with. */
  error(): ZoariumError {
    return this.#hold.error()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  /** Of a deletion that was seen nothing is left to delete; after an expiry the servers delete. */
  #remove(reason: LostReason | null): Promise<void> {
    if (reason === 'nodeDeleted' || reason === 'revoked' || reason === 'expired') return Promise.resolve()
    this.#removing ??= this.#parts.cleanUp.remove(this.#parts.node).catch((error: unknown) => {
      this.#removing = undefined
      throw error
    })
    return this.#removing
  }

  /** The session may outlive the belief in it: then the znode would block the queue for ever. */
  #afterLoss(reason: LostReason): void {
    if (reason === 'deadline' && this.#parts.keepNode !== true) this.#parts.cleanUp.track(this.#remove(reason))
  }

  #gone(): void {
    if (!this.#moving) this.#hold.lose(this.#deletionAnnounced ? 'revoked' : 'nodeDeleted')
  }

  #heard(data: Buffer | null): void {
    if (this.#parts.onData?.(data) === true) this.#deletionAnnounced = true
  }

  #guardError(error: unknown, checks: number): unknown {
    if (!ZoariumError.is(error) || error.index === undefined) return error
    const index = error.index - checks
    if (index >= 0) return new ZoariumError(error.code, `guarded by ${this.#parts.what}`, { path: error.path, index, cause: error })
    if (error.code !== 'NO_NODE') return error
    // What the grant stands on is gone: the own znode, which stands, would block the queue for ever.
    if (error.index > 0) this.#parts.cleanUp.track(this.endAndRemove('nodeDeleted'))
    else this.#gone()
    return new ZoariumError('ERR_LOST', `${this.#parts.what}: nothing was written`, { path: this.path, cause: error })
  }
}
