// replica: warns of writes above soft quotas, all of them counted, few of them told. PURE.

import type { Logger } from '../support/logger.ts'
import type { Counters } from './counters.ts'

/** Soft quotas are warned of this often at most. */
const PAUSE_MS = 10_000

export class QuotaWarnings {
  readonly #counters: Counters
  readonly #host: { readonly logger: Logger }
  #nextMs = 0

  constructor(counters: Counters, host: { readonly logger: Logger }) {
    this.#counters = counters
    this.#host = host
  }

  note(path: string, nowMs: number): void {
    this.#counters.softQuotaExceeded += 1
    if (nowMs < this.#nextMs) return
    this.#nextMs = nowMs + PAUSE_MS
    this.#host.logger.warn({ path, exceeded: this.#counters.softQuotaExceeded }, 'a write went above a soft quota')
  }
}
