// storage: looks after the disk while the store works: room, reserve, stalls, scrubbing, and the files that were found damaged. PURE.
//
//   tick --every second--> free space? --> LowDisk: refuse or take client writes, ask for a snapshot, use or restore the reserve
//        ----------------> StallMonitor, Scrubber
//
// Lack of room is no failure here. Any other failed write or sync is the store's end, like everywhere.

import type { Disk, DiskSpace } from './disk.ts'
import type { SegmentInfo } from './log-recovery.ts'
import type { CareStatus } from './log-store.ts'
import { LowDisk, type RoomSeen } from './low-disk.ts'
import { Scrubber, type ScrubSource } from './scrubber.ts'
import type { SegmentFiles } from './segment-files.ts'
import { SNAPSHOT_FOLDER, snapshotIndex, snapshotPath } from './snapshot-format.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import type { StallMonitor } from './stall-monitor.ts'
import { isShortage } from './storage-error.ts'
import type { FoundDamage, StorageObserver } from './storage-observer.ts'

/** How the disk is looked after. */
export interface CareOptions {
  /** Free bytes below which client writes are refused; `null` = by the size of the disk and of the newest snapshot, 0 = never. */
  readonly lowBytes: number | null
  /** Bytes kept back for a full disk, at most a sixteenth of it; 0 = none. */
  readonly reserveBytes: number
  /** An operation that is pending for longer is reported. */
  readonly stallMs: number
  /** How fast what is at rest is read again; 0 = never. */
  readonly scrubBytesPerSecond: number
}

/** What the care needs of the store. */
export interface StoreUnderCare {
  readonly files: SegmentFiles
  readonly snapshots: SnapshotStore
  readonly segments: readonly SegmentInfo[]
  readonly appending: boolean
  readonly savingSnapshot: boolean
  readonly observer: StorageObserver | null
  /** A write or sync that nobody waited for has failed. */
  fail(what: string, error: Error): void
  /** Something that a closing store waits for may have ended. */
  quiet(): void
}

const LOOK_EVERY_MS = 1000
/** The reserve is made when a server has been up for a moment: a start has better to do. */
const RESERVE_AFTER_MS = 3000
const LARGEST_RESERVE_SHARE = 16
/** A segment is at most this part of the disk, and this part of the room above the low mark: many small steps towards the mark. */
const SEGMENT_SHARE = 64
const SEGMENT_STEPS = 4
/** Snapshots asked for to be rid of a damaged file; two that are whole do. */
const SNAPSHOTS_AGAINST_DAMAGE = 3

export class DiskCare implements ScrubSource {
  readonly #disk: Disk
  readonly #options: CareOptions
  readonly #stalls: StallMonitor
  readonly #store: StoreUnderCare
  readonly #room: LowDisk
  readonly #scrubber: Scrubber
  /** Damaged files by path. */
  readonly #damaged = new Map<string, FoundDamage>()
  #damageFound = 0
  #snapshotsAgainstDamage = 0
  #space: DiskSpace = { freeBytes: -1, totalBytes: 0 }
  #spaceUnknown = false
  #snapshotBytes = 0
  #looking = false
  #changingReserve = false
  #refusal: string | null = null
  #firstTickMs = -1
  #nowMs = 0
  #nextLookMs = 0
  #segmentsAtLook = 0
  #stopped = false

  constructor(disk: Disk, options: CareOptions, stalls: StallMonitor, store: StoreUnderCare) {
    this.#disk = disk
    this.#options = options
    this.#stalls = stalls
    this.#store = store
    this.#room = new LowDisk(options.lowBytes)
    store.files.onShortage = () => this.#shortage()
    this.#scrubber = new Scrubber(disk, options.scrubBytesPerSecond, this, () => store.quiet())
  }

  /** Whether an operation of the care is under way. */
  get busy(): boolean {
    return this.#looking || this.#changingReserve || this.#scrubber.reading
  }

  get status(): CareStatus {
    const { files } = this.#store
    return {
      freeBytes: this.#space.freeBytes,
      totalBytes: this.#space.totalBytes,
      lowBytes: this.#room.lowBytes,
      reserveBytes: files.reserve.bytes,
      refusal: this.#refusal,
      stalledMs: this.#stalls.stalledMs,
      stalls: this.#stalls.stalls,
      snapshotBytes: this.#snapshotBytes,
      scrubPasses: this.#scrubber.status.passes,
      scrubbedBytes: this.#scrubber.status.bytesRead,
      damagedFiles: this.#damaged.size,
      damageFound: this.#damageFound,
    }
  }

