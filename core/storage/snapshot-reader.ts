// storage: reads a snapshot file from its footer and checks every byte of it. Layout: snapshot-format.ts. PURE.

import type { Disk, Done, Got, Sha256 } from './disk.ts'
import { decodeSnapshotMetadata, type SnapshotMetadata } from './messages.ts'
import {
  END_BYTES,
  FOOTER_BYTES,
  FOOTER_MAGIC,
  FRAME_BYTES,
  HEAD_BYTES,
  HEAD_MAGIC,
  SNAPSHOT_FORMAT_VERSION,
  snapshotPath,
} from './snapshot-format.ts'
import { damagedFile, diskFailure, isUnreadable, otherFormat } from './storage-error.ts'

const SLICE_BYTES = 1024 * 1024
/** Small enough that a slice takes less than a millisecond beside other work. */
const VERIFY_SLICE_BYTES = 256 * 1024

/**
 * Reads the snapshot of `index` and hands its chunks to `onChunk`, which keeps nothing when only a check is wanted. The metadata comes when all is
 * read and found right; the chunks are worth nothing before.
 */
export function readSnapshot(
  disk: Disk,
  index: number,
  fileBytes: number,
  onChunk: (chunk: Buffer) => void,
  done: Got<SnapshotMetadata>,
  sliceBytes: number = SLICE_BYTES,
): void {
  new SnapshotReader(disk, { path: snapshotPath(index), bytes: fileBytes, index }, sliceBytes, onChunk, done).start()
}

/** A snapshot file that may lie anywhere and bear any name, such as a backup. */
export interface SnapshotFilePlace {
  readonly path: string
  readonly bytes: number
  /** The index that the file must hold; `null` = any. */
  readonly index: number | null
}

/** {@link readSnapshot} for a file that is not one of a data directory. */
export function readSnapshotAt(disk: Disk, place: SnapshotFilePlace, onChunk: (chunk: Buffer) => void, done: Got<SnapshotMetadata>): void {
  new SnapshotReader(disk, place, SLICE_BYTES, onChunk, done).start()
}

class SnapshotReader {
  readonly #disk: Disk
  readonly #index: number | null
  readonly #path: string
  readonly #fileBytes: number
  readonly #sliceBytes: number
  readonly #onChunk: (chunk: Buffer) => void
  readonly #done: Got<SnapshotMetadata>
  readonly #sha256: Sha256
  #chunkCount = 0
  #totalBytes = 0

  constructor(disk: Disk, place: SnapshotFilePlace, sliceBytes: number, onChunk: (chunk: Buffer) => void, done: Got<SnapshotMetadata>) {
    this.#disk = disk
    this.#index = place.index
    this.#path = place.path
    this.#fileBytes = place.bytes
    this.#sliceBytes = sliceBytes
    this.#onChunk = onChunk
    this.#done = done
    this.#sha256 = disk.sha256()
  }

