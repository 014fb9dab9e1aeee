// storage: the facts about bad bytes at the log's end by which a write that a crash interrupted is told from damage to something that was
// durable. The verdict is recovery-table.ts's. PURE.
//
// A disk writes each 512-byte sector whole or not at all, and segments are zero-filled before use. So a torn write leaves some piece (what lies in
// one sector) with the zeros of before. With a readable header that is: more zero pieces than the header says were written as zeros;
// without one: a zero piece of the header itself, for no word of a header is zero.

import { type BatchHeader, readBatchHeader } from './batch-reader.ts'
import type { Crc32 } from './disk.ts'
import { BATCH_HEADER_BYTES, SECTOR_BYTES } from './log-format.ts'
import { countZeroPieces, endOfData, isZero } from './zeros.ts'

/** The next batch header that can be read after the bad batch at `offset`, which follows batch `sequence`. */
export function followingBatch(bytes: Buffer, offset: number, sequence: number, crc32: Crc32, seed: number): BatchHeader | null {
  const end = endOfData(bytes, offset)
  for (let at = offset + BATCH_HEADER_BYTES; at < end; at += 8) {
    const header = readBatchHeader(bytes, at, crc32, seed)
    // Log bytes that a client stored as data are no batch of this log's future.
    if (header !== null && header.sequence > sequence + 1) return header
  }
  return null
}

/** Whether a sector of the batch still holds the zeros of before. */
export function hasEmptySector(bytes: Buffer, offset: number, header: BatchHeader | null): boolean {
  if (header === null) return hasEmptyHeaderSector(bytes, offset)
  const end = offset + header.bytes
  return end <= bytes.length && countZeroPieces([bytes.subarray(offset, end)], 0, offset) > header.zeroPieces
}

function hasEmptyHeaderSector(bytes: Buffer, offset: number): boolean {
  const end = Math.min(bytes.length, offset + BATCH_HEADER_BYTES)
  for (let at = offset; at < end; ) {
    const next = Math.min(end, at + SECTOR_BYTES - (at % SECTOR_BYTES))
    if (isZero(bytes, at, next)) return true
    at = next
  }
  return false
}

/** Whether anything but zeros lies behind a batch whose header can be read. */
export function hasDataBehind(bytes: Buffer, offset: number, header: BatchHeader | null): boolean {
  if (header === null) return false
  return !isZero(bytes, Math.min(bytes.length, offset + header.bytes), bytes.length)
}
