// recipes: several grants as one: held while all of them are, lost with the first.

import type { CallOptions, Client, TransactionOp, TransactionResult } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { onAbort, sharedController } from './abort.ts'
import { waitWithin, withinTime } from './call-bounds.ts'
import type { BackgroundErrorHandler } from './clean-up.ts'
import type { Grant } from './grant.ts'
import type { HoldState, LostReason } from './hold-model.ts'
import { requireTimeout } from './options.ts'

/** Grants are added while none is lost; with the first loss all are given back. */
export class MultiGrantHolder {
  readonly lost: Promise<LostReason>
  readonly #client: Client
  readonly #onError: BackgroundErrorHandler
  readonly #keep: boolean
  readonly #grants: { readonly path: string; readonly grant: Grant }[] = []
  readonly #controller: AbortController = sharedController()
  #reason: LostReason | null = null
  #resolveLost: (reason: LostReason) => void = () => {}

  /** `keep`: nothing is given back before {@link MultiGrantHolder.release}, for the holder's code may still run. */
  constructor(client: Client, onError: BackgroundErrorHandler, keep: boolean) {
    this.#client = client
    this.#onError = onError
    this.#keep = keep
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve
    })
  }

  add(path: string, grant: Grant): void {
    this.#grants.push({ path, grant })
    const ended = (): void => this.#ended(grant)
    if (grant.signal.aborted) ended()
    else onAbort(grant.signal, ended)
  }

  get grants(): readonly Grant[] {
    return this.#grants.map(({ grant }) => grant)
  }

  get tokens(): ReadonlyMap<string, bigint> {
    return new Map(this.#grants.map(({ path, grant }) => [path, grant.token]))
  }

  /** Asks each of them: one whose deadline passed unnoticed is found so. */
  get state(): HoldState {
    const states = this.grants.map(({ state }) => state)
    if (this.#reason !== null || states.includes('lost')) return 'lost'
    return states.includes('suspended') ? 'suspended' : 'held'
  }

  get isHeld(): boolean {
    return this.state !== 'lost' && this.grants.every(({ isHeld }) => isHeld)
  }

  get activeSignal(): AbortSignal {
    return AbortSignal.any([this.signal, ...this.grants.map(({ activeSignal }) => activeSignal)])
  }

  whenHeld(options: CallOptions = {}): Promise<void> {
    return withinTime(
      options,
      () => `pause of locks ${this.#paths}`,
      (call) => this.#whenHeld(call),
    )
  }

  get deadlineMs(): number {
    return Math.min(...this.grants.map(({ deadlineMs }) => deadlineMs))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get lostReason(): LostReason | null {
    return this.state === 'lost' ? this.#reason : null
  }

  async guard(ops: readonly TransactionOp[], options: CallOptions = {}): Promise<TransactionResult[]> {
    requireTimeout(options.timeoutMs)
    if (this.state === 'lost') throw this.error()
    const checks = this.grants.map(({ path }) => ({ type: 'check', path }) as const)
    try {
      return (await this.#client.multi([...checks, ...ops], options)).slice(checks.length)
    } catch (error) {
      throw this.#guardError(error, checks)
    }
  }

  release(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `release of locks ${this.#paths}`,
      () => this.#release(),
    )
  }

  /** Ends the whole here; the znodes stay until `release`. */
  end(reason: LostReason): void {
    this.#lose(reason)
  }

  /** The recipe is closed. */
  async close(): Promise<void> {
    this.#lose('closed')
    if (!this.#keep) await this.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  /** What a call on the lost grant rejects with. */
  error(): ZoariumError {
    const code = this.#reason === 'released' ? 'ERR_NOT_HELD' : 'ERR_LOST'
    return new ZoariumError(code, `locks ${this.#paths} (${this.#reason ?? 'held'})`)
  }

  get #paths(): string {
    return this.#grants.map(({ path }) => path).join(', ')
  }

  async #whenHeld(options: CallOptions): Promise<void> {
    while (!this.isHeld) {
      if (this.state === 'lost') throw this.error()
      await Promise.all(this.grants.map((grant) => grant.whenHeld(options)))
    }
  }

  /** The last one first; all of them, whatever becomes of one. */
  async #release(): Promise<void> {
    this.#lose('released')
    const failures: unknown[] = []
    for (const { grant } of this.#grants.toReversed()) {
      await grant.release().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  #ended(grant: Grant): void {
    if (this.#lose(grant.lostReason ?? 'nodeDeleted')) this.#releaseOthers()
  }

  #releaseOthers(): void {
    if (this.#keep) return
    for (const other of this.grants.toReversed()) other.release().catch(this.#onError)
  }

  #lose(reason: LostReason): boolean {
    if (this.#reason !== null) return false
    this.#reason = reason
    this.#resolveLost(reason)
    this.#controller.abort(this.error())
    return true
  }

  #guardError(error: unknown, checks: readonly { readonly path: string }[]): unknown {
    if (!ZoariumError.is(error) || error.index === undefined) return error
    const index = error.index - checks.length
    if (index >= 0) return new ZoariumError(error.code, 'guarded by several locks', { path: error.path, index, cause: error })
    if (error.code !== 'NO_NODE') return error
    if (this.#lose('nodeDeleted')) this.#releaseOthers()
    return new ZoariumError('ERR_LOST', 'one of several locks: nothing was written', { path: checks[error.index]?.path, cause: error })
  }
}
