// One seed of the fault campaign: the lives of one data directory under a random mix of faults, and what must hold throughout.
//
//   open --refused--> put the damage right, open again
//    |   --failed by a fault--> restart, open again
//    v
//   compare with the model -> work -> [close] -> crash or kill -> damage at rest -> open ...
//
// What must hold:
//   - what was acknowledged, and what an opening has shown, is there after every restart; nothing else is, and no batch by halves
//   - an opening is refused only when something is damaged or an operation failed; a refusal changes nothing on the disk
//   - after a failed write, sync or other operation the store is dead: it acknowledges nothing, and nothing is synced again
//   - what was acknowledged may be missing only within the window that log-window.ts computes; each time is counted
import type { LogStore } from '../../../core/storage/log-store.ts'
import { openLogStore } from '../../../core/storage/open-log-store.ts'
import { SeededRandom } from '../../../core/support/random.ts'
import { DiskFaults, type DrawnFault, type OperationFault } from '../simulated-disk/disk-faults.ts'
import { SimulatedDisk } from '../simulated-disk.ts'
import { doing, StoreLife, tryOpen } from '../store-life.ts'
import { appended, EMPTY_MODEL, type Expectation, lastIndex, type Model, recognise } from '../store-model.ts'
import { chooseSector, type Damage, damage, exchange, isThere, type RandomDamage, undo } from './damage.ts'
import { batchesInWindow, batchesOf, batchOfWrite } from './log-window.ts'

/** What can go wrong; crashes and kills always do. */
export const FAULT_CLASSES = ['fsync', 'write', 'short', 'failing', 'stall', 'full', 'rot', 'unreadable', 'foreign'] as const
export type FaultClass = (typeof FAULT_CLASSES)[number]

export interface SeedOutcome {
  /** What did not hold, `null` if all did. */
  readonly failure: string | null
  readonly counts: Readonly<Record<string, number>>
  /** What happened, to the last line before the failure. */
  readonly story: readonly string[]
}

/** Operations that a life makes before the end comes, at most. */
const MAX_STEPS = 260
const SEGMENT_SIZES = [2048, 4096, 4096, 8192]
const RATES: Readonly<Record<OperationFault, number>> = { fsync: 1 / 60, write: 1 / 120, short: 1 / 120, failing: 1 / 150, stall: 1 / 60 }
const UNLIMITED = Number.MAX_SAFE_INTEGER
const CONTROL_RECORD = 4
const SEAL_RECORD = 4
const RESET_RECORD = 6

class Violation extends Error {
  override readonly name = 'Violation'
}

export function faultSeed(seed: number, only: readonly FaultClass[] | null): SeedOutcome {
  const one = new FaultSeed(seed, only)
  let failure: string | null = null
  try {
    one.run()
  } catch (error) {
    failure = error instanceof Violation ? error.message : `${error instanceof Error ? error.stack : error}`
  }
  return { failure, counts: one.counts, story: one.story() }
}

class FaultSeed {
  readonly #random: SeededRandom
  readonly #classes: ReadonlySet<FaultClass>
  readonly #faults: DiskFaults
  readonly #sizes: { readonly firstSegmentBytes: number; readonly maxSegmentBytes: number }
  #disk: SimulatedDisk
  #expectation: Expectation = { models: [EMPTY_MODEL], saving: 0, olderSnapshots: false }
  #life: StoreLife | null = null
  /** Index of the newest snapshot that may ever have been published: entries up to there are never overwritten. */
  #committed = 0
  /** What lies damaged since the last opening that succeeded (log) or until it is written over (snapshots). */
  #damages: Damage[] = []
  /** Whether an opening that came to nothing may have set the newest snapshot aside, or could not read it. */
  #olderSnapshots = false
  /** What may be found instead of the acknowledged state, and how many batches that is less. */
  #window: { readonly models: readonly Model[]; readonly batches: string } | null = null
  /** The state after each batch of the log; two while a snapshot is being installed, for it may have taken its place. */
  readonly #modelsAfter = new Map<number, readonly Model[]>([[0, [EMPTY_MODEL]]])
  #lastSequence = 0
  /** Type of the last record of the log. */
  #lastType = SEAL_RECORD
  /** Whether the last process ended in good order, and nothing has happened to the disk since. */
  #closedWell = false
  /** The log of another history that began like this one. */
  #twinFiles: ReadonlyMap<string, Buffer> = new Map()
  /** Nothing fails any more. */
  #calm = false
  readonly counts: Record<string, number> = {}
  readonly #story: string[] = []
  #told = 0

