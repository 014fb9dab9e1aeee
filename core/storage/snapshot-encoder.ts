// storage: makes the bytes of a snapshot file, for a file of the data directory and for a copy that goes elsewhere. Layout: snapshot-format.ts. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'
import type { Disk, Sha256 } from './disk.ts'
import { encodeSnapshotMetadata } from './messages.ts'
import { END_BYTES, FOOTER_BYTES, FOOTER_MAGIC, FRAME_BYTES, HEAD_BYTES, HEAD_MAGIC, SNAPSHOT_FORMAT_VERSION } from './snapshot-format.ts'

/** What a snapshot's bytes are checked with. */
export type Checksums = Pick<Disk, 'crc32' | 'sha256'>

/** More than the end of a file ever takes: mark, metadata with a configuration (its context is at most 8 KiB), footer. */
export const MAX_ENDING_BYTES: number = 16 * 1024

/** Writes what stands around the chunks into a buffer of the caller; each call returns where the next byte goes. */
export class SnapshotEncoder {
  readonly #meta: SnapshotMeta
  readonly #checksums: Checksums
  readonly #sha256: Sha256
  #chunkCount = 0
  #totalBytes = 0

  constructor(meta: SnapshotMeta, checksums: Checksums) {
    this.#meta = meta
    this.#checksums = checksums
    this.#sha256 = checksums.sha256()
  }

  head(target: Buffer, at: number): number {
    target.write(HEAD_MAGIC, at, 'latin1')
    target.writeUInt32BE(SNAPSHOT_FORMAT_VERSION, at + HEAD_MAGIC.length)
    return at + HEAD_BYTES
  }

  /** What precedes a chunk, which must not be empty. */
  frame(target: Buffer, at: number, chunk: Buffer): number {
    this.#sha256.update(chunk)
    this.#chunkCount += 1
    this.#totalBytes += chunk.length
    target.writeUInt32BE(chunk.length, at)
    target.writeUInt32BE(this.#checksums.crc32(chunk), at + 4)
    return at + FRAME_BYTES
  }

  /** What follows the last chunk. */
  ending(target: Buffer, at: number): number {
    const metadata = encodeSnapshotMetadata({
      formatVersion: SNAPSHOT_FORMAT_VERSION,
      meta: this.#meta,
      totalBytes: this.#totalBytes,
      chunkCount: this.#chunkCount,
      sha256: this.#sha256.digest(),
    })
    target.writeUInt32BE(0, at)
    metadata.copy(target, at + END_BYTES)
    const footer = at + END_BYTES + metadata.length
    target.writeUInt32BE(metadata.length, footer)
    target.writeUInt32BE(this.#checksums.crc32(metadata), footer + 4)
    target.write(FOOTER_MAGIC, footer + 8, 'latin1')
    return footer + FOOTER_BYTES
  }
}

/** The bytes of a whole snapshot file, about a chunk at a time. An empty part stands for an empty chunk: the turn should end. */
export function* snapshotFile(meta: SnapshotMeta, chunks: Iterable<Buffer>, checksums: Checksums): Generator<Buffer, undefined, void> {
  const encoder = new SnapshotEncoder(meta, checksums)
  const head = Buffer.alloc(HEAD_BYTES)
  encoder.head(head, 0)
  yield head
  for (const chunk of chunks) {
    if (chunk.length === 0) {
      yield chunk
      continue
    }
    const part = Buffer.allocUnsafeSlow(FRAME_BYTES + chunk.length)
    chunk.copy(part, encoder.frame(part, 0, chunk))
    yield part
  }
  const ending = Buffer.alloc(MAX_ENDING_BYTES)
  yield ending.subarray(0, encoder.ending(ending, 0))
}
