// storage: re-reads in idle time what lies on the disk and nobody reads: complete segments and snapshots, so that rot is found while memory still
// holds what is right. PURE.
//
//   waiting --a pass is due--> segments, oldest first --> snapshots, oldest first --> waiting
//
// A read takes place when its bytes are paid for at the given rate and no append is under way; under load that never pauses, once every few seconds.

import type { Disk, Got } from './disk.ts'
import { ForwardingDisk } from './forwarding-disk.ts'
import { segmentPath } from './log-format.ts'
import type { SegmentInfo } from './log-recovery.ts'
import { type SegmentEnd, type SegmentVerdict, SegmentVerifier } from './segment-verifier.ts'
import { SNAPSHOT_FOLDER, snapshotIndex, snapshotPath } from './snapshot-format.ts'
import { verifySnapshot } from './snapshot-reader.ts'
import type { FoundDamage } from './storage-observer.ts'

/** What there is to read, and who hears of it. */
export interface ScrubSource {
  /** Segments that are complete, in order. */
  readonly sealedSegments: readonly SegmentInfo[]
  /** Snapshots not known to be damaged. */
  readonly soundSnapshots: readonly number[]
  found(damage: FoundDamage): void
  /** The snapshot was read to its end and is whole. */
  verified(snapshot: number): void
}

/** What operators see. */
export interface ScrubStatus {
  /** Passes over everything that were finished. */
  readonly passes: number
  readonly bytesRead: number
}

/** A pass begins at most this often: a small store need not be read all the time. */
const PASS_EVERY_MS = 3_600_000
/** Without a pause between appends a read takes place this often all the same. */
const LONGEST_WAIT_MS = 10_000

/** Errors of a read that say something about the process or the system and nothing about the data. */
const SAY_NOTHING: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EINTR', 'EAGAIN'])

/** A disk whose reads wait until they may take place, and come from the disk itself where that can be had. */
class PacedDisk extends ForwardingDisk {
  /** Whether a read failed for want of something else than the data. */
  hindered = false
  #waiting: (() => void) | null = null
  #reading = false
  readonly #onBytes: (bytes: number) => void
  #stopped = false

  constructor(disk: Disk, onBytes: (bytes: number) => void) {
    super(disk)
    this.#onBytes = onBytes
  }

  get reading(): boolean {
    return this.#reading
  }

  override read(path: string, position: number, length: number, done: Got<Buffer>): void {
    this.#waiting = () => {
      this.#reading = true
      super.readUncached(path, position, length, (error, bytes) => {
        this.#reading = false
        this.#onBytes(length)
        if (error !== null && 'code' in error && SAY_NOTHING.has(error.code)) this.hindered = true
        if (!this.#stopped) done(error, bytes)
      })
    }
  }

  /** Lets the read that waits take place. */
  go(): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.()
  }

  /** Nothing calls back any more. */
  stop(): void {
    this.#stopped = true
    this.#waiting = null
  }
}

export class Scrubber {
  readonly #disk: Disk
  readonly #paced: PacedDisk
  readonly #bytesPerSecond: number
  readonly #source: ScrubSource
  readonly #onQuiet: () => void
  #credit = 0
  #lastTickMs = -1
  #waitingSinceMs = -1
  #nextPassMs = 0
  #running = false
  #listing = false
  #stopped = false
  #passes = 0
  #bytesRead = 0

