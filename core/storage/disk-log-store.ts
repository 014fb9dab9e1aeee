// storage: the store on a disk. Orders appends, seals, snapshots, purges and the end; dies at the first failure. PURE.
//
//   append, idle seal, install and reset records: one after the other through the LogWriter
//   snapshots: written beside that, and given their name once the entries up to their index are durable; then the purge
//   care of the disk (disk-care.ts), if asked for: driven by ticks, beside all that
//
//   open --first failed write or sync--> dead (every call reports the failure) --close--> closed

import type { Entry, PersistBatch, SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import { assert } from '../support/assert.ts'
import type { Disk, Done } from './disk.ts'
import { type CareOptions, DiskCare, type StoreUnderCare } from './disk-care.ts'
import { LOG_FOLDER, RecordType, segmentPath } from './log-format.ts'
import type { SegmentInfo } from './log-recovery.ts'
import type { LogStore, LogStoreStatus } from './log-store.ts'
import type { LogWriter } from './log-writer.ts'
import { encodeHardState } from './messages.ts'
import { segmentsToPurge } from './purge.ts'
import type { OpenMark, RecoveryMark } from './recovery-mark.ts'
import type { SegmentFiles } from './segment-files.ts'
import { snapshotPath } from './snapshot-format.ts'
import { DAMAGED_SUFFIX, type SnapshotStore } from './snapshot-store.ts'
import type { PendingWork, StallListener, StallMonitor } from './stall-monitor.ts'
import { eachInTurn, inTurn, letGo } from './steps.ts'
import { diskFailure, isShortage, SnapshotSourceError } from './storage-error.ts'
import type { StorageObserver } from './storage-observer.ts'

const NO_ENTRIES: readonly Entry[] = []
const NOTHING: Buffer = Buffer.alloc(0)

/** A snapshot that is written and waits until the entries up to its index are durable. */
interface Gate {
  readonly index: number
  readonly done: Done
}

/** Whether a snapshot could not be written for a reason that leaves the log as good as it was. */
function isHarmless(error: Error): boolean {
  return isShortage(error) || error instanceof SnapshotSourceError || ZoariumError.is(error, 'ERR_CLOSED')
}

export class DiskLogStore implements LogStore, StoreUnderCare, StallListener {
  readonly #disk: Disk
  readonly #writer: LogWriter
  readonly #files: SegmentFiles
  readonly #snapshots: SnapshotStore
  readonly #mark: OpenMark
  #failure: Error | null = null
  #closing = false
  #closed = false
  readonly #closers: Done[] = []
  #appendDone: Done | null = null
  /** Index of the first entry of the append under way; meaningless without one. */
  #appendFrom = 0
  /** What waits for the write under way. */
  readonly #held: (() => void)[] = []
  #gate: Gate | null = null
  #savingSnapshot = false
  /** Snapshots of a leader that are being installed, or wait to be. */
  #installs = 0
  #heldInstall: (() => void) | null = null
  /** Who waits until the snapshots are moved aside, which waits for one that is being written. */
  #heldDistrust: Done | null = null
  readonly #onAppended: Done = (error) => this.#appended(error)
  readonly #append: PendingWork = { what: 'append to the log', sinceMs: 0 }
  #stalls: StallMonitor | null = null
  #care: DiskCare | null = null
  #observer: StorageObserver | null = null

  constructor(disk: Disk, writer: LogWriter, files: SegmentFiles, snapshots: SnapshotStore, mark: OpenMark) {
    this.#disk = disk
    this.#writer = writer
    this.#files = files
    this.#snapshots = snapshots
    this.#mark = mark
  }

  get mark(): RecoveryMark | null {
    return this.#mark.current
  }

  recoveryDone(done: Done): void {
    const refusal = this.#refusal()
    if (refusal !== null) {
      done(refusal)
      return
    }
    this.#mark.remove((error) => done(error === null ? null : this.#fail('removing the recovery mark', error)))
  }

  get failure(): Error | null {
    return this.#failure
  }

  /** Lets the disk be looked after. */
  careFor(options: CareOptions, stalls: StallMonitor): void {
    const care = new DiskCare(this.#disk, options, stalls, this)
    this.#stalls = stalls
    this.#care = care
    stalls.listen(this)
    this.#snapshots.onMovedAside = (path, to) => care.movedAside(path, to)
    this.#snapshots.onDamage = (index, damage) => {
      care.found({ path: snapshotPath(index), offset: -1, firstIndex: 1, lastIndex: index, problem: damage.message })
    }
  }

  tick(nowMs: number): void {
    this.#care?.tick(nowMs)
  }

  observe(observer: StorageObserver): void {
    this.#observer = observer
    if (this.#failure !== null) observer.failed(this.#failure)
  }

  append(batch: PersistBatch, done: Done): void {
    const refusal = this.#refusal()
    if (refusal !== null) {
      done(refusal)
      return
    }
    assert(this.#appendDone === null, 'one append at a time')
    if (batch.hardState === null && batch.entries.length === 0) {
      done(null)
      return
    }
    this.#appendDone = done
    this.#appendFrom = batch.entries[0]?.index ?? this.#writer.durableIndex + 1
    this.#stalls?.begin(this.#append)
    if (this.#writer.busy) this.#held.push(() => this.#startAppend(batch))
    else this.#startAppend(batch)
  }

  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void {
    if (this.#installs > 0) {
      // It would be older than the one that takes its place.
      letGo(chunks)
      done(new ZoariumError('ERR_STORAGE', `snapshot ${meta.index} is not needed: a leader's is being installed`))
      return
    }
    this.#takeSnapshot(meta, chunks, done, [
      (next) => this.#whenDurable(meta.index, next),
      (next) => this.#snapshots.publish(meta.index, next),
    ])
  }

  installSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void {
    this.#installs += 1
    const ended: Done = (error) => {
      this.#installs -= 1
      done(error)
    }
    // One of this server's own may be under way: it is written to its end first.
    if (this.#savingSnapshot) this.#heldInstall = () => this.#install(meta, chunks, ended)
    else this.#install(meta, chunks, ended)
  }

  #install(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void {
    this.#takeSnapshot(meta, chunks, done, [
      (next) => this.#record(RecordType.install, meta, next),
      (next) => this.#snapshots.publish(meta.index, next),
      (next) => this.#record(RecordType.reset, meta, next),
      (next) => this.#mark.installed(meta.index, next),
    ])
  }

  distrustSnapshots(done: Done): void {
    this.#snapshots.cancel()
    if (this.#savingSnapshot) this.#heldDistrust = done
    else this.#snapshots.moveAllAside(done)
  }

  idle(): void {
    if (this.#refusal() !== null || this.#writer.busy || this.#writer.sealed) return
    this.#writer.seal((error) => {
      if (error !== null) this.#fail('sealing the log', error)
      this.#next()
    })
  }

  status(): LogStoreStatus {
    const { segments, durableIndex } = this.#writer
    let logBytes = this.#files.spareBytes + this.#files.reserve.bytes
    for (const segment of segments) logBytes += segment.fileBytes
    return {
      durableIndex,
      segmentCount: segments.length,
      logBytes,
      snapshots: this.#snapshots.indices,
      shortage: this.#files.shortage,
      care: this.#care?.status ?? null,
    }
  }

  close(done: Done): void {
    if (this.#closed) {
      done(this.#failure)
      return
    }
    this.#closers.push(done)
    if (this.#closing) return
    this.#closing = true
    this.#care?.stop()
    this.#snapshots.cancel()
    this.#openGate()
    this.#closeWhenQuiet()
  }

  /** A failure outside any call: the next call reports it. */
  failed(error: Error): void {
    this.#fail('preparing a log segment', error)
  }

  // What the care of the disk needs

  get files(): SegmentFiles {
    return this.#files
  }

  get snapshots(): SnapshotStore {
    return this.#snapshots
  }

  get segments(): readonly SegmentInfo[] {
    return this.#writer.segments
  }

  get appending(): boolean {
    return this.#writer.busy
  }

  get savingSnapshot(): boolean {
    return this.#savingSnapshot
  }

  get observer(): StorageObserver | null {
    return this.#observer
  }

  fail(what: string, error: Error): void {
    this.#fail(what, error)
  }

  quiet(): void {
    if (this.#closing) this.#closeWhenQuiet()
  }

  stalled(what: string, pendingMs: number): void {
    this.#observer?.stalled(what, pendingMs)
  }

  stallEnded(what: string, totalMs: number): void {
    this.#observer?.stallEnded(what, totalMs)
  }

  #refusal(): Error | null {
    if (this.#failure !== null) return this.#failure
    return this.#closing ? new ZoariumError('ERR_CLOSED', 'log store') : null
  }

  #fail(what: string, error: Error): Error {
    if (this.#failure !== null) return this.#failure
    const failure = diskFailure(this.#disk, what, error)
    this.#failure = failure
    this.#care?.stop()
    this.#observer?.failed(failure)
    return failure
  }

  // Log

  #startAppend(batch: PersistBatch): void {
    if (this.#failure !== null) {
      this.#onAppended(this.#failure)
      return
    }
    const hardState = batch.hardState === null ? null : encodeHardState(batch.hardState)
    this.#writer.append(hardState, batch.entries.length === 0 ? NO_ENTRIES : batch.entries, this.#onAppended)
  }

  #appended(error: Error | null): void {
    const done = this.#appendDone
    this.#appendDone = null
    this.#stalls?.end(this.#append)
    // A store that died meanwhile acknowledges nothing, even what reached the disk.
    const failure = error === null ? this.#failure : this.#fail('writing the log', error)
    this.#next()
    done?.(failure)
  }

  /** Goes on with what waited for the write that has just ended. */
  #next(): void {
    this.#openGate()
    this.#held.shift()?.()
    if (this.#closing) this.#closeWhenQuiet()
  }

  #record(type: RecordType, meta: SnapshotMeta, done: Done): void {
    if (this.#writer.busy) {
      this.#held.push(() => this.#record(type, meta, done))
      return
    }
    if (this.#failure !== null) {
      done(this.#failure)
      return
    }
    assert(this.#appendDone === null, 'no append while a snapshot is installed')
    this.#writer.control(type, meta.index, meta.term, NOTHING, (error) => {
      if (error !== null) this.#fail('writing the log', error)
      done(error)
      this.#next()
    })
  }

  // Snapshots

  #takeSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done, place: readonly ((next: Done) => void)[]): void {
    const refusal = this.#refusal()
    if (refusal !== null) {
      letGo(chunks)
      done(refusal)
      return
    }
    assert(!this.#savingSnapshot, 'one snapshot at a time')
    assert(meta.index > 0, 'a snapshot holds at least one entry')
    this.#savingSnapshot = true
    this.#snapshots.write(meta, chunks, (error) => {
      if (error !== null) {
        if (!isHarmless(error)) this.#fail(`writing snapshot ${meta.index}`, error)
        this.#endSnapshot(error, done)
        return
      }
      inTurn([...place, (next) => this.#purge(next)], (placeError) => {
        if (placeError !== null && !ZoariumError.is(placeError, 'ERR_CLOSED')) this.#fail(`placing snapshot ${meta.index}`, placeError)
        this.#endSnapshot(placeError, done)
      })
    })
  }

  #endSnapshot(error: Error | null, done: Done): void {
    this.#savingSnapshot = false
    this.#care?.snapshotEnded()
    // As with appends: a store that died meanwhile acknowledges nothing.
    done(this.#failure ?? (error === null ? null : diskFailure(this.#disk, 'saving a snapshot', error)))
    const held = this.#heldInstall
    const distrust = this.#heldDistrust
    this.#heldInstall = null
    this.#heldDistrust = null
    if (distrust !== null) this.#snapshots.moveAllAside(distrust)
    else held?.()
    if (this.#closing) this.#closeWhenQuiet()
  }

  #whenDurable(index: number, done: Done): void {
    this.#gate = { index, done }
    this.#openGate()
  }

  /** Entries up to here are durable, and no append under way overwrites them. */
  #settledIndex(): number {
    const { durableIndex } = this.#writer
    return this.#appendDone === null ? durableIndex : Math.min(durableIndex, this.#appendFrom - 1)
  }

  #openGate(): void {
    const gate = this.#gate
    if (gate === null) return
    const isDurable = this.#settledIndex() >= gate.index
    if (this.#failure === null && !this.#closing && !isDurable) return
    this.#gate = null
    if (isDurable && this.#failure === null) {
      gate.done(null)
      return
    }
    const reason = this.#failure ?? new ZoariumError('ERR_CLOSED', `snapshot ${gate.index}`)
    this.#snapshots.discard(gate.index, () => gate.done(reason))
  }

  /** Removes what the newest two whole snapshots make superfluous: older segments first, then older snapshots. */
  #purge(done: Done): void {
    this.#snapshots.verify((error, floor) => {
      if (error !== null || floor === undefined || floor === 0) {
        done(error)
        return
      }
      inTurn([(next) => this.#purgeLog(floor, next), (next) => this.#snapshots.removeBelow(floor, next)], (purgeError) => {
        if (purgeError === null) this.#files.roomWasMade()
        done(purgeError)
      })
    })
  }

  /** Oldest first, each one durably gone before the next: what is left is always the log's end without a gap. */
  #purgeLog(floor: number, done: Done): void {
    const old = segmentsToPurge(this.#writer.segments, floor)
    const last = old.at(-1)
    if (last === undefined) {
      done(null)
      return
    }
    this.#writer.dropSegmentsBelow(last.number + 1)
    const remove = (number: number, next: Done): void => {
      inTurn([(gone) => this.#removeSegment(number, gone), (synced) => this.#disk.syncFolder(LOG_FOLDER, synced)], next)
    }
    eachInTurn(old, (segment, next) => remove(segment.number, next), done)
  }

  /** A damaged one is moved aside. */
  #removeSegment(number: number, done: Done): void {
    const care = this.#care
    const path = segmentPath(number)
    if (care === null || !care.isDamaged(path)) {
      this.#disk.remove(path, done)
      return
    }
    const aside = path + DAMAGED_SUFFIX
    this.#disk.rename(path, aside, (error) => {
      if (error === null) care.movedAside(path, aside)
      done(error)
    })
  }

  // End

  #closeWhenQuiet(): void {
    if (this.#care?.busy === true) return
    if (this.#closed || this.#writer.busy || this.#savingSnapshot || this.#held.length > 0 || this.#appendDone !== null) return
    this.#closed = true
    const seal = (next: Done): void => {
      if (this.#failure !== null || this.#writer.sealed) next(null)
      else this.#writer.seal(next)
    }
    const tolerant = (step: (next: Done) => void, next: Done): void => {
      step((error) => {
        if (error !== null) this.#fail('closing the log', error)
        next(null)
      })
    }
    const steps: readonly ((next: Done) => void)[] = [
      seal,
      (next) => this.#files.close(next),
      (next) => this.#writer.closeFile(next),
      (next) => this.#disk.unlock(next),
    ]
    eachInTurn(steps, tolerant, () => {
      for (const done of this.#closers.splice(0)) done(this.#failure)
    })
  }
}
