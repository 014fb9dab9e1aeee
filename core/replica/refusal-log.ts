// replica: says in the log why something was refused, without letting whoever is refused fill the disk with it. PURE.
//
// Every refusal is counted. Of one reason at most ten lines a second are written; the next one after that tells how many were left out.

import type { Logger } from '../support/logger.ts'
import type { Counters, RefusalReason } from './counters.ts'

const WINDOW_MS = 1000
const LINES_PER_WINDOW = 10

interface Window {
  startMs: number
  lines: number
  leftOut: number
}

export class RefusalLog {
  readonly #counters: Counters
  readonly #host: { readonly logger: Logger }
  readonly #windows = new Map<RefusalReason, Window>()

  constructor(counters: Counters, host: { readonly logger: Logger }) {
    this.#counters = counters
    this.#host = host
  }

  note(reason: RefusalReason, remote: string, detail: string, nowMs: number): void {
    this.#counters.refused(reason)
    let window = this.#windows.get(reason)
    if (window === undefined) {
      window = { startMs: nowMs, lines: 0, leftOut: 0 }
      this.#windows.set(reason, window)
    }
    if (nowMs - window.startMs >= WINDOW_MS) {
      window.startMs = nowMs
      window.lines = 0
    }
    if (window.lines >= LINES_PER_WINDOW) {
      window.leftOut += 1
      return
    }
    window.lines += 1
    const { leftOut } = window
    window.leftOut = 0
    this.#host.logger.warn({ remote, reason, detail, ...(leftOut > 0 ? { leftOut } : {}) }, 'connection refused')
  }
}