  /** `bytesPerSecond` 0 = never reads. `onQuiet`: after `stop` the read that was under way has ended. */
  constructor(disk: Disk, bytesPerSecond: number, source: ScrubSource, onQuiet: () => void) {
    this.#disk = disk
    this.#bytesPerSecond = bytesPerSecond
    this.#source = source
    this.#onQuiet = onQuiet
    this.#paced = new PacedDisk(disk, (bytes) => {
      this.#credit -= bytes
      this.#bytesRead += bytes
      if (this.#stopped) this.#onQuiet()
    })
  }

  get status(): ScrubStatus {
    return { passes: this.#passes, bytesRead: this.#bytesRead }
  }

  /** Whether a read is under way. */
  get reading(): boolean {
    return this.#paced.reading || this.#listing
  }

  stop(): void {
    this.#stopped = true
    this.#paced.stop()
  }

  /** About every 50 ms; a monotonic clock in milliseconds, and whether the log is being written. */
  tick(nowMs: number, busy: boolean): void {
    if (this.#stopped || this.#bytesPerSecond === 0) return
    if (this.#lastTickMs >= 0) this.#earn(nowMs - this.#lastTickMs)
    else this.#nextPassMs = nowMs
    this.#lastTickMs = nowMs
    if (this.reading || this.#credit < 0) return
    if (this.#waitingSinceMs < 0) this.#waitingSinceMs = nowMs
    if (busy && nowMs - this.#waitingSinceMs < LONGEST_WAIT_MS) return
    this.#waitingSinceMs = -1
    if (this.#running) this.#paced.go()
    else if (nowMs >= this.#nextPassMs) this.#begin(nowMs)
  }

  /** A second's worth may be saved up, no more. */
  #earn(ms: number): void {
    this.#credit = Math.min(this.#bytesPerSecond, this.#credit + (Math.max(0, ms) * this.#bytesPerSecond) / 1000)
  }

  #begin(nowMs: number): void {
    this.#nextPassMs = nowMs + PASS_EVERY_MS
    this.#running = true
    this.#segments(null, 0)
  }

  /** Goes on with the first complete segment after `number`. What was purged meanwhile is not looked for. */
  #segments(before: SegmentEnd | null, number: number): void {
    const info = this.#source.sealedSegments.find((segment) => segment.number > number)
    if (info === undefined) {
      this.#snapshots(0)
      return
    }
    this.#paced.hindered = false
    const verifier = new SegmentVerifier(this.#paced, { ...info }, before, (verdict) => {
      const stillThere = this.#source.sealedSegments.some((segment) => segment.number === info.number)
      if (verdict.type !== 'whole' && stillThere && !this.#paced.hindered) this.#source.found(segmentDamage(info, verdict))
      this.#segments(verdict.type === 'whole' ? verdict.end : null, info.number)
    })
    verifier.start()
  }

  #snapshots(above: number): void {
    const index = Math.min(...this.#source.soundSnapshots.filter((snapshot) => snapshot > above))
    if (index === Number.POSITIVE_INFINITY) {
      this.#passes += 1
      this.#running = false
      return
    }
    this.#listing = true
    this.#disk.list(SNAPSHOT_FOLDER, (error, files) => {
      this.#listing = false
      if (this.#stopped) {
        this.#onQuiet()
        return
      }
      const bytes = files?.find((file) => snapshotIndex(file.name) === index)?.bytes
      this.#paced.hindered = error !== null
      // A file that is not there is no snapshot of no bytes: it is found to be damaged, unless it was purged meanwhile.
      verifySnapshot(this.#paced, index, bytes ?? 0, (damage) => {
        if (damage === null) this.#source.verified(index)
        else if (!this.#paced.hindered && this.#source.soundSnapshots.includes(index)) this.#source.found(snapshotDamage(index, damage))
        this.#snapshots(index)
      })
    })
  }
}

function segmentDamage(info: SegmentInfo, verdict: Exclude<SegmentVerdict, { type: 'whole' }>): FoundDamage {
  const place = { path: segmentPath(info.number), lastIndex: info.maxIndex }
  if (verdict.type === 'unread')
    return { ...place, offset: -1, firstIndex: 0, problem: `the file cannot be read (${verdict.error.message})` }
  return { ...place, offset: verdict.offset, firstIndex: verdict.firstIndex, problem: verdict.problem }
}

function snapshotDamage(index: number, damage: Error): FoundDamage {
  return { path: snapshotPath(index), offset: -1, firstIndex: 1, lastIndex: index, problem: damage.message }
}
