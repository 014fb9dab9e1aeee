// recipes: what time it is at the servers, without trusting the clock of this machine: a znode is made, and its Stat tells.

import type { Client, Stat } from '../../core/index.ts'
import type { Attempt } from '../support/attempt.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { protectedCreate } from '../support/protected-create.ts'

/** How long one answer is good: a monotonic clock that drifts by 100 millionths is 30 ms off by then. */
const VALID_MS = 300_000

export class ServerClock {
  readonly #client: Client
  readonly #cleanUp: CleanUp
  readonly #folder: string
  #earliestMs = 0
  #latestMs = 0
  #askedMs = Number.NEGATIVE_INFINITY

  constructor(client: Client, cleanUp: CleanUp, folder: string) {
    this.#client = client
    this.#cleanUp = cleanUp
    this.#folder = folder
  }

  /** Milliseconds since 1970 at the servers: surely between the two, which are the round trip of a write apart. */
  async now(attempt: Attempt): Promise<{ readonly earliestMs: number; readonly latestMs: number }> {
    while (performance.now() - this.#askedMs > VALID_MS) await this.#ask(attempt)
    return { earliestMs: performance.now() + this.#earliestMs, latestMs: performance.now() + this.#latestMs }
  }

  async #ask(attempt: Attempt): Promise<void> {
    const askedMs = performance.now()
    const { node } = await protectedCreate(
      {
        client: this.#client,
        cleanUp: this.#cleanUp,
        attempt,
        parent: this.#folder,
        name: (id) => id,
        mode: 'ephemeral',
        data: null,
      },
      async () => null,
    )
    let stat: Stat | null
    try {
      stat = await attempt.wait(this.#client.exists(node.path))
    } finally {
      this.#cleanUp.discard(node)
    }
    // Its session has ended: another one tells.
    if (stat === null) return
    this.#earliestMs = stat.ctimeMs - performance.now()
    this.#latestMs = stat.ctimeMs - askedMs
    this.#askedMs = askedMs
  }
}
