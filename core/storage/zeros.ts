// storage: looking for zeros, by which a write that never reached the disk is told from one that was damaged there. PURE.

import { SECTOR_BYTES } from './log-format.ts'

const ZEROS = Buffer.alloc(65536)

/** Whether bytes `from` to `to` are all zero. */
export function isZero(bytes: Buffer, from: number, to: number): boolean {
  let at = from
  while (at < to) {
    if (bytes[at] !== 0) return false
    const next = Math.min(to, at + ZEROS.length)
    if (bytes.compare(ZEROS, 0, next - at, at, next) !== 0) return false
    at = next
  }
  return true
}

/** Where the zeros that end `bytes` begin; at least `from`. */
export function endOfData(bytes: Buffer, from: number): number {
  let end = bytes.length
  while (end > from) {
    const start = Math.max(from, end - ZEROS.length)
    if (isZero(bytes, start, end)) end = start
    else break
  }
  while (end > from && bytes[end - 1] === 0) end -= 1
  return end
}

/**
 * Counts the pieces that are all zero when `parts`, without the first `skip` bytes, lie back to back from file offset `offset` on. A
 * piece is what lies in one sector; the first and the last may be short.
 */
export function countZeroPieces(parts: readonly Buffer[], skip: number, offset: number): number {
  let zeroPieces = 0
  let at = offset
  let pieceIsZero = true
  let begin = skip
  for (const part of parts) {
    while (begin < part.length) {
      const end = Math.min(part.length, begin + SECTOR_BYTES - (at % SECTOR_BYTES))
      if (pieceIsZero && !isZero(part, begin, end)) pieceIsZero = false
      at += end - begin
      begin = end
      if (at % SECTOR_BYTES === 0) {
        if (pieceIsZero) zeroPieces += 1
        pieceIsZero = true
      }
    }
    begin = 0
  }
  if (at % SECTOR_BYTES !== 0 && pieceIsZero && at > offset) zeroPieces += 1
  return zeroPieces
}
