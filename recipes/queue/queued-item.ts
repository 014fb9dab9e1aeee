// recipes: an item that somebody has taken: to be completed, or given back.

import type { CallOptions, Client, Session, TransactionOp, TransactionResult } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import { Undecided, waitWithin, withinTime } from '../support/call-bounds.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { Hold } from '../support/hold.ts'
import type { HoldState, LostReason } from '../support/hold-model.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import { untilDone } from '../support/retry.ts'

/**
 * An item of a queue that is this process's until it is completed or given back, or the session ends: then another one gets it. The same work may so be begun
 * twice, but completed only once.
 */
export interface QueuedItem extends AsyncDisposable {
  readonly path: string
  readonly data: Buffer | null
  /** 1 when it was never taken before. */
  readonly attempt: number
  /** The zxid of the taking; who takes it later has a larger one. */
  readonly token: bigint
  /** `held`, `suspended` (disconnected, surely nobody else's yet), or `lost`: also when completed or released. */
  readonly state: HoldState
  /** Aborts when the item is not this process's any more. */
  readonly signal: AbortSignal
  readonly lostReason: LostReason | null
  /**
   * Removes the item for good, and does `ops` in the same transaction: all of it happens, or nothing. Resolves with the results of `ops`.
   *
   * Rejects with `ERR_LOST` or `ERR_NOT_HELD` when it is not this process's any more: nothing was written. With `ERR_UNKNOWN_OUTCOME` if the session was lost
   * with the reply and the item is gone: it was completed, here or by another; or if time is up while the request is under way. Else as {@link Client.multi} does,
   * `index` counting `ops`: the item is still held.
   */
  complete(ops?: readonly TransactionOp[], options?: CallOptions): Promise<TransactionResult[]>
  /**
   * Gives it back: the next one gets it at once, in its old place. Idempotent, and a no-op after completion or loss; after a rejection (what the servers
   * refuse) it may be called again. `signal` and `timeoutMs` end the waiting only.
   */
  release(options?: CallOptions): Promise<void>
}

/** What an item is made of. */
export interface ItemParts {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly session: Session
  readonly path: string
  readonly claim: string
  readonly czxid: bigint
  /** What the item has been set to by the taking; the next taking sets it to another one. */
  readonly version: number
  readonly data: Buffer | null
}

export class TakenItem implements QueuedItem {
  readonly #parts: ItemParts
  readonly #hold: Hold
  #releasing: Promise<void> | undefined = undefined
  /** Whether the claim is this object's to take back. */
  #owed = false