  constructor(seed: number, only: readonly FaultClass[] | null) {
    const random = new SeededRandom(seed)
    this.#random = random
    this.#classes = new Set(only ?? FAULT_CLASSES.filter(() => random.below(2) === 0))
    const rates: Partial<Record<OperationFault, number>> = {}
    for (const fault of ['fsync', 'write', 'short', 'failing', 'stall'] as const) if (this.#classes.has(fault)) rates[fault] = RATES[fault]
    this.#faults = new DiskFaults(random.below(2 ** 31), rates)
    const firstSegmentBytes = SEGMENT_SIZES[random.below(SEGMENT_SIZES.length)] ?? 4096
    this.#sizes = { firstSegmentBytes, maxSegmentBytes: firstSegmentBytes * 4 }
    const aftermath = random.below(2) === 0 ? 'kept in memory' : 'reverted'
    this.#disk = new SimulatedDisk(random.below(2 ** 31), { faults: this.#faults, aftermath })
    this.#tell(
      `faults: ${[...this.#classes].join(', ') || 'none'}; failed syncs are ${aftermath}; segments from ${firstSegmentBytes} bytes`,
    )
  }

  run(): void {
    for (let lives = 3 + this.#random.below(5); lives > 0; lives--) {
      const twins = this.#classes.has('foreign') && this.#random.below(3) === 0
      if (!twins || !this.#liveAsTwins()) this.#live(this.#open())
      this.#end()
      if (this.#random.below(3) === 0) this.#damage()
    }
    this.#finale()
  }

  story(): string[] {
    this.#tellOperations()
    return this.#story
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  #tell(line: string): void {
    this.#tellOperations()
    this.#story.push(line)
  }

  #tellOperations(): void {
    for (; this.#told < this.#disk.trace.length; this.#told++) this.#story.push(`    ${this.#disk.trace[this.#told]}`)
  }

  #become(disk: SimulatedDisk, how: string): void {
    this.#checkDeeds()
    this.#tell(how)
    this.#disk = disk
    this.#told = 0
  }

  /** What the process did to the disk, and the store to its caller, that they must never do. */
  #checkDeeds(): void {
    const misdeed = this.#disk.misdeeds[0] ?? this.#life?.misdeeds[0]
    if (misdeed !== undefined) throw new Violation(misdeed)
  }

