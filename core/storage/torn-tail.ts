// storage: decides whether bad bytes at the log's end are a write that a crash interrupted (may be cut: it was never acknowledged) or damage
// to something that was durable (must never be cut). PURE.
//
// A disk writes each 512-byte sector whole or not at all, and segments are zero-filled before use. So the last batch is torn only if
//   1. no readable batch follows it, here or in a later segment: one is written only after all earlier ones are durable,
//   2. it comes after everything that is known to be durable: for the batches its place in the chain and its durableIndexBefore say so (checked
//      where it is read); for the newest snapshot its first index, and that the log reaches that snapshot without it (checked last), and
//   3. some piece of it (what lies in one sector) still holds the zeros of before.
// With a readable header 3 means more zero pieces than the header says were written as zeros; without one, a zero piece of the header
// itself, for no word of a header is zero.

import { type BatchHeader, readBatchHeader } from './batch-reader.ts'
import type { Crc32 } from './disk.ts'
import { BATCH_HEADER_BYTES, SECTOR_BYTES } from './log-format.ts'
import { countZeroPieces, endOfData, isZero } from './zeros.ts'

export interface Tail {
  /** The last segment that is not all zero. */
  readonly bytes: Buffer
  /** Where the bad batch begins. */
  readonly offset: number
  readonly badHeader: BatchHeader | null
  /** Sequence number of the last good batch. */
  readonly sequence: number
  /** Index of the newest snapshot: entries up to it were durable. An overwriting batch never reaches so far back. */
  readonly durableIndex: number
}

/** `null` if the tail is torn; else why it is damage. */
export function damageOf(tail: Tail, crc32: Crc32, seed: number): string | null {
  const follower = followingBatch(tail, crc32, seed)
  if (follower !== null) return `batch ${follower.sequence} at offset ${follower.offset} was written after it`
  return tail.badHeader === null ? damageWithoutHeader(tail) : damageWithHeader(tail, tail.badHeader)
}

/** The next batch header that can be read after the bad batch's start. */
function followingBatch(tail: Tail, crc32: Crc32, seed: number): BatchHeader | null {
  const { bytes, offset } = tail
  const end = endOfData(bytes, offset)
  for (let at = offset + BATCH_HEADER_BYTES; at < end; at += 8) {
    const header = readBatchHeader(bytes, at, crc32, seed)
    // Log bytes that a client stored as data are no batch of this log's future.
    if (header !== null && header.sequence > tail.sequence + 1) return header
  }
  return null
}

function damageWithHeader(tail: Tail, header: BatchHeader): string | null {
  const { bytes, offset } = tail
  const end = offset + header.bytes
  if (end > bytes.length) return 'the batch is larger than its segment'
  if (header.firstIndex !== 0 && header.firstIndex <= tail.durableIndex) {
    return `entries from index ${header.firstIndex} on were durable (up to ${tail.durableIndex})`
  }
  if (!isZero(bytes, end, bytes.length)) return 'data follows it'
  if (countZeroPieces([bytes.subarray(offset, end)], 0, offset) <= header.zeroPieces) return 'all of its sectors were written'
  return null
}

function damageWithoutHeader(tail: Tail): string | null {
  const { bytes, offset } = tail
  const end = Math.min(bytes.length, offset + BATCH_HEADER_BYTES)
  for (let at = offset; at < end; ) {
    const next = Math.min(end, at + SECTOR_BYTES - (at % SECTOR_BYTES))
    if (isZero(bytes, at, next)) return null
    at = next
  }
  return 'all sectors of its header were written'
}
