// recipes: what time it is at the servers, without trusting the clock of this machine: a znode is made, and its Stat tells.

import type { Client } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import type { Attempt } from '../support/attempt.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { isTransient } from '../support/outcome.ts'
import { protectedCreate } from '../support/protected-create.ts'

/** How long one answer is good: a monotonic clock that drifts by 100 millionths is 30 ms off by then. */
const VALID_MS = 300_000

export class ServerClock {
  readonly #parts: { readonly client: Client; readonly cleanUp: CleanUp; readonly folder: string }
  #earliestMs = 0
  #latestMs = 0
  #askedMs = Number.NEGATIVE_INFINITY

  constructor(client: Client, cleanUp: CleanUp, folder: string) {
    this.#parts = { client, cleanUp, folder }
  }

  /** Milliseconds since 1970 at the servers: surely between the two, which are the round trip of a write apart. */
  async now(attempt: Attempt): Promise<{ readonly earliestMs: number; readonly latestMs: number }> {
    if (performance.now() - this.#askedMs > VALID_MS) await this.#ask(attempt)
    return { earliestMs: performance.now() + this.#earliestMs, latestMs: performance.now() + this.#latestMs }
  }

  /** Asks until there was an answer: a znode that somebody deleted, or that went with its session, tells nothing. */
  async #ask(attempt: Attempt): Promise<void> {
    for (let round = 0; performance.now() - this.#askedMs > VALID_MS; round++) {
      if (round > 0) await sleep(backOffMs(round - 1), attempt.signal)
      await this.#askOnce(attempt)
    }
  }

  async #askOnce(attempt: Attempt): Promise<void> {
    const { client, cleanUp, folder: parent } = this.#parts
    const askedMs = performance.now()
    const { node } = await protectedCreate(
      { client, cleanUp, attempt, parent, name: (id) => id, mode: 'ephemeral', data: null },
      async () => null,
    )
    try {
      const stat = await attempt.wait(client.exists(node.path))
      if (stat === null) return
      this.#earliestMs = stat.ctimeMs - performance.now()
      this.#latestMs = stat.ctimeMs - askedMs
      this.#askedMs = askedMs
    } catch (error) {
      if (attempt.signal.aborted || !isTransient(error)) throw error
    } finally {
      cleanUp.discard(node)
    }
  }
}
