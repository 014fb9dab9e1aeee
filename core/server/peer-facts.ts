// server: what the other servers of the ensemble said of themselves last, for operators, and whether their clocks go right.

import type { Facts } from '../peer/peer-messages.ts'
import type { StateWord } from '../replica/state-digests.ts'
import type { Logger } from '../support/logger.ts'

/** Wall clocks that differ by more are told about. */
const CLOCK_MS = 1000

export interface HeardFacts {
  readonly facts: Facts
  /** Wall clock here when they came. */
  readonly heardAtMs: number
  /** How far its wall clock is ahead of this server's; the way of the message counts as the other's being behind. */
  readonly clockDifferenceMs: number
}

export class PeerFacts {
  readonly #logger: Logger
  readonly #heard = new Map<number, HeardFacts>()
  /** Servers whose clock is known to be wrong, or this one's is. */
  readonly #astray = new Set<number>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  heard(facts: Facts, nowWallMs: number): void {
    const clockDifferenceMs = facts.wallMs - nowWallMs
    this.#heard.set(facts.from, { facts, heardAtMs: nowWallMs, clockDifferenceMs })
    const astray = Math.abs(clockDifferenceMs) > CLOCK_MS
    if (astray === this.#astray.has(facts.from)) return
    const fields = { peer: facts.from, clockDifferenceMs: Math.round(clockDifferenceMs) }
    if (astray) {
      this.#astray.add(facts.from)
      this.#logger.warn(fields, "the wall clock of a peer differs from this server's")
    } else {
      this.#astray.delete(facts.from)
      this.#logger.info(fields, 'the wall clock of a peer agrees again')
    }
  }

  /** Its link is gone. */
  lost(peer: number): void {
    this.#heard.delete(peer)
  }

  /** `undefined` while nothing is heard of it. */
  of(peer: number): HeardFacts | undefined {
    return this.#heard.get(peer)
  }
}

/** What the facts say of their server's state: at its newest mark, and where it is now. */
export function statesIn({ from, markIndex, markDigest, appliedIndex, stateDigest, agreeing }: Facts): StateWord[] {
  const words = [
    { from, index: markIndex, digest: markDigest, agreeing },
    { from, index: appliedIndex, digest: stateDigest, agreeing },
  ]
  return words.filter(({ digest }) => digest !== '')
}