  tick(nowMs: number): void {
    this.#stalls.tick(nowMs)
    if (this.#stopped) return
    if (this.#firstTickMs < 0) this.#firstTickMs = nowMs
    this.#nowMs = nowMs
    if (nowMs >= this.#nextLookMs || this.#store.segments.length > this.#segmentsAtLook) this.#look()
    this.#scrubber.tick(nowMs, this.#store.appending)
  }

  /** Nothing is begun any more; what is under way tells `quiet` when it ends. */
  stop(): void {
    this.#stopped = true
    this.#scrubber.stop()
  }

  /** A snapshot was kept, or could not be. */
  snapshotEnded(): void {
    this.#nextLookMs = 0
    if (this.#damaged.size > 0 && this.#snapshotsAgainstDamage > 0) this.#askAgainstDamage()
  }

  // Room

  /** Told in the turn in which it happens: further writes would only make it worse. */
  #shortage(): void {
    if (this.#stopped) return
    this.#room.short()
    this.#tell()
    this.#nextLookMs = 0
  }

  #look(): void {
    if (this.#looking || this.#changingReserve) return
    this.#nextLookMs = this.#nowMs + LOOK_EVERY_MS
    this.#looking = true
    this.#disk.space((error, space) => {
      if (space === undefined) {
        this.#ended(() => this.#cannotLook(error))
        return
      }
      this.#spaceUnknown = false
      this.#space = space
      this.#disk.list(SNAPSHOT_FOLDER, (_error, listed) => {
        // Without the list the former size will do: it only sets the mark.
        const newest = this.#store.snapshots.indices[0]
        if (listed !== undefined) this.#snapshotBytes = listed.find(({ name }) => snapshotIndex(name) === newest)?.bytes ?? 0
        this.#ended(() => this.#decide())
      })
    })
  }

  #ended(then: () => void): void {
    this.#looking = false
    if (this.#stopped) this.#store.quiet()
    else then()
  }

  #cannotLook(error: Error | null): void {
    if (!this.#spaceUnknown) this.#store.observer?.spaceUnknown(error ?? new Error('nothing was told'))
    this.#spaceUnknown = true
  }

  #decide(): void {
    const { files, segments } = this.#store
    const seen = this.#seen()
    const wantSnapshot = this.#room.observe(seen, this.#nowMs)
    const steps = Math.max(0, seen.freeBytes - this.#room.lowBytes) / SEGMENT_STEPS
    files.largestBytes = files.rounded(Math.min(seen.totalBytes / SEGMENT_SHARE, steps))
    files.spareRoomBytes = seen.freeBytes - this.#room.floorBytes(seen)
    this.#segmentsAtLook = segments.length
    this.#tell()
    if (wantSnapshot) this.#makeRoom(seen)
    else if (this.#room.phase === 'low') this.#heal(seen)
    else this.#keepReserve(seen)
  }

  #seen(): RoomSeen {
    const { files, snapshots, segments, savingSnapshot } = this.#store
    const { freeBytes, totalBytes } = this.#space
    const superfluous = segments.length > 1 || snapshots.indices.length > 2
    return {
      freeBytes,
      totalBytes,
      snapshotBytes: this.#snapshotBytes,
      nextSnapshotBytes: this.#bytesForSnapshot,
      shortage: files.shortage !== null,
      reclaimable: superfluous && freeBytes + this.#releasableBytes >= this.#bytesForSnapshot,
      savingSnapshot,
      segmentCount: segments.length,
    }
  }

