// storage: writes one snapshot file under its temporary name, a slice at a time. Layout: snapshot-format.ts. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import type { Disk, DiskFile, Done } from './disk.ts'
import { SnapshotEncoder } from './snapshot-encoder.ts'
import { SnapshotSourceError } from './storage-error.ts'

/** Half of this is what is read from the chunks and written in one turn. */
const SLICE_BYTES = 131072

export class SnapshotWriter {
  readonly #disk: Disk
  readonly #path: string
  readonly #index: number
  readonly #chunks: Iterator<Buffer>
  readonly #done: Done
  readonly #encoder: SnapshotEncoder
  readonly #slab: Buffer = Buffer.allocUnsafeSlow(SLICE_BYTES)
  #filled = 0
  #position = 0
  #cancelled = false

  constructor(disk: Disk, path: string, meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done) {
    this.#disk = disk
    this.#path = path
    this.#index = meta.index
    this.#chunks = chunks[Symbol.iterator]()
    this.#done = done
    this.#encoder = new SnapshotEncoder(meta, disk)
  }

  start(): void {
    this.#disk.create(this.#path, (error, file) => {
      if (file === undefined) {
        this.#finish(error)
        return
      }
      this.#filled = this.#encoder.head(this.#slab, 0)
      this.#slice(file)
    })
  }

  /** Stops before the next slice; the end reports ERR_CLOSED. */
  cancel(): void {
    this.#cancelled = true
  }

  /** Fills the slab from the chunks and writes it; after the last chunk the end of the file. An empty chunk asks for a turn to be over. */
  #slice(file: DiskFile): void {
    if (this.#cancelled) {
      this.#close(file, new ZoariumError('ERR_CLOSED', `snapshot ${this.#index}`))
      return
    }
    let large: Buffer | null = null
    try {
      while (large === null && this.#filled < SLICE_BYTES / 2) {
        const next = this.#chunks.next()
        if (next.done === true) {
          this.#end(file)
          return
        }
        if (next.value.length === 0) break
        large = this.#add(next.value)
      }
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      this.#close(file, new SnapshotSourceError(`the source of the snapshot failed: ${what}`, { cause: error }))
      return
    }
    this.#write(file, large, (error) => (error === null ? this.#slice(file) : this.#close(file, error)))
  }

  /** Puts a chunk into the slab; one that does not fit is returned, with its frame in the slab. */
  #add(chunk: Buffer): Buffer | null {
    this.#filled = this.#encoder.frame(this.#slab, this.#filled, chunk)
    // Room for the end of the file stays free.
    if (this.#filled + chunk.length > SLICE_BYTES * 0.75) return chunk
    chunk.copy(this.#slab, this.#filled)
    this.#filled += chunk.length
    return null
  }

  #write(file: DiskFile, large: Buffer | null, done: Done): void {
    const parts = [this.#slab.subarray(0, this.#filled)]
    if (large !== null) parts.push(large)
    const bytes = this.#filled + (large?.length ?? 0)
    const position = this.#position
    this.#position += bytes
    this.#filled = 0
    file.write(parts, position, done)
  }

  #end(file: DiskFile): void {
    this.#filled = this.#encoder.ending(this.#slab, this.#filled)
    this.#write(file, null, (error) => {
      if (error !== null) this.#close(file, error)
      else file.sync((syncError) => this.#close(file, syncError))
    })
  }

  #close(file: DiskFile, failure: Error | null): void {
    file.close((closeError) => this.#finish(failure ?? closeError))
  }

  /** Lets go of the chunks' source, and of the file when it is of no use. */
  #finish(failure: Error | null): void {
    if (failure === null) {
      this.#done(null)
      return
    }
    this.#chunks.return?.()
    // The first error is the one to tell; what cannot be removed now is removed at the next start.
    this.#disk.remove(this.#path, () => this.#done(failure))
  }
}
