// storage: the snapshots of a data directory: which there are, which are known to be whole, taking new ones in, removing old ones. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'
import type { Disk, Done, Got } from './disk.ts'
import { TEMPORARY_SUFFIX } from './log-format.ts'
import { asideName, newSuffix } from './log-rewrite-journal.ts'
import { SNAPSHOT_FOLDER, snapshotPath } from './snapshot-format.ts'
import { verifySnapshot } from './snapshot-reader.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import { eachInTurn, inTurn } from './steps.ts'
import { damageIn } from './storage-damage.ts'

/** Snapshots kept, each known to be whole. */
const KEPT = 2

/** A snapshot file. */
export interface SnapshotFile {
  readonly index: number
  /** Known to be whole: it was read to its end by this process, after it was written. */
  readonly verified: boolean
}

/** How damaged files are called once nothing needs them. */
export const DAMAGED_SUFFIX = '.damaged'

export class SnapshotStore {
  readonly #disk: Disk
  /** Newest first. */
  #files: SnapshotFile[]
  #writer: SnapshotWriter | null = null
  /** Index of the snapshot that was published last, 0 for none. */
  #published = 0
  /** Known to be damaged: they stay, count for nothing, and are moved aside instead of removed. */
  readonly #damaged = new Set<number>()

  /** Hears of a snapshot that was found damaged on the way to a purge, and of files that were moved aside. */
  onDamage: (index: number, damage: Error) => void = () => {}
  onMovedAside: (path: string, to: string) => void = () => {}

  constructor(disk: Disk, files: readonly SnapshotFile[]) {
    this.#disk = disk
    this.#files = [...files].sort((a, b) => b.index - a.index)
  }

  /** Newest first. */
  get indices(): number[] {
    return this.#files.map((file) => file.index)
  }

  /** Those not known to be damaged, newest first. */
  get soundIndices(): number[] {
    return this.indices.filter((index) => !this.#damaged.has(index))
  }

  setVerified(index: number): void {
    this.#files = this.#files.map((entry) => (entry.index === index ? { index, verified: true } : entry))
  }

  setDamaged(index: number): void {
    this.#damaged.add(index)
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
        if (whole === KEPT || this.#damaged.has(file.index)) {
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
          // The one that was just written must be whole; another damaged one does not count, and is moved aside lest it be purged.
          if (damage !== null) {
            if (file.index === this.#published) next(damage)
            else if (damageIn(damage) === null) next(null)
            else {
              this.onDamage(file.index, damage)
              this.#moveAside(file, next)
            }
            return
          }
          this.setVerified(file.index)
          count()
        })
      }
      eachInTurn([...this.#files], check, (checkError) => done(checkError, floor))
    })
  }

  #moveAside(file: SnapshotFile, done: Done): void {
    const path = snapshotPath(file.index)
    const aside = asideName(path, newSuffix(this.#disk))
    this.#files = this.#files.filter((entry) => entry.index !== file.index)
    this.#damaged.delete(file.index)
    const steps = [(next: Done) => this.#disk.rename(path, aside, next), (next: Done) => this.#disk.syncFolder(SNAPSHOT_FOLDER, next)]
    inTurn(steps, (error) => {
      if (error === null) this.onMovedAside(path, aside)
      done(error)
    })
  }

  /** Nothing is to be read from them any more. */
  moveAllAside(done: Done): void {
    eachInTurn([...this.#files], (file, next) => this.#moveAside(file, next), done)
  }

  /** Removes the snapshots below `floor`; damaged ones are moved aside. */
  removeBelow(floor: number, done: Done): void {
    const old = this.#files.filter((file) => file.index < floor)
    if (old.length === 0) {
      done(null)
      return
    }
    this.#files = this.#files.filter((file) => file.index >= floor)
    const steps = [
      (next: Done) => eachInTurn(old, (file, removed) => this.#remove(file, removed), next),
      (next: Done) => this.#disk.syncFolder(SNAPSHOT_FOLDER, next),
    ]
    inTurn(steps, done)
  }

  #remove({ index }: SnapshotFile, done: Done): void {
    const path = snapshotPath(index)
    if (!this.#damaged.delete(index)) {
      this.#disk.remove(path, done)
      return
    }
    const aside = path + DAMAGED_SUFFIX
    this.#disk.rename(path, aside, (error) => {
      if (error === null) this.onMovedAside(path, aside)
      done(error)
    })
  }
}
