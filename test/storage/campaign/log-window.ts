// Which acknowledged batches recovery may take for a torn write, because zeros are all that is left of some piece of the first.
//
// A torn write leaves zeros where it did not arrive; so does rot that turns a whole piece (what lies in one 512-byte sector) of a batch into
// zeros. At the end of the log nothing tells the two apart (docs/internals/storage.md, "Torn or damaged"). The window is exactly this: the
// first batch that was hit has lost a piece to zeros, and no header after it can be read.
//
// This reads the log by itself, by the byte table of core/storage/log-format.ts, and shares no code with the store.
import { crc32 } from 'node:zlib'
import { SECTOR_BYTES } from '../simulated-disk/cached-content.ts'
import type { SimulatedDisk } from '../simulated-disk.ts'

/** A batch in the log. */
export interface PlacedBatch {
  readonly path: string
  readonly offset: number
  readonly bytes: number
  readonly sequence: number
  /** Type of its last record: tells the store's own batches from those of the caller. */
  readonly lastType: number
  readonly contents: Buffer
}

const SEGMENT_HEADER_BYTES = 64
const BATCH_HEADER_BYTES = 48
const RECORD_BYTES = 24
const MARK = 0x5a42

/** The batch at `offset`, `null` if none begins there. */
export function batchAt(path: string, bytes: Buffer, offset: number): PlacedBatch | null {
  if (offset + BATCH_HEADER_BYTES > bytes.length || bytes.readUInt16BE(offset + 16) !== MARK) return null
  const length = bytes.readUInt32BE(offset + 4)
  const lastRecord = offset + BATCH_HEADER_BYTES + (bytes.readUInt32BE(offset + 40) - 1) * RECORD_BYTES
  if (length === 0 || offset + length > bytes.length || lastRecord >= bytes.length) return null
  return {
    path,
    offset,
    bytes: length,
    sequence: bytes.readUIntBE(offset + 18, 6),
    lastType: bytes.readUInt8(lastRecord),
    contents: Buffer.from(bytes.subarray(offset, offset + length)),
  }
}

/** The batch that a write to the log consists of, a segment header before it or not. */
export function batchOfWrite(path: string, position: number, bytes: Buffer): PlacedBatch | null {
  const batch = batchAt(path, bytes, position === 0 ? SEGMENT_HEADER_BYTES : 0)
  return batch === null ? null : { ...batch, offset: batch.offset + position }
}

/** All batches of the log, in order. */
export function batchesOf(disk: SimulatedDisk): PlacedBatch[] {
  const batches: PlacedBatch[] = []
  for (const path of disk.paths()) {
    if (!/^log\/\d+\.log$/.test(path)) continue
    const bytes = disk.content(path).seen
    for (let offset = SEGMENT_HEADER_BYTES; ; ) {
      const batch = batchAt(path, bytes, offset)
      if (batch === null) break
      batches.push(batch)
      offset += batch.bytes
    }
  }
  return batches
}

function isChanged(disk: SimulatedDisk, { path, offset, bytes, contents }: PlacedBatch): boolean {
  return !disk
    .content(path)
    .seen.subarray(offset, offset + bytes)
    .equals(contents)
}

/** Whether some piece of the batch that held something holds nothing now. */
function hasLostPiece(disk: SimulatedDisk, batch: PlacedBatch): boolean {
  const now = disk.content(batch.path).seen.subarray(batch.offset, batch.offset + batch.bytes)
  for (let at = 0; at < batch.bytes; ) {
    const end = Math.min(batch.bytes, at + SECTOR_BYTES - ((batch.offset + at) % SECTOR_BYTES))
    if (!isZero(batch.contents.subarray(at, end)) && isZero(now.subarray(at, end))) return true
    at = end
  }
  return false
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0)
}

/** Whether the batch's header stands there as it was written. */
function hasHeader(disk: SimulatedDisk, { path, offset }: PlacedBatch): boolean {
  const bytes = disk.content(path).seen
  const seed = crc32(bytes.subarray(16, 32))
  return crc32(bytes.subarray(offset + 4, offset + BATCH_HEADER_BYTES), seed) === bytes.readUInt32BE(offset)
}

/**
 * How many acknowledged batches recovery may take for torn now: the first one that the damage hit and all after it, if that one has lost a piece
 * and none of the later ones has a header that can be read, which would prove that it was whole. `batches` are those of the log before the
 * damage, `lastSequence` is the last acknowledged one.
 */
export function batchesInWindow(disk: SimulatedDisk, batches: readonly PlacedBatch[], lastSequence: number): number {
  const hit = batches.findIndex((batch) => isChanged(disk, batch))
  const first = batches[hit]
  if (first === undefined || !hasLostPiece(disk, first)) return 0
  if (batches.slice(hit + 1).some((batch) => hasHeader(disk, batch))) return 0
  return batches.slice(hit).filter(({ sequence }) => sequence <= lastSequence).length
}
