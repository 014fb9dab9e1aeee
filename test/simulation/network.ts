// The links between simulated servers: those of an ensemble in one process (core/peer/memory-network.ts), on the world's clock, every message through the
// real codec. A link has two lanes, each in order; a link that breaks loses a suffix of each; a cut is told to nobody until silence tells.

import { MemoryNetwork } from '../../core/peer/memory-network.ts'
import type { PeerClock } from '../../core/peer/peer-clock.ts'
import type { Random } from '../../core/support/random.ts'
import type { Scheduler } from './scheduler.ts'

const USUAL_DELAY_MS = 2
const LEAST_DELAY_MS = 0.05
const SILENCE_MS = 500
const REDIAL_MS = 20

export class SimNetwork {
  readonly links: MemoryNetwork
  readonly #ids: readonly number[]
  /** Largest delay of a message; most take far less. */
  #maxDelayMs = USUAL_DELAY_MS
  /** By link: what is added to the delay of each message. */
  readonly #addedMs = new Map<string, number>()

  constructor(scheduler: Scheduler, random: Random, ids: readonly number[]) {
    this.#ids = ids
    const clock: PeerClock = {
      after(ms, call) {
        let wanted = true
        scheduler.after(ms, () => {
          if (wanted) call()
        })
        return () => {
          wanted = false
        }
      },
    }
    const delayMs = (from: number, to: number): number => {
      const drawn = random.next()
      return LEAST_DELAY_MS + drawn * drawn * drawn * this.#maxDelayMs + this.#addedTo(from, to, random)
    }
    this.links = new MemoryNetwork({ clock, random, delayMs, encode: true, silenceMs: SILENCE_MS, redialMs: REDIAL_MS })
  }

  // What is sent later may be faster: a new link may stand before the last of the one before has come.
  #addedTo(from: number, to: number, random: Random): number {
    const ms = this.#addedMs.get(`${from} ${to}`)
    return ms === undefined ? 0 : ms * (0.5 + random.next() / 2)
  }

  /** Messages take up to so long; left out: as usual. */
  slow(maxDelayMs: number = USUAL_DELAY_MS): void {
    this.#maxDelayMs = maxDelayMs
  }

  /** One way, every message is under way for so much longer, or for half of it. */
  delay(from: number, to: number, ms: number): void {
    if (ms > 0) this.#addedMs.set(`${from} ${to}`, ms)
    else this.#addedMs.delete(`${from} ${to}`)
  }

  /** Nothing gets to this server, and nothing from it. */
  isolate(id: number): void {
    for (const other of this.#ids) {
      if (other === id) continue
      this.links.cut(other, id)
      this.links.cut(id, other)
    }
  }

  healAll(): void {
    this.#maxDelayMs = USUAL_DELAY_MS
    this.#addedMs.clear()
    for (const from of this.#ids) for (const to of this.#ids) if (from !== to) this.links.heal(from, to)
  }
}
