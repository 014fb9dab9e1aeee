// storage: decides from the room on the disk whether client writes are taken, and when a snapshot should make room. PURE.
//
//            free < low mark                      no snapshot helps, or below the floor
//   plenty ------------------------> makingRoom ---------------------------------------------> low
//     ^  ^                                | free >= low mark                                    |
//     |  +--------------------------------+                                                     |
//     +------------ free >= 5/4 of the mark, and the reserve and the next segment are there again
//
// The floor leaves room for a snapshot, which is what makes room, and for the log until it has done so. A segment that could not be prepared for lack of room, also by a quota that the free space does not show, leads to low at once.

/** What is seen on the disk. */
export interface RoomSeen {
  readonly freeBytes: number
  readonly totalBytes: number
  /** Bytes of the newest snapshot, 0 if there is none, and what the next one will take. */
  readonly snapshotBytes: number
  readonly nextSnapshotBytes: number
  /** Whether a segment could not be prepared. */
  readonly shortage: boolean
  /** Whether a snapshot would let something be purged, and has the room to be written. */
  readonly reclaimable: boolean
  readonly savingSnapshot: boolean
  /** Segments of the log: while it grows there is more to be purged. */
  readonly segmentCount: number
}

export type RoomPhase = 'plenty' | 'makingRoom' | 'low'

/** Room for four of the largest segments: one that is filled, one prepared, one being prepared, and one to spare. */
const DEFAULT_LOW_BYTES = 4 * 2 ** 26
/** A small volume is not refused as a whole. */
const DEFAULT_LOW_SHARE = 8
/** Two snapshots that are whole let go of all of the log before the older one. */
const SNAPSHOTS_TO_TRY = 2
/** If they did not help, one more each time this has passed: one may have failed for lack of room itself. */
const TRY_AGAIN_MS = 30_000
const LONGEST_MAKING_MS = 60_000

export class LowDisk {
  readonly #setting: number | null
  #phase: RoomPhase = 'plenty'
  #snapshotsLeft = SNAPSHOTS_TO_TRY
  #triedAtMs = 0
  #segmentCount = 0
  #makingSinceMs = 0
  #lowBytes = 0

  /** `lowBytes`: the mark; `null` = by the size of disk and snapshots, 0 = none. */
  constructor(lowBytes: number | null) {
    this.#setting = lowBytes
  }

  get phase(): RoomPhase {
    return this.#phase
  }

  /** The mark in force. */
  get lowBytes(): number {
    return this.#lowBytes
  }

  /** Free space below which clients are refused at once. */
  floorBytes(seen: RoomSeen): number {
    const low = this.#lowBytes
    return seen.savingSnapshot ? Math.floor(low / 4) : Math.min(low, Math.max(Math.floor(low / 2), seen.nextSnapshotBytes))
  }

  /** Free space from which on things are well again. */
  get plentyBytes(): number {
    return this.#lowBytes + Math.floor(this.#lowBytes / 4)
  }

  /** Takes in what is seen; says whether a snapshot should be asked for now. */
  observe(seen: RoomSeen, nowMs: number): boolean {
    this.#lowBytes = this.#mark(seen)
    if (seen.segmentCount > this.#segmentCount) this.#snapshotsLeft = SNAPSHOTS_TO_TRY
    this.#segmentCount = seen.segmentCount
    switch (this.#phase) {
      case 'plenty':
        if (seen.freeBytes >= this.plentyBytes) this.#snapshotsLeft = SNAPSHOTS_TO_TRY
        if (seen.shortage || seen.freeBytes < this.#lowBytes) {
          this.#phase = 'makingRoom'
          this.#makingSinceMs = nowMs
        }
        break
      case 'makingRoom':
        if (!seen.shortage && seen.freeBytes >= this.#lowBytes) this.#phase = 'plenty'
        break
      case 'low':
        break
    }
    if (this.#phase === 'plenty') return false
    const another = this.#snapshotsLeft > 0 || nowMs - this.#triedAtMs >= TRY_AGAIN_MS
    const want = seen.reclaimable && !seen.savingSnapshot && another
    if (want) {
      this.#snapshotsLeft = Math.max(0, this.#snapshotsLeft - 1)
      this.#triedAtMs = nowMs
    }
    const hope = (want || seen.savingSnapshot) && nowMs - this.#makingSinceMs < LONGEST_MAKING_MS
    if (seen.shortage || seen.freeBytes < this.floorBytes(seen) || !hope) this.#phase = 'low'
    return want
  }

  /** A segment could not be prepared: clients are refused before anything else is looked at. */
  short(): void {
    this.#phase = 'low'
  }

  /** Whether what is seen is enough to go back to plenty, once `missingBytes` of the reserve are made again. */
  mayHeal(seen: RoomSeen, missingBytes: number): boolean {
    return this.#phase === 'low' && seen.freeBytes - missingBytes >= this.plentyBytes
  }

  /** The reserve and the next segment are there again. */
  heal(): void {
    this.#phase = 'plenty'
    this.#snapshotsLeft = SNAPSHOTS_TO_TRY
  }

  #mark({ totalBytes, snapshotBytes }: RoomSeen): number {
    if (this.#setting !== null) return this.#setting
    return Math.min(DEFAULT_LOW_BYTES + snapshotBytes, Math.floor(totalBytes / DEFAULT_LOW_SHARE))
  }
}