  constructor(parts: ItemParts) {
    this.#parts = parts
    const { client, session, path } = parts
    this.#hold = new Hold({
      client,
      session,
      recipe: 'queue item',
      what: `item ${path}`,
      path,
      onLost: (reason) => this.#afterLoss(reason),
    })
  }

  get path(): string {
    return this.#parts.path
  }

  get data(): Buffer | null {
    return this.#parts.data
  }

  get attempt(): number {
    return this.#parts.version
  }

  get token(): bigint {
    return this.#parts.czxid
  }

  get state(): HoldState {
    return this.#hold.state
  }

  get signal(): AbortSignal {
    return this.#hold.signal
  }

  get lostReason(): LostReason | null {
    return this.#hold.lostReason
  }

  complete(ops: readonly TransactionOp[] = [], options: CallOptions = {}): Promise<TransactionResult[]> {
    const undecided = new Undecided()
    return withinTime(
      options,
      () => `completing ${this.path}`,
      (call) => this.#complete(ops, call, undecided),
      () => undecided.is,
    )
  }

  release(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `release of ${this.path}`,
      () => this.#release(),
    )
  }

  #release(): Promise<void> {
    const wasHeld = this.#hold.lose('released')
    if (wasHeld) this.#owed = true
    return this.#owed ? this.giveBack() : Promise.resolve()
  }

  async #complete(ops: readonly TransactionOp[], options: CallOptions, undecided: Undecided): Promise<TransactionResult[]> {
    const { client, path, claim, version } = this.#parts
    for (let round = 0; ; round++) {
      if (!this.#hold.isHeld) throw this.#hold.error()
      try {
        const writing = client.multi([{ type: 'delete', path: claim }, { type: 'delete', path, version }, ...ops], options)
        const results = await undecided.during(writing)
        this.#hold.lose('released')
        return results.slice(2)
      } catch (error) {
        if (!isUnknownOutcome(error)) throw this.#refused(error)
        const done = await untilDone(() => orAbort(this.#wasCompleted(error), options.signal), options.signal)
        if (done instanceof ZoariumError) throw done
        if (done !== null) return done
        undecided.not()
      }
      await sleep(backOffMs(round), this.signal)
      options.signal?.throwIfAborted()
    }
  }

  /** Takes the claim back, whether it is held or not, unless somebody else has taken the item since. */
  giveBack(): Promise<void> {
    const { cleanUp, client, path, claim, version } = this.#parts
    this.#releasing ??= cleanUp
      .bounded(
        cleanUp.perform(async () => {
          try {
            await client.multi([
              { type: 'check', path, version },
              { type: 'delete', path: claim },
            ])
          } catch (error) {
            if (!ZoariumError.is(error, 'NO_NODE') && !ZoariumError.is(error, 'BAD_VERSION')) throw error
            if (error.code === 'NO_NODE' && error.index === 0) await this.#removeClaim()
          }
        }),
      )
      .catch((error: unknown) => {
        this.#releasing = undefined
        throw error
      })
    return this.#releasing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  /** The item was taken out of the queue meanwhile, so nobody else can have the claim's name. */
  async #removeClaim(): Promise<void> {
    try {
      await this.#parts.client.delete(this.#parts.claim)
    } catch (error) {
      if (!ZoariumError.is(error, 'NO_NODE')) throw error
    }
  }

  /** The session may outlive the belief in it: then the claim would keep the item from everybody. */
  #afterLoss(reason: LostReason): void {
    if (reason === 'deadline') this.#parts.cleanUp.track(this.giveBack())
  }

  get lost(): Promise<LostReason> {
    return this.#hold.lost
  }

  /** The claim may be gone: looks whose it is. */
  async verify(): Promise<void> {
    const { client, claim, czxid } = this.#parts
    if (!this.#hold.isHeld) return
    const stat = await client.exists(claim).catch((error: unknown) => {
      if (isTransient(error) || ZoariumError.is(error, 'ERR_CLOSED')) return undefined
      throw error
    })
    if (stat !== undefined && stat?.czxid !== czxid) this.#hold.lose('nodeDeleted')
  }

  /** What a lost reply was, or the error to end with; `null`: the transaction did not happen and is sent again. Results cannot be had any more: none are given. */
  async #wasCompleted(lost: unknown): Promise<TransactionResult[] | ZoariumError | null> {
    const { client, path, claim, version, session } = this.#parts
    await client.decided()
    const [item, own] = await Promise.all([client.exists(path), client.exists(claim)])
    const sameSession = client.session.id === session.id
    const isOurs = sameSession && own?.czxid === this.#parts.czxid
    if (item === null && !isOurs) {
      this.#hold.lose(sameSession ? 'released' : 'expired')
      if (sameSession) return []
      return new ZoariumError('ERR_UNKNOWN_OUTCOME', `completing ${path}`, { path, cause: lost })
    }
    if (isOurs && item?.version === version) return null
    this.#hold.lose(sameSession ? 'nodeDeleted' : 'expired')
    if (isOurs) this.#parts.cleanUp.track(this.giveBack())
    return this.#hold.error()
  }

  /** Of a refusal by the first two operations the item is lost; that of another one is the caller's. */
  #refused(error: unknown): unknown {
    if (!ZoariumError.is(error) || error.index === undefined) return error
    if (error.index > 1) {
      return new ZoariumError(error.code, `completing ${this.path}`, { path: error.path, index: error.index - 2, cause: error })
    }
    if (error.code !== 'NO_NODE' && error.code !== 'BAD_VERSION') return error
    this.#hold.lose('nodeDeleted')
    if (error.index === 1 && error.code === 'NO_NODE') this.#parts.cleanUp.track(this.giveBack())
    return new ZoariumError('ERR_LOST', `item ${this.path}: nothing was written`, { path: this.path, cause: error })
  }
}
