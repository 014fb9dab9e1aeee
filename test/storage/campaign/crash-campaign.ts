// A crash after every single disk operation of one long workload.
//
// The workload is one store after another on the same disk, openings and ends included. After each operation the disk is copied as a crash of
// the machine would leave it, and as the end of the process alone would; each copy is opened and compared with the model. What was opened goes
// on working, is crashed again in the middle of that, and compared once more.
import type { LogStore } from '../../../core/storage/log-store.ts'
import { openLogStore } from '../../../core/storage/open-log-store.ts'
import { SeededRandom } from '../../../core/support/random.ts'
import { SimulatedDisk } from '../simulated-disk.ts'
import { SMALL_SEGMENTS, StoreLife, tryOpen } from '../store-life.ts'
import { EMPTY_MODEL, type Expectation, type Model, recognise, trimmed } from '../store-model.ts'

export interface CrashOptions {
  readonly seed: number
  /** Operations of the workload. */
  readonly operations: number
  readonly onProgress?: (operations: number) => void
}

export interface CrashReport {
  readonly seed: number
  readonly operations: number
  /** Copies that were opened and compared. */
  readonly recoveries: number
  /** How often the workload and the recoveries did what. */
  readonly counts: Readonly<Record<string, number>>
  readonly failure: string | null
}

/** How long one store of the workload lives, in decisions. */
const DECISIONS = 120
/** What a recovered store does before it is crashed again, in decisions. */
const DECISIONS_AFTER = 5
const TRACE_LINES = 40

class Mismatch extends Error {
  override readonly name = 'Mismatch'
}

export function crashCampaign({ seed, operations, onProgress }: CrashOptions): CrashReport {
  const campaign = new CrashCampaign(seed, operations, onProgress ?? (() => {}))
  let failure: string | null = null
  try {
    campaign.run()
  } catch (error) {
    failure = error instanceof Mismatch ? error.message : `${error instanceof Error ? error.stack : error}`
  }
  return { seed, operations: campaign.operations, recoveries: campaign.recoveries, counts: campaign.counts, failure }
}

class CrashCampaign {
  readonly #random: SeededRandom
  readonly #limit: number
  readonly #onProgress: (operations: number) => void
  #disk: SimulatedDisk
  operations = 0
  recoveries = 0
  readonly counts: Record<string, number> = {}

  constructor(seed: number, limit: number, onProgress: (operations: number) => void) {
    this.#random = new SeededRandom(seed + 1_000_003)
    this.#limit = limit
    this.#onProgress = onProgress
    this.#disk = new SimulatedDisk(seed)
  }

  run(): void {
    let expectation: Expectation = { models: [EMPTY_MODEL], saving: 0, olderSnapshots: false }
    while (this.operations < this.#limit) {
      const found = this.#open(expectation)
      if (found === null) return
      const life = new StoreLife(this.#disk, found.store, trimmed(found.model), this.#random.below(2 ** 31))
      life.onDeed = (deed) => this.#count(deed)
      this.#live(life)
      if (life.errors[0] !== undefined) throw life.errors[0]
      expectation = life.expectation()
      if (this.operations < this.#limit) expectation = this.#end(life, expectation)
    }
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  /** Makes one operation of the workload and tries both kinds of crash after it. */
  #step(expectation: () => Expectation): boolean {
    if (this.operations >= this.#limit) return false
    this.#disk.step()
    this.operations += 1
    const crashSeed = this.#random.below(2 ** 31)
    this.#recover(this.#disk.crash(crashSeed), expectation(), crashSeed, 'crash')
    this.#recover(this.#disk.kill(crashSeed), expectation(), crashSeed, 'kill')
    if (this.operations % 1000 === 0) this.#onProgress(this.operations)
    return true
  }

  #open(expectation: Expectation): { store: LogStore; model: Model } | null {
    let store: LogStore | null = null
    let model: Model | string | Error = 'the opening never ended'
    openLogStore(this.#disk, SMALL_SEGMENTS, (error, opened) => {
      if (opened === undefined) {
        model = error ?? new Error('nothing was opened')
        return
      }
      store = opened.store
      model = recognise(opened.recovered, expectation)
    })
    const known = (): Expectation =>
      typeof model === 'string' || model instanceof Error ? expectation : { ...expectation, models: [model] }
    while (store === null && !this.#disk.idle) if (!this.#step(known)) return null
    if (store === null || typeof model === 'string' || (model as Model | Error) instanceof Error)
      throw this.#mismatch('opening', String(model))
    this.#count('opening')
    return { store, model }
  }

  #live(life: StoreLife): void {
    for (let i = 0; i < DECISIONS; i++) {
      for (let left = life.decide(); left > 0 && !this.#disk.idle; left--) if (!this.#step(() => life.expectation())) return
      life.acknowledged = trimmed(life.acknowledged)
    }
  }

  #end(life: StoreLife, expectation: Expectation): Expectation {
    const how = this.#random.below(3)
    if (how === 0) this.#disk = this.#disk.crash(this.#random.below(2 ** 31))
    if (how === 1) this.#disk = this.#disk.kill(this.#random.below(2 ** 31))
    if (how < 2) return expectation
    // An orderly end; a snapshot that waits for entries is given up with an error.
    life.store.close(() => this.#count('close'))
    while (!this.#disk.idle) if (!this.#step(() => life.expectation())) break
    return { ...life.expectation(), saving: 0 }
  }

  /** Opens what a crash left and compares; what was opened works, crashes and is compared again. */
  #recover(left: SimulatedDisk, expectation: Expectation, seed: number, kind: 'crash' | 'kill'): void {
    const { store, model } = this.#reopened(left, expectation, kind)
    const next = new StoreLife(left, store, model, seed)
    next.snapshot()
    const maxSteps = left.steps + this.#random.below(60)
    next.live(DECISIONS_AFTER, maxSteps)
    const again = left.crash(seed + 1)
    this.#reopened(again, next.expectation(), `${kind}, work, crash`)
  }

  #reopened(left: SimulatedDisk, expectation: Expectation, what: string): { store: LogStore; model: Model } {
    const opened = tryOpen(left)
    this.recoveries += 1
    if (opened instanceof Error) throw this.#mismatch(what, opened.message)
    const found = recognise(opened.recovered, expectation)
    if (typeof found === 'string') throw this.#mismatch(what, found)
    for (const note of opened.recovered.notes) this.#count(note.includes('was removed at offset') ? 'torn tail cut' : noteKind(note))
    if (expectation.models.length > 1)
      this.#count(found.entries === expectation.models[0]?.entries ? 'write under way absent' : 'write under way whole')
    return { store: opened.store, model: found }
  }

  #mismatch(what: string, problem: string): Mismatch {
    const trace = this.#disk.trace.slice(-TRACE_LINES).join('\n  ')
    return new Mismatch(`${what} after operation ${this.operations}: ${problem}\n  ${trace}`)
  }
}

function noteKind(note: string): string {
  return /installation .* was finished/.test(note) ? 'interrupted install finished' : `note: ${note}`
}
