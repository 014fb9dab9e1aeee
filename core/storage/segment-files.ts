// storage: makes the files of the log: zero-filled, durable under their name before they are used, the next one ahead of its need. PURE.
//
//   <number>.log.tmp --zero-fill, sync--> rename to <number>.log --sync the folder--> open for durable writes
//
// Sizes begin at 1 MiB and double to 64 MiB; a batch that needs more gets more. When there is no room: a segment as small as possible; then, if one
// is needed at once, a file of the reserve; then whatever the whole reserve's room gives.

import { assert } from '../support/assert.ts'
import type { Disk, DiskFile, Done, Got } from './disk.ts'
import { segmentPath } from './log-format.ts'
import { SegmentReserve } from './segment-reserve.ts'
import { isShortage } from './storage-error.ts'
import { makeZeroFile } from './zero-file.ts'

/** How segments grow. */
export interface SegmentSizes {
  readonly firstSegmentBytes: number
  readonly maxSegmentBytes: number
}

export const DEFAULT_SEGMENT_SIZES: SegmentSizes = Object.freeze({ firstSegmentBytes: 2 ** 20, maxSegmentBytes: 2 ** 26 })

/** A segment that is open for writing. */
export interface OpenSegment {
  readonly number: number
  readonly fileBytes: number
  readonly file: DiskFile
}

const MAX_FILE_BYTES = 2 ** 32 - 1

export class SegmentFiles {
  /** Files kept back for a full disk. Empty unless somebody fills it. */
  readonly reserve: SegmentReserve
  /** No segment becomes larger than this unless a batch needs it: on a small or nearly full disk, small steps. */
  largestBytes: number
  /** Room that may be used without need: what would take more is a shortage. */
  spareRoomBytes: number = Number.POSITIVE_INFINITY
  /** Hears of a shortage when it begins. */
  onShortage: () => void = () => {}
  readonly #disk: Disk
  readonly #sizes: SegmentSizes
  readonly #onFailure: (error: Error) => void
  #spare: OpenSegment | null = null
  #preparing = false
  #wanted: (() => void) | null = null
  #shortage: Error | null = null

  /** `onFailure` hears of a failed preparation that nobody waited for, unless it only lacked room. */
  constructor(disk: Disk, sizes: SegmentSizes, onFailure: (error: Error) => void) {
    this.#disk = disk
    this.#sizes = sizes
    this.#onFailure = onFailure
    this.largestBytes = sizes.maxSegmentBytes
    this.reserve = new SegmentReserve(disk, sizes.firstSegmentBytes)
  }

  /** Why the last preparation failed for lack of room, `null` if it did not. */
  get shortage(): Error | null {
    return this.#shortage
  }

  get spareBytes(): number {
    return this.#spare?.fileBytes ?? 0
  }

  /** Takes over the spare segment that was there at opening. */
  adopt(spare: OpenSegment): void {
    this.#spare = spare
  }