  start(): void {
    if (this.#fileBytes < HEAD_BYTES + END_BYTES + FOOTER_BYTES) {
      // Not read at all, and the callback must not come before the call has returned.
      this.#disk.read(this.#path, 0, 0, (error) => this.#fail(error, `the file has only ${this.#fileBytes} bytes`))
      return
    }
    this.#read(this.#fileBytes - FOOTER_BYTES, FOOTER_BYTES, (footer) => {
      if (footer.toString('latin1', 8) !== FOOTER_MAGIC) this.#fail(null, 'the file does not end like a snapshot')
      else this.#metadata(footer.readUInt32BE(0), footer.readUInt32BE(4))
    })
  }

  #metadata(length: number, crc: number): void {
    const at = this.#fileBytes - FOOTER_BYTES - length
    if (at < HEAD_BYTES + END_BYTES) {
      this.#fail(null, 'the metadata is larger than the file')
      return
    }
    this.#read(at, length, (bytes) => {
      if (this.#disk.crc32(bytes) !== crc) {
        this.#fail(null, 'the checksum of the metadata does not match')
        return
      }
      let metadata: SnapshotMetadata
      try {
        metadata = decodeSnapshotMetadata(bytes)
      } catch (error) {
        this.#fail(null, error instanceof Error ? error.message : String(error))
        return
      }
      if (metadata.formatVersion !== SNAPSHOT_FORMAT_VERSION) {
        this.#done(otherFormat(this.#disk, this.#path, metadata.formatVersion, SNAPSHOT_FORMAT_VERSION))
      } else if (this.#index !== null && metadata.meta.index !== this.#index) {
        this.#fail(null, `the file holds the snapshot of index ${metadata.meta.index}`)
      } else {
        this.#head(metadata, at)
      }
    })
  }

  #head(metadata: SnapshotMetadata, metadataAt: number): void {
    this.#read(0, HEAD_BYTES, (head) => {
      if (
        head.toString('latin1', 0, HEAD_MAGIC.length) !== HEAD_MAGIC ||
        head.readUInt32BE(HEAD_MAGIC.length) !== SNAPSHOT_FORMAT_VERSION
      ) {
        this.#fail(null, 'the file does not begin like a snapshot of this format')
      } else {
        this.#slice(metadata, HEAD_BYTES, metadataAt - END_BYTES, 0)
      }
    })
  }

  /** Reads whole chunks from `at` on; `need` bytes at least. */
  #slice(metadata: SnapshotMetadata, at: number, end: number, need: number): void {
    if (at === end) {
      this.#finish(metadata, end)
      return
    }
    this.#read(at, Math.min(end - at, Math.max(this.#sliceBytes, need)), (bytes) => {
      let offset = 0
      let missing = FRAME_BYTES
      while (offset + FRAME_BYTES <= bytes.length) {
        const length = bytes.readUInt32BE(offset)
        missing = FRAME_BYTES + length
        if (length === 0 || at + offset + missing > end) {
          this.#fail(null, `the chunk at offset ${at + offset} does not fit into the file`)
          return
        }
        if (offset + missing > bytes.length) break
        const chunk = bytes.subarray(offset + FRAME_BYTES, offset + missing)
        if (this.#disk.crc32(chunk) !== bytes.readUInt32BE(offset + 4)) {
          this.#fail(null, `the checksum of the chunk at offset ${at + offset} does not match`)
          return
        }
        this.#take(chunk)
        offset += missing
        missing = FRAME_BYTES
      }
      if (offset === 0 && bytes.length >= missing) this.#fail(null, `nothing can be read at offset ${at}`)
      else if (offset === 0 && at + missing > end) this.#fail(null, `the chunk at offset ${at} does not fit into the file`)
      else this.#slice(metadata, at + offset, end, missing)
    })
  }

  #take(chunk: Buffer): void {
    this.#sha256.update(chunk)
    this.#chunkCount += 1
    this.#totalBytes += chunk.length
    this.#onChunk(chunk)
  }

  #finish(metadata: SnapshotMetadata, end: number): void {
    this.#read(end, END_BYTES, (mark) => {
      if (mark.readUInt32BE(0) !== 0) this.#fail(null, 'the end of the chunks is not where it should be')
      else if (this.#chunkCount !== metadata.chunkCount || this.#totalBytes !== metadata.totalBytes) {
        this.#fail(
          null,
          `${this.#chunkCount} chunks of ${this.#totalBytes} bytes, expected ${metadata.chunkCount} of ${metadata.totalBytes}`,
        )
      } else if (!this.#sha256.digest().equals(metadata.sha256)) this.#fail(null, 'the digest does not match')
      else this.#done(null, metadata)
    })
  }

  #read(at: number, length: number, use: (bytes: Buffer) => void): void {
    this.#disk.read(this.#path, at, length, (error, bytes) => {
      if (bytes === undefined) this.#fail(error, 'the file cannot be read')
      else use(bytes)
    })
  }

  #fail(error: Error | null, problem: string): void {
    if (error === null) this.#done(damagedFile(this.#disk, this.#path, problem))
    else if (isUnreadable(error)) this.#done(damagedFile(this.#disk, this.#path, `${problem} (${error.message})`))
    else this.#done(diskFailure(this.#disk, `reading ${this.#path}`, error))
  }
}

/** Checks that the snapshot file is whole. */
export function verifySnapshot(disk: Disk, index: number, fileBytes: number, done: Done): void {
  readSnapshot(disk, index, fileBytes, ignore, (error) => done(error), VERIFY_SLICE_BYTES)
}

function ignore(): void {}
