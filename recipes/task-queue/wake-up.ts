// recipes: an idle loop's alarm clock: rings at once, at a time, or when it must end.

import { MAX_TIMER_MS } from '../support/options.ts'

/** Lets one loop sleep until somebody rings. A ring while nobody sleeps is kept for the next sleep. */
export class WakeUp {
  #rung = false
  #wake: (() => void) | null = null

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves at the next ring, at `dueMs` by `performance.now()` (`null`: never), or when `signal` aborts. Leaves no timer and no listener. */
  async sleep(dueMs: number | null, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) await this.#wait(dueMs, signal)
    this.#rung = false
  }

  async #wait(dueMs: number | null, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    let wake = (): void => {}
    try {
      await new Promise<void>((resolve) => {
        wake = resolve
        this.#wake = resolve
        signal.addEventListener('abort', wake, { once: true })
        if (dueMs !== null) timer = setTimeout(resolve, Math.min(Math.max(1, Math.ceil(dueMs - performance.now())), MAX_TIMER_MS))
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      this.#wake = null
    }
  }
}
