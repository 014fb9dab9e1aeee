// recipes: something that a session holds until it is lost. Knows no znode; the same for locks, leadership and membership.

import type { Client, ClientStatus, Session } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { onAbort, orAbort, sharedController } from './abort.ts'
import { countersOf } from './counters.ts'
import type { HoldTrace } from './diagnostics.ts'
import { holdChannel, sessionHex } from './diagnostics.ts'
import type { HoldState, LostReason, OnSuspended } from './hold-model.ts'

/** What a {@link Hold} needs of a client. */
export type HoldClient = Pick<Client, 'status' | 'on' | 'off'>

/** What a {@link Hold} needs of a session. */
export type HoldSession = Pick<Session, 'id' | 'deadlineMs' | 'signal'>

/** What a {@link Hold} is told at its birth. */
export interface HoldOptions {
  readonly client: HoldClient
  readonly session: HoldSession
  /** What kind of thing is held, for those who count and trace: `lock`. */
  readonly recipe: string
  /** For error messages: `lock /a`. */
  readonly what: string
  /** The znode that stands for it. */
  readonly path: string
  readonly onSuspended?: OnSuspended | undefined
  /** Called once, right after the signal aborted. */
  readonly onLost?: (reason: LostReason) => void
}

/** A hold: begins as held, is lost once. All of its faces (state, signal, promise) change in the same instant. */
export class Hold {
  readonly lost: Promise<LostReason>
  readonly #options: HoldOptions
  readonly #controller: AbortController = sharedController()
  /** Of the present stretch without a pause. */
  #stretch: AbortController = sharedController()
  /** Called at the next change of the state. */
  readonly #waiting: Set<() => void> = new Set()
  readonly #sinceMs = performance.now()
  #state: HoldState = 'held'
  #reason: LostReason | null = null
  /** Ends listening to the session. */
  #off: () => void = () => {}
  #resolveLost: (reason: LostReason) => void = () => {}

  constructor(options: HoldOptions) {
    this.#options = options
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve
    })
    const { client, session, recipe } = options
    const counters = countersOf(client, recipe)
    counters.granted++
    counters.held++
    this.#trace()
    if (session.signal.aborted) {
      this.#sessionEnded()
      return
    }
    this.#off = onAbort(session.signal, () => this.#sessionEnded())
    client.on('status', this.#statusChanged)
    this.#statusChanged(client.status)
  }

  /** Reads the clock first: after a stall of the process the deadline counts before anybody was told that it passed. */
  get state(): HoldState {
    if (this.#state !== 'lost' && performance.now() >= this.#options.session.deadlineMs) this.lose('deadline')
    return this.#state
  }

  get isLost(): boolean {
    return this.state === 'lost'
  }

  /** Whether its holder may act: neither lost nor paused. */
  get isHeld(): boolean {
    return !this.isLost && !this.#isPaused
  }

  get lostReason(): LostReason | null {
    return this.state === 'lost' ? this.#reason : null
  }

  /** Aborts at the loss, with `ERR_NOT_HELD` when released and `ERR_LOST` otherwise. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Aborts at the next pause, with `ERR_CONNECTION_LOSS`, or at the loss; another one after each pause. */
  get activeSignal(): AbortSignal {
    return this.#stretch.signal
  }

  /** Resolves when its holder may act. Rejects with the signal's reason, or when it is lost. */
  async whenHeld(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    while (!this.isHeld) {
      if (this.isLost) throw this.error()
      await this.#changed(signal)
    }
  }

  /** Who gives up waiting leaves nothing behind, however often that happens in one pause. */
  async #changed(signal: AbortSignal | undefined): Promise<void> {
    let wake = (): void => {}
    const changed = new Promise<void>((resolve) => this.#waiting.add((wake = resolve)))
    try {
      await orAbort(changed, signal)
    } finally {
      this.#waiting.delete(wake)
    }
  }

  /** Ends the hold; false if it had ended before, whose reason then stays. */
  lose(reason: LostReason): boolean {
    if (this.#state === 'lost') return false
    const { client, onLost } = this.#options
    this.#state = 'lost'
    this.#reason = reason
    this.#off()
    client.off('status', this.#statusChanged)
    this.#resolveLost(reason)
    this.#controller.abort(this.error())
    this.#stretch.abort(this.#controller.signal.reason)
    this.#wake()
    this.#count(reason)
    onLost?.(reason)
    return true
  }

  /** What a call on a hold that is lost rejects with. */
  error(): ZoariumError {
    const { what, path } = this.#options
    const code = this.#reason === 'released' ? 'ERR_NOT_HELD' : 'ERR_LOST'
    return new ZoariumError(code, `${what} (${this.#reason ?? 'held'})`, { path, cause: this.#cause() })
  }

  #cause(): unknown {
    const { signal } = this.#options.session
    return signal.aborted ? signal.reason : undefined
  }

  #sessionEnded(): void {
    this.lose(reasonOf(this.#options.session.signal.reason))
  }

  readonly #statusChanged = (status: ClientStatus): void => {
    if (this.#state === 'lost') return
    if (status.type === 'connected') this.#resume()
    // Nothing that a read-only server answers keeps the session alive: a hold that is born there waits as one whose connection is gone.
    if (status.type === 'suspended' || status.type === 'readOnly') this.#suspend()
  }

  #suspend(): void {
    const { onSuspended, what, path } = this.#options
    if (this.#state === 'suspended') return
    this.#state = 'suspended'
    this.#trace()
    if (onSuspended === 'stepDown') this.lose('deadline')
    if (onSuspended === 'pause') this.#stretch.abort(new ZoariumError('ERR_CONNECTION_LOSS', `${what} (paused)`, { path }))
  }

  #resume(): void {
    if (this.#state === 'held') return
    this.#state = 'held'
    this.#trace()
    if (this.#stretch.signal.aborted) this.#stretch = sharedController()
    this.#wake()
  }

  #count(reason: LostReason): void {
    const counters = countersOf(this.#options.client, this.#options.recipe)
    counters.held--
    counters.lost[reason]++
    counters.heldMs += performance.now() - this.#sinceMs
    this.#trace()
  }

  #trace(): void {
    if (!holdChannel.hasSubscribers) return
    const { recipe, path, session } = this.#options
    const heldMs = performance.now() - this.#sinceMs
    const trace: HoldTrace = { recipe, path, sessionId: sessionHex(session.id), state: this.#state, reason: this.#reason, heldMs }
    holdChannel.publish(trace)
  }

  get #isPaused(): boolean {
    return this.#state === 'suspended' && this.#options.onSuspended === 'pause'
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

function reasonOf(error: unknown): LostReason {
  if (ZoariumError.is(error, 'SESSION_EXPIRED')) return 'expired'
  return ZoariumError.is(error, 'ERR_LOST') ? 'deadline' : 'closed'
}