  /** What the next snapshot will take, about. */
  get #bytesForSnapshot(): number {
    return this.#snapshotBytes + Math.floor(this.#snapshotBytes / 4)
  }

  /** Half of the reserve is for the log, whatever happens. */
  get #filesForLog(): number {
    return Math.ceil(this.#store.files.reserve.fileCount / 2)
  }

  get #releasableBytes(): number {
    const { reserve } = this.#store.files
    return (reserve.fileCount - this.#filesForLog) * reserve.fileBytes
  }

  #tell(): void {
    const { freeBytes } = this.#space
    const { lowBytes } = this.#room
    const low = this.#room.phase === 'low'
    if (low === (this.#refusal !== null)) return
    const { reserve, shortage } = this.#store.files
    const why = shortage === null ? `${freeBytes} bytes free, ${lowBytes} wanted` : shortage.message
    this.#refusal = low ? `the disk is nearly full: ${why}` : null
    const room = { freeBytes, lowBytes, reserveBytes: reserve.bytes, shortage: shortage?.message ?? null }
    this.#store.observer?.roomChanged(this.#refusal, room)
  }

  #makeRoom(seen: RoomSeen): void {
    const ask = (): void => this.#store.observer?.snapshotWanted('room is wanted on the disk')
    if (seen.freeBytes >= this.#bytesForSnapshot) {
      ask()
      return
    }
    this.#changeReserve((done) => this.#store.files.reserve.release(this.#filesForLog, done), ask)
  }

  // Reserve

  get #missingFiles(): number {
    const { reserve } = this.#store.files
    const bytes = Math.min(this.#options.reserveBytes, this.#space.totalBytes / LARGEST_RESERVE_SHARE)
    return Math.max(0, Math.floor(bytes / reserve.fileBytes) - reserve.fileCount)
  }

  /** Room is back: first the reserve, then the next segment, then the clients. */
  #heal(seen: RoomSeen): void {
    const { files } = this.#store
    const missing = this.#missingFiles
    if (!this.#room.mayHeal(seen, missing * files.reserve.fileBytes) || files.preparing) return
    if (missing > 0) {
      this.#addToReserve(() => this.#look())
      return
    }
    if (files.shortage !== null) {
      files.roomWasMade()
      files.prepareAhead((this.#store.segments.at(-1)?.number ?? 0) + 1)
      this.#nextLookMs = 0
      return
    }
    this.#room.heal()
    this.#tell()
  }

  #keepReserve(seen: RoomSeen): void {
    if (this.#nowMs - this.#firstTickMs < RESERVE_AFTER_MS || this.#missingFiles === 0 || this.#room.phase !== 'plenty') return
    if (seen.freeBytes - this.#store.files.reserve.fileBytes < this.#room.plentyBytes) return
    this.#addToReserve(() => this.#look())
  }

  #addToReserve(then: () => void): void {
    this.#changeReserve((done) => this.#store.files.reserve.add(done), then)
  }

  #changeReserve(change: (done: (error: Error | null) => void) => void, then: () => void): void {
    this.#changingReserve = true
    change((error) => {
      this.#changingReserve = false
      // No room for it, after all: the next look tries again.
      if (error !== null && !isShortage(error)) this.#store.fail('changing the reserve', error)
      if (this.#stopped) this.#store.quiet()
      else if (error === null) then()
    })
  }

  // Damage

  get sealedSegments(): readonly SegmentInfo[] {
    return this.#store.segments.slice(0, -1)
  }

  get soundSnapshots(): readonly number[] {
    return this.#store.snapshots.soundIndices
  }

  verified(snapshot: number): void {
    this.#store.snapshots.setVerified(snapshot)
  }

  /** Damage to a file, by whoever found it. Memory holds what is right: a snapshot of it makes the file superfluous. */
  found(damage: FoundDamage): void {
    if (this.#damaged.has(damage.path)) return
    this.#damaged.set(damage.path, damage)
    this.#damageFound += 1
    for (const index of this.#store.snapshots.indices) {
      if (damage.path === snapshotPath(index)) this.#store.snapshots.setDamaged(index)
    }
    this.#store.observer?.damaged(damage)
    this.#snapshotsAgainstDamage = SNAPSHOTS_AGAINST_DAMAGE
    this.#askAgainstDamage()
  }

  isDamaged(path: string): boolean {
    return this.#damaged.has(path)
  }

  movedAside(path: string, to: string): void {
    this.#damaged.delete(path)
    this.#store.observer?.movedAside(path, to)
  }

  #askAgainstDamage(): void {
    this.#snapshotsAgainstDamage -= 1
    this.#store.observer?.snapshotWanted('a file is damaged')
  }
}
