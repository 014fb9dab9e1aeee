// storage: the snapshots of a data directory: which there are, which are known to be whole, taking new ones in, removing old ones. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'
import type { Disk, Done, Got } from './disk.ts'
import { TEMPORARY_SUFFIX } from './log-format.ts'
import { SNAPSHOT_FOLDER, snapshotPath } from './snapshot-format.ts'
import { verifySnapshot } from './snapshot-reader.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import { eachInTurn, inTurn } from './steps.ts'

/** Snapshots kept, each known to be whole. */
const KEPT = 2

/** A snapshot file. */
export interface SnapshotFile {
  readonly index: number
  /** Known to be whole: it was read to its end by this process, after it was written. */
  readonly verified: boolean
}

export class SnapshotStore {
  readonly #disk: Disk
  /** Newest first. */
  #files: SnapshotFile[]
  #writer: SnapshotWriter | null = null
  /** Index of the snapshot that was published last, 0 for none. */
  #published = 0

  constructor(disk: Disk, files: readonly SnapshotFile[]) {
    this.#disk = disk
    this.#files = [...files].sort((a, b) => b.index - a.index)
  }

  /** Newest first. */
  get indices(): number[] {
    return this.#files.map((file) => file.index)
  }

  /** Writes a snapshot under its temporary name, durable there. */
  write(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void {
    this.#writer = new SnapshotWriter(this.#disk, snapshotPath(meta.index) + TEMPORARY_SUFFIX, meta, chunks, (error) => {
      this.#writer = null
      done(error)
    })
    this.#writer.start()
  }

  /** Ends a write that is under way. */
  cancel(): void {
    this.#writer?.cancel()
  }

  /** Removes what `write` wrote. */
  discard(index: number, done: Done): void {
    this.#disk.remove(snapshotPath(index) + TEMPORARY_SUFFIX, done)
  }

  /** Gives a written snapshot its name. */
  publish(index: number, done: Done): void {
    const path = snapshotPath(index)
    const steps = [
      (next: Done) => this.#disk.rename(path + TEMPORARY_SUFFIX, path, next),
      (next: Done) => this.#disk.syncFolder(SNAPSHOT_FOLDER, next),
    ]
    inTurn(steps, (error) => {
      this.#published = index
      if (error === null) this.#files = [{ index, verified: false }, ...this.#files.filter((file) => file.index !== index)]
      this.#files.sort((a, b) => b.index - a.index)
      done(error)
    })
  }

  /**
   * Checks snapshots, newest first, until as many are found whole as are kept; yields the index of the oldest of those, up to which the log is
   * needed no more. 0 when there are fewer.
   */
  verify(done: Got<number>): void {
    this.#disk.list(SNAPSHOT_FOLDER, (error, listed) => {
      if (listed === undefined) {
        done(error)
        return
      }
      let whole = 0
      let floor = 0
      const check = (file: SnapshotFile, next: Done): void => {
        if (whole === KEPT) {
          next(null)
          return
        }
        const count = (): void => {
          whole += 1
          if (whole === KEPT) floor = file.index
          next(null)
        }
        if (file.verified) {
          count()
          return
        }
        const name = snapshotPath(file.index).slice(SNAPSHOT_FOLDER.length + 1)
        verifySnapshot(this.#disk, file.index, listed.find((entry) => entry.name === name)?.bytes ?? 0, (damage) => {
          // A damaged one stays where it is and does not count; the one that was just written must be whole.
          if (damage !== null) {
            next(file.index === this.#published ? damage : null)
            return
          }
          this.#files = this.#files.map((entry) => (entry.index === file.index ? { index: file.index, verified: true } : entry))
          count()
        })
      }
      eachInTurn([...this.#files], check, (checkError) => done(checkError, floor))
    })
  }

  /** Removes the snapshots below `floor`. */
  removeBelow(floor: number, done: Done): void {
    const old = this.#files.filter((file) => file.index < floor)
    if (old.length === 0) {
      done(null)
      return
    }
    this.#files = this.#files.filter((file) => file.index >= floor)
    const steps = [
      (next: Done) => eachInTurn(old, (file, removed) => this.#disk.remove(snapshotPath(file.index), removed), next),
      (next: Done) => this.#disk.syncFolder(SNAPSHOT_FOLDER, next),
    ]
    inTurn(steps, done)
  }
}
