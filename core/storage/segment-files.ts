// storage: makes the files of the log: zero-filled, durable under their name before they are used, the next one ahead of its need. PURE.
//
//   <number>.log.tmp --zero-fill, sync--> rename to <number>.log --sync the folder--> open for durable writes
//
// Sizes begin at 1 MiB and double to 64 MiB; a batch that needs more gets more.

import { assert } from '../support/assert.ts'
import type { Disk, DiskFile, Done, Got } from './disk.ts'
import { LOG_FOLDER, segmentPath, TEMPORARY_SUFFIX } from './log-format.ts'
import { eachInTurn } from './steps.ts'
import { isShortage } from './storage-error.ts'

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

const SLICE_BYTES = 262144
const ZEROS: Buffer = Buffer.alloc(SLICE_BYTES)
const MAX_FILE_BYTES = 2 ** 32 - 1

export class SegmentFiles {
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
    this.#prepare(number, 0, (error) => {
      if (error === null) return
      if (isShortage(error)) this.#shortage = error
      else this.#onFailure(error)
    })
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

  /** Forgets that there was no room: some was made. */
  roomWasMade(): void {
    this.#shortage = null
  }

  #prepareAndYield(number: number, neededBytes: number, done: Got<OpenSegment>): void {
    this.#prepare(number, neededBytes, (error) => {
      const spare = this.#spare
      if (error !== null || spare === null) {
        done(error)
        return
      }
      this.#spare = null
      this.#shortage = null
      done(null, spare)
    })
  }

  #prepare(number: number, neededBytes: number, done: Done): void {
    this.#preparing = true
    const fileBytes = this.#sizeOf(number, neededBytes)
    makeSegment(this.#disk, number, fileBytes, (error, file) => {
      this.#preparing = false
      if (file !== undefined) this.#spare = { number, fileBytes, file }
      done(error)
      const wanted = this.#wanted
      this.#wanted = null
      wanted?.()
    })
  }

  #sizeOf(number: number, neededBytes: number): number {
    const { firstSegmentBytes, maxSegmentBytes } = this.#sizes
    let bytes = firstSegmentBytes
    for (let i = 1; i < number && bytes < maxSegmentBytes; i++) bytes *= 2
    if (bytes < neededBytes) bytes = Math.ceil(neededBytes / firstSegmentBytes) * firstSegmentBytes
    assert(bytes <= MAX_FILE_BYTES, 'a segment is below 4 GiB')
    return bytes
  }
}

/** Makes a zero-filled segment file, durable under its name, and opens it. */
function makeSegment(disk: Disk, number: number, fileBytes: number, done: Got<DiskFile>): void {
  const path = segmentPath(number)
  const temporary = path + TEMPORARY_SUFFIX
  disk.create(temporary, (error, file) => {
    if (file === undefined) {
      done(error)
      return
    }
    fill(file, fileBytes, (fillError) => {
      file.close((closeError) => {
        const failure = fillError ?? closeError
        if (failure === null) publish(disk, temporary, path, done)
        else disk.remove(temporary, () => done(failure)) // the first error is the one to tell; a left-over is removed at the next start
      })
    })
  })
}

function fill(file: DiskFile, fileBytes: number, done: Done): void {
  const positions: number[] = []
  for (let at = 0; at < fileBytes; at += SLICE_BYTES) positions.push(at)
  const zeros = (at: number): readonly Buffer[] => [at + SLICE_BYTES <= fileBytes ? ZEROS : ZEROS.subarray(0, fileBytes - at)]
  // Synced slice by slice: one large sync at the end would hold up the appends that go on meanwhile.
  const writeSlice = (at: number, next: Done): void => {
    file.write(zeros(at), at, (error) => {
      if (error !== null) next(error)
      else file.sync(next)
    })
  }
  eachInTurn(positions, writeSlice, done)
}

function publish(disk: Disk, temporary: string, path: string, done: Got<DiskFile>): void {
  disk.rename(temporary, path, (renameError) => {
    if (renameError !== null) {
      done(renameError)
      return
    }
    disk.syncFolder(LOG_FOLDER, (syncError) => {
      if (syncError !== null) done(syncError)
      else disk.openDurable(path, done)
    })
  })
}
