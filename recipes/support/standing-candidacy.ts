// recipes: a candidacy that stands: leads whenever it is elected, and says whether it does.

import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { linkAbort, orAbort } from './abort.ts'
import { waitWithin, withinTime } from './call-bounds.ts'

/** What it needs of a leadership. */
interface Term {
  readonly isHeld: boolean
  readonly lost: Promise<unknown>
  whenHeld(options?: CallOptions): Promise<void>
}

/** Runs an election for ever: a term lasts until the leadership is lost or given back. */
export class StandingCandidacy<L extends Term> implements AsyncDisposable {
  readonly ended: Promise<unknown>
  readonly #stop: AbortController
  readonly #unlink: () => void
  readonly #over: AbortController = new AbortController()
  #leadership: L | null = null
  #waiting: PromiseWithResolve<L> = promise()
  #withdrawn = false

  constructor(run: (term: (leadership: L) => Promise<void>, signal: AbortSignal) => Promise<never>, signal: AbortSignal | undefined) {
    const { controller, unlink } = linkAbort(signal)
    this.#stop = controller
    this.#unlink = unlink
    this.ended = run((leadership) => this.#lead(leadership), controller.signal).catch((error: unknown) => this.#end(error))
  }

  get leadership(): L | null {
    return this.#leadership?.isHeld === true ? this.#leadership : null
  }

  get isLeader(): boolean {
    return this.leadership !== null
  }

  elected(options: CallOptions = {}): Promise<L> {
    return withinTime(
      options,
      () => 'candidacy',
      ({ signal }) => this.#elected(signal),
    )
  }

  withdraw(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => 'withdrawal of the candidacy',
      () => this.#withdraw(),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.withdraw()
  }

  async #elected(signal: AbortSignal | undefined): Promise<L> {
    const { controller, unlink } = linkAbort(signal, this.#over.signal)
    try {
      for (;;) {
        controller.signal.throwIfAborted()
        const leadership = await orAbort(this.#waiting.promise, controller.signal)
        if (leadership.isHeld) return leadership
        // Paused: until it is over. Lost a moment ago: until the next term.
        await orAbort(
          leadership.whenHeld().catch(() => leadership.lost),
          controller.signal,
        )
      }
    } finally {
      unlink()
    }
  }

  async #withdraw(): Promise<void> {
    this.#withdrawn = true
    this.#stop.abort(new ZoariumError('ERR_CLOSED', 'the candidacy was withdrawn'))
    await this.ended
  }

  async #lead(leadership: L): Promise<void> {
    this.#leadership = leadership
    this.#waiting.resolve(leadership)
    await leadership.lost
    this.#leadership = null
    this.#waiting = promise()
  }

  #end(error: unknown): unknown {
    this.#unlink()
    this.#over.abort(error)
    return this.#withdrawn ? undefined : error
  }
}

interface PromiseWithResolve<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
}

function promise<T>(): PromiseWithResolve<T> {
  let resolve = (_value: T): void => {}
  const made = new Promise<T>((settle) => (resolve = settle))
  return { promise: made, resolve: (value) => resolve(value) }
}