  /** Faults of operations since `from`, without those that only take time. */
  #failed(from: number): DrawnFault[] {
    return this.#faults.drawn.slice(from).filter(({ fault }) => fault !== 'stall')
  }

  // Opening

  /** Opens the store, as often as it takes. */
  #open(): { store: LogStore; model: Model } {
    for (let attempt = 1; ; attempt++) {
      this.#faults.armed = attempt < 5 && !this.#calm
      // Most of all while a torn write is mended.
      this.#faults.factor = attempt < 3 && this.#expectation.models.length > 1 ? 12 : 4
      if (this.#random.below(8) === 0) {
        this.#interruptOpening()
        continue
      }
      const found = this.#tryOpen()
      if (found !== null) {
        this.#faults.armed = !this.#calm
        this.#faults.factor = 1
        return found
      }
      if (attempt > 20) throw new Violation('cannot be opened at all')
      this.#become(this.#random.below(4) > 0 ? this.#disk.kill(this.#seed()) : this.#disk.crash(this.#seed()), 'restart')
    }
  }

  #seed(): number {
    return this.#random.below(2 ** 31)
  }

  #watchOpening(): number[] {
    const sequences: number[] = []
    this.#disk.onDurableWrite = (path, position, bytes) => {
      const batch = batchOfWrite(path, position, bytes)
      if (batch !== null && batch.lastType >= CONTROL_RECORD && batch.offset + batch.bytes === position + bytes.length)
        sequences.push(batch.sequence)
    }
    return sequences
  }

  /** An opening passes over a snapshot that is damaged or cannot be read since `drawn`; what it has set aside is not there for the next one. */
  #noteSnapshots(drawn: number): void {
    const damaged = this.#damages.some((one) => one.path.startsWith('snapshots/') && isThere(this.#disk, one))
    if (damaged || this.#failed(drawn).some(({ what }) => what.startsWith('read '))) this.#olderSnapshots = true
  }

  #interruptOpening(): void {
    this.#count('opening interrupted')
    this.#closedWell = false
    const drawn = this.#faults.drawn.length
    this.#noteSnapshots(drawn)
    this.#watchOpening()
    openLogStore(this.#disk, this.#sizes, () => {})
    for (let steps = this.#random.below(40); steps > 0 && !this.#disk.idle; steps--) this.#disk.step()
    this.#noteSnapshots(drawn)
    this.#afterChangingOpening()
    const crash = this.#random.below(2) === 0
    this.#become(crash ? this.#disk.crash(this.#seed()) : this.#disk.kill(this.#seed()), `opening ends by a ${crash ? 'crash' : 'kill'}`)
  }

  /** An opening that writes has read the log and found it right: damage there excuses no later refusal. */
  #afterChangingOpening(): void {
    const wrote = this.#disk.trace.some((what) => what.startsWith('write ') || what.startsWith('remove '))
    if (wrote) this.#damages = this.#damages.filter(({ path }) => !path.startsWith('log/'))
  }

  /** `null` when the opening failed for a reason that excuses it. */
  #tryOpen(): { store: LogStore; model: Model } | null {
    const drawn = this.#faults.drawn.length
    const passedOverBefore = this.#olderSnapshots
    this.#noteSnapshots(drawn)
    const damaged = this.#damages.filter((one) => isThere(this.#disk, one))
    const image = damaged.length > 0 ? this.#disk.image() : ''
    if (this.#disk.hasStale) this.#count('opened over stale memory')
    const sequences = this.#watchOpening()
    const outcome = tryOpen(this.#disk, this.#sizes)
    const failed = this.#failed(drawn)
    this.#noteSnapshots(drawn)
    this.#checkDeeds()
    if (outcome instanceof Error) {
      this.#tell(`opening fails: ${outcome.message}`)
      this.#closedWell = false
      if (this.#excuse(outcome, failed, damaged, image) === 'refused') this.#olderSnapshots = passedOverBefore
      return null
    }
    const { store, recovered } = outcome
    for (const note of recovered.notes) {
      this.#count(noteKind(note))
      // Bytes behind the log's end that went bad or cannot be read look like a write that never ended, and are made zero: that loses nothing.
      const wentBad = damaged.some(({ path }) => note.includes(path)) || failed.some(({ what }) => what.startsWith('read '))
      if (this.#closedWell && !wentBad && noteKind(note) === TORN) throw new Violation(`cut after an orderly end: ${note}`)
    }
    this.#closedWell = false
    const model = this.#compare(recovered, { ...this.#expectation, olderSnapshots: this.#olderSnapshots })
    this.#olderSnapshots = false
    // Batches that nobody heard of, of a write under way or an opening that came to nothing, and those of this opening.
    const last = sequences.at(-1) ?? this.#lastSequence
    for (let sequence = Math.min(this.#lastSequence + 1, sequences[0] ?? 0); sequence <= last; sequence++)
      this.#modelsAfter.set(sequence, [model])
    this.#lastSequence = last
    this.#lastType = SEAL_RECORD
    this.#damages = this.#damages.filter(({ path }) => !path.startsWith('log/'))
    this.#window = null
    this.#count('opening')
    this.#tell(
      `opened: snapshot ${recovered.snapshot?.meta.index ?? 0}, last entry ${lastIndex(model)}${recovered.notes.map((note) => `; ${note}`).join('')}`,
    )
    return { store, model }
  }

  #compare(recovered: Parameters<typeof recognise>[0], expectation: Expectation): Model {
    const found = recognise(recovered, expectation)
    if (typeof found !== 'string') {
      if (expectation.models.length > 1)
        this.#count(found.entries === expectation.models[0]?.entries ? 'unacknowledged batch absent' : 'unacknowledged batch whole')
      return found
    }
    const window = this.#window
    const lost = window === null ? found : recognise(recovered, { ...expectation, models: window.models })
    if (typeof lost === 'string') throw new Violation(`opened with ${found}${window === null ? '' : `, and in the window with ${lost}`}`)
    this.#count(`WINDOW: ${window?.batches}`)
    return lost
  }

  /** Why the opening may fail; a violation if it may not. */
  #excuse(error: Error, failed: readonly DrawnFault[], damaged: readonly Damage[], image: string): 'fault' | 'no room' | 'refused' {
    this.#afterChangingOpening()
    if (failed.length > 0) {
      this.#count('opening failed by a fault')
      return 'fault'
    }
    if (error.message.includes('ENOSPC')) {
      if (this.#disk.capacityBytes === UNLIMITED) throw new Violation(`no room where there is room: ${error.message}`)
      this.#disk.capacityBytes = UNLIMITED
      this.#count('opening failed for lack of room')
      return 'no room'
    }
    if (damaged.length === 0) throw new Violation(`refused without a cause: ${error.message}`)
    if (this.#isOneSnapshot(damaged)) throw new Violation(`refused for one snapshot, though another is there: ${error.message}`)
    if (this.#disk.image() !== image) throw new Violation(`a refusal has changed the disk: ${error.message}`)
    this.#count('REFUSAL')
    // In reverse: two may have hit one sector.
    for (const one of this.#damages.reverse()) undo(this.#disk, one)
    this.#damages = []
    this.#window = null
    this.#tell('damage put right')
    return 'refused'
  }

  /** Whether all that is damaged is one snapshot, and another one or the whole log can stand in for it: two whole ones are always kept. */
  #isOneSnapshot(damaged: readonly Damage[]): boolean {
    const paths = new Set(damaged.map(({ path }) => path))
    const match = /^snapshots\/(\d+)\.snap$/.exec([...paths][0] ?? '')
    if (paths.size !== 1 || match === null) return false
    // One that could not be read at an earlier opening was set aside then, and does not stand in any more.
    if (this.#disk.paths().some((path) => path.startsWith('snapshots/') && path.includes('.damaged-'))) return false
    return this.#expectation.models.every(({ base, snapshots }) => {
      const others = snapshots.filter((index) => index !== Number(match[1]) && index >= base)
      return others.length > 0 || (base === 0 && snapshots.length <= 1)
    })
  }

  // Work

  /** A life without faults, and beside it the same one with other payloads on a copy of the disk. */
  #liveAsTwins(): boolean {
    this.#faults.armed = false
    const seed = this.#seed()
    const [one, other] = [this.#disk.kill(seed), this.#disk.kill(seed)]
    this.#become(one, 'twins')
    const opened = this.#tryOpen()
    const twin = tryOpen(other, this.#sizes)
    this.#faults.armed = true
    if (opened === null || twin instanceof Error) return false
    this.#faults.armed = false
    const lifeSeed = this.#seed()
    const life = this.#begin(opened, lifeSeed)
    const twinLife = new StoreLife(other, twin.store, opened.model, lifeSeed, this.#committed, 1)
    life.live(60, Number.POSITIVE_INFINITY)
    twinLife.live(60, Number.POSITIVE_INFINITY)
    this.#faults.armed = true
    this.#twinFiles = new Map(other.paths().map((path) => [path, Buffer.from(other.content(path).seen)]))
    this.#count('twins')
    return true
  }

  #begin({ store, model }: { store: LogStore; model: Model }, seed: number): StoreLife {
    const disk = this.#disk
    const life = new StoreLife(disk, store, model, seed, this.#committed)
    this.#life = life
    life.onDeed = (deed) => this.#count(deed)
    disk.onDurableWrite = (path, position, bytes) => this.#written(life, path, position, bytes)
    return life
  }

  #live(opened: { store: LogStore; model: Model }): void {
    const { store } = opened
    const disk = this.#disk
    const life = this.#begin(opened, this.#seed())
    const drawn = this.#faults.drawn.length
    if (this.#classes.has('full') && this.#random.below(2) === 0) {
      disk.capacityBytes = disk.usedBytes + this.#random.below(40_000)
      this.#tell(`room for ${disk.capacityBytes} bytes`)
    }
    const limit = disk.steps + 20 + this.#random.below(MAX_STEPS)
    for (let part = 0; part < 3 && disk.steps < limit; part++) {
      life.live(4 + this.#random.below(16), limit)
      if (store.status().shortage !== null) this.#count('shortage shown')
      if (this.#random.below(4) === 0) disk.evict()
      if (part === 1 && this.#random.below(2) === 0) disk.capacityBytes = UNLIMITED
    }
    this.#checkDeeds()
    if (disk.idle && store.failure === null) {
      if (life.sealDue && this.#lastType !== SEAL_RECORD) throw new Violation('the log is idle and not sealed')
      const survived = this.#failed(drawn).find(({ what }) => !MAY_FAIL.test(what))
      if (survived !== undefined) throw new Violation(`"${survived.what}" failed (${survived.fault}), and the store lives on`)
    }
    if (this.#random.below(3) === 0) this.#stopInTheMiddle(life)
    if (store.failure !== null)
      this.#count(store.failure.message.includes('ENOSPC') ? 'store died for lack of room' : 'store died of a fault')
  }

  /** Lets the life end at a delicate moment. */
  #stopInTheMiddle(life: StoreLife): void {
    const disk = this.#disk
    life.venture()
    const stop = STOPS[this.#random.below(STOPS.length)]
    for (let steps = 1 + this.#random.below(40); steps > 0 && !disk.idle; steps--) {
      disk.step()
      if (stop?.test(disk.trace.at(-1) ?? '') === true) return
    }
  }

  #written(life: StoreLife, path: string, position: number, bytes: Buffer): void {
    const batch = batchOfWrite(path, position, bytes)
    if (batch === null) return
    const { acknowledged, appending, installing } = life
    let after = [acknowledged]
    if (batch.lastType < CONTROL_RECORD && appending !== null) after = [appended(acknowledged, appending)]
    else if (installing !== null) after = batch.lastType === RESET_RECORD ? [installing] : [acknowledged, installing]
    this.#modelsAfter.set(batch.sequence, after)
    this.#lastSequence = batch.sequence
    this.#lastType = batch.lastType
  }

  #end(): void {
    const life = this.#life
    if (life === null) return
    const { store } = life
    if (this.#random.below(3) === 0) {
      const error = doing(this.#disk, (done) => store.close(done))
      this.#closedWell = error === null
      this.#count(error === null ? 'closed' : 'closed with an error')
      this.#tell(`closed: ${error?.message ?? 'well'}`)
      if (error !== store.failure) throw new Violation(`close reports ${error}, the store ${store.failure}`)
      if (error === null && this.#lastType !== SEAL_RECORD) throw new Violation('closed and not sealed')
      if (error === null && (life.appending !== null || life.installing !== null)) throw new Violation('closed with an append under way')
    }
    this.#expectation = life.expectation()
    this.#committed = Math.max(this.#committed, life.acknowledged.snapshots[0] ?? 0, life.savingSnapshot, life.installing?.base ?? 0)
    const crash = this.#random.below(2) === 0
    this.#count(crash ? 'crash' : 'kill')
    this.#become(crash ? this.#disk.crash(this.#seed()) : this.#disk.kill(this.#seed()), crash ? 'CRASH' : 'KILL')
    this.#life = null
    if (this.#random.below(2) === 0) this.#disk.evict()
  }

  // Damage

  #damage(): void {
    const kinds: RandomDamage[] = []
    if (this.#classes.has('rot')) kinds.push('flipped bit', 'sector of zeros', 'sector of zeros', 'sector of garbage')
    if (this.#classes.has('unreadable')) kinds.push('unreadable sector')
    const disk = this.#disk
    this.#closedWell = false
    disk.evict()
    if (this.#exchangeFile() || kinds.length === 0) return
    const batches = batchesOf(disk)
    for (let i = 1 + this.#random.below(3); i > 0; i--) {
      const place = chooseSector(disk, this.#random)
      const kind = kinds[this.#random.below(kinds.length)]
      if (place === null || kind === undefined) continue
      const done = damage(disk, place.path, place.sector, kind, this.#random)
      if (done === null) continue
      this.#damages.push(done)
      this.#count(`damage: ${kind}`)
      this.#tell(`damage: ${kind} ${place.sector} of ${place.path}`)
    }
    const inWindow = batchesInWindow(disk, batches, this.#lastSequence)
    if (inWindow > 0) this.#openWindow(batches.filter(({ sequence }) => sequence <= this.#lastSequence).slice(-inWindow))
  }

  #exchangeFile(): boolean {
    const exchanged = exchange(this.#disk, this.#twinFiles, this.#random)
    this.#twinFiles = new Map()
    if (exchanged.length === 0) return false
    this.#damages.push(...exchanged)
    this.#count('damage: file of another history')
    this.#tell(`damage: ${exchanged[0]?.path} of another history`)
    return true
  }

  #openWindow(batches: readonly { sequence: number; lastType: number }[]): void {
    const before = this.#modelsAfter.get((batches[0]?.sequence ?? 0) - 1)
    if (before === undefined) return
    const now = this.#expectation.models[0] ?? EMPTY_MODEL
    const models = before.map((model): Model => {
      const upTo = (indices: readonly number[]): number[] =>
        [...new Set(indices)].filter((index) => index <= lastIndex(model)).sort((a, b) => b - a)
      return { ...model, snapshots: upTo([...model.snapshots, ...now.snapshots]), passedOver: upTo(now.passedOver) }
    })
    const kinds = batches.map(({ lastType }) => (lastType < CONTROL_RECORD ? 'batch' : 'seal'))
    this.#window = { models, batches: kinds.join(' + ') }
    this.#tell(`may be taken for torn: ${kinds.join(' + ')} from ${batches[0]?.sequence} on`)
  }

  // The end of all

  /** With nothing going wrong any more, all is as it should be. */
  #finale(): void {
    this.#disk.capacityBytes = UNLIMITED
    this.#calm = true
    const { store, model } = this.#open()
    const life = new StoreLife(this.#disk, store, model, this.#seed(), this.#committed)
    this.#life = life
    this.#disk.onDurableWrite = () => {}
    life.live(12, Number.POSITIVE_INFINITY)
    life.snapshot()
    this.#disk.run()
    const error = doing(this.#disk, (done) => store.close(done))
    this.#checkDeeds()
    if (error !== null) throw new Violation(`without faults: ${error.message}`)
    this.#expectation = life.expectation()
    this.#become(this.#disk.crash(this.#seed()), 'the last crash')
    const last = this.#tryOpen()
    if (last === null) throw new Violation('without faults the store does not open')
  }
}

/** Operations after which an end is delicate: a name that is not durable, a segment that is ended and has no successor in use. */
const STOPS = [/^rename /, /^rename log/, /^close log.*\.log$/, null]

/** Operations whose failure leaves the store alive: cleaning up, and reading an older snapshot to see whether it is whole. */
const MAY_FAIL = /^remove .*\.tmp$|^read snapshots|^space/

const TORN = 'torn tail cut'

function noteKind(note: string): string {
  if (note.includes('was removed at offset')) return TORN
  if (note.startsWith('snapshot passed over')) return 'snapshot passed over'
  return /installation .* was finished/.test(note) ? 'interrupted install finished' : `note: ${note}`
}