  /** Prepares segment `number` in the background, unless it is ready or under way or there was no room for it. */
  prepareAhead(number: number): void {
    if (this.#preparing || this.#spare !== null || this.#shortage !== null) return
    const bytes = this.#sizeOf(number, 0)
    if (bytes > this.spareRoomBytes) {
      this.#short(new Error(`segment ${number} of ${bytes} bytes would leave too little room on the disk`))
      return
    }
    this.#prepare(number, 0, (error) => {
      if (error === null) this.spareRoomBytes -= bytes
      else if (isShortage(error)) this.#short(error)
      else this.#onFailure(error)
    })
  }

  #short(shortage: Error): void {
    this.#shortage = shortage
    this.onShortage()
  }

  /** Yields segment `number` with at least `neededBytes`; what was prepared, if that is large enough. */
  take(number: number, neededBytes: number, done: Got<OpenSegment>): void {
    if (this.#preparing) {
      this.#wanted = () => this.take(number, neededBytes, done)
      return
    }
    const spare = this.#spare
    this.#spare = null
    if (spare === null) {
      this.#prepareAndYield(number, neededBytes, done)
      return
    }
    assert(spare.number === number, 'segments are used in order')
    if (spare.fileBytes >= neededBytes) {
      done(null, spare)
      return
    }
    spare.file.close((error) => {
      if (error !== null) done(error)
      else this.#prepareAndYield(number, neededBytes, done)
    })
  }

  /** Waits for a preparation that is under way and closes the spare; its file stays for the next start. */
  close(done: Done): void {
    if (this.#preparing) {
      this.#wanted = () => this.close(done)
      return
    }
    const spare = this.#spare
    this.#spare = null
    if (spare === null) done(null)
    else spare.file.close(done)
  }

  /** The size of a segment for `bytes`. */
  rounded(bytes: number): number {
    const { firstSegmentBytes } = this.#sizes
    return Math.max(1, Math.ceil(bytes / firstSegmentBytes)) * firstSegmentBytes
  }

  /** Forgets that there was no room: some was made. The next preparation tells whether it is enough. */
  roomWasMade(): void {
    this.#shortage = null
  }

  /** Whether a segment is being prepared. */
  get preparing(): boolean {
    return this.#preparing
  }

  #prepareAndYield(number: number, neededBytes: number, done: Got<OpenSegment>): void {
    this.#prepare(number, neededBytes, (error) => {
      if (error !== null && isShortage(error)) {
        this.#takeFromReserve(number, neededBytes, error, done)
        return
      }
      if (error === null) this.#shortage = null
      this.#yield(error, done)
    })
  }

  #yield(error: Error | null, done: Got<OpenSegment>): void {
    const spare = this.#spare
    if (error !== null || spare === null) {
      done(error)
      return
    }
    this.#spare = null
    done(null, spare)
  }

  #takeFromReserve(number: number, neededBytes: number, shortage: Error, done: Got<OpenSegment>): void {
    this.#short(shortage)
    this.reserve.take(number, neededBytes, (error, file) => {
      if (file === undefined) {
        done(error)
        return
      }
      if (file !== null) {
        done(null, { number, fileBytes: this.reserve.fileBytes, file })
        return
      }
      if (this.reserve.fileCount === 0) {
        done(shortage)
        return
      }
      // Too large for a file of the reserve: all of its room, or the end.
      this.reserve.release(0, (releaseError) => {
        if (releaseError !== null) done(releaseError)
        else this.#prepare(number, neededBytes, (lastError) => this.#yield(lastError, done))
      })
    })
  }

  /** Makes segment `number`, as large as its turn asks or, for lack of room, as small as possible. */
  #prepare(number: number, neededBytes: number, done: Done): void {
    this.#preparing = true
    const end = (fileBytes: number, error: Error | null, file: DiskFile | undefined): void => {
      this.#preparing = false
      if (file !== undefined) this.#spare = { number, fileBytes, file }
      done(error)
      const wanted = this.#wanted
      this.#wanted = null
      wanted?.()
    }
    const whole = this.#sizeOf(number, neededBytes)
    makeSegment(this.#disk, number, whole, (error, file) => {
      const smallest = this.rounded(neededBytes)
      if (error === null || !isShortage(error) || smallest >= whole) end(whole, error, file)
      else makeSegment(this.#disk, number, smallest, (smallError, smallFile) => end(smallest, smallError, smallFile))
    })
  }

  #sizeOf(number: number, neededBytes: number): number {
    const { firstSegmentBytes, maxSegmentBytes } = this.#sizes
    let bytes = firstSegmentBytes
    for (let i = 1; i < number && bytes < maxSegmentBytes; i++) bytes *= 2
    bytes = Math.max(firstSegmentBytes, Math.min(bytes, this.largestBytes))
    if (bytes < neededBytes) bytes = this.rounded(neededBytes)
    assert(bytes <= MAX_FILE_BYTES, 'a segment is below 4 GiB')
    return bytes
  }
}

/** Makes a zero-filled segment file, durable under its name, and opens it. */
function makeSegment(disk: Disk, number: number, fileBytes: number, done: Got<DiskFile>): void {
  const path = segmentPath(number)
  makeZeroFile(disk, path, fileBytes, (error) => {
    if (error === null) disk.openDurable(path, done)
    else done(error)
  })
}
