// server: waits until the ensemble can be formed, and says once whatever stands in the way.

import type { Founder } from '../storage/server-identity.ts'
import type { Logger } from '../support/logger.ts'
import type { Formation, FormationVerdict } from './formation.ts'

export class FormationWait {
  readonly #formation: Formation
  readonly #logger: Logger
  #onVerdict: ((verdict: FormationVerdict) => void) | null = null

  constructor(formation: Formation, logger: Logger) {
    this.#formation = formation
    this.#logger = logger
  }

  /** Something was heard that may change the verdict. */
  look(): void {
    this.#onVerdict?.(this.#formation.verdict)
  }

  /** Resolves with who forms the ensemble. Rejects with the reason of the signal. `onWaiting` hears whom it waits for, or why in vain. */
  founders(signal: AbortSignal | null, onWaiting: (verdict: FormationVerdict) => void): Promise<readonly Founder[]> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#onVerdict = null
        signal?.removeEventListener('abort', aborted)
      }
      const aborted = (): void => {
        settle()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      let said = ''
      this.#onVerdict = (verdict) => {
        if (verdict.type === 'formed') {
          settle()
          resolve(verdict.founders)
          return
        }
        const words = JSON.stringify(verdict)
        if (words === said) return
        said = words
        if (verdict.type === 'refused') this.#logger.error({ problems: verdict.problems }, 'no ensemble can be formed')
        onWaiting(verdict)
      }
      if (signal?.aborted === true) aborted()
      else this.look()
    })
  }
}
