// storage: reads one segment batch by batch, up to where it ends or where it cannot be read. PURE.

import { type BatchHeader, type LogRecord, readBatchHeader, readRecords, type SegmentHeader } from './batch-reader.ts'
import type { Crc32 } from './disk.ts'
import { SEGMENT_HEADER_BYTES } from './log-format.ts'
import type { LogReplay } from './log-replay.ts'
import { isZero } from './zeros.ts'

/**
 * Why reading stopped: only zeros follow; no batch header can be read; a readable one does not continue what was read; its directory or a
 * payload is damaged; its records are whole but cannot follow what was read.
 */
export type ScanFault = 'none' | 'header' | 'chain' | 'contents' | 'meaning'

/** Told of every good batch, for whoever wants to show them. */
export type OnBatch = (segment: number, header: BatchHeader, records: readonly LogRecord[]) => void

/** How far a segment could be read. */
export interface ScanEnd {
  /** End of the last good batch. */
  readonly offset: number
  /** Where the last good batch begins, -1 if there is none. */
  readonly lastBatch: number
  /** Of the last good batch, or what the segment began with. */
  readonly sequence: number
  readonly chain: number
  /** What is wrong at `offset`, `null` if only zeros follow. */
  readonly problem: string | null
  readonly fault: ScanFault
  /** The bad batch's header, if that could be read. */
  readonly badHeader: BatchHeader | null
}

/** Reads all batches of a segment whose header is good into `replay`. */
export function scanSegment(bytes: Buffer, segment: SegmentHeader, replay: LogReplay, crc32: Crc32, onBatch: OnBatch | null): ScanEnd {
  const seed = crc32(segment.logId)
  let offset = SEGMENT_HEADER_BYTES
  let lastBatch = -1
  let sequence = segment.firstSequence - 1
  let chain = segment.crc
  const end = (problem: string | null, fault: ScanFault, badHeader: BatchHeader | null): ScanEnd => {
    return { offset, lastBatch, sequence, chain, problem, fault, badHeader }
  }
  for (;;) {
    const header = readBatchHeader(bytes, offset, crc32, seed)
    if (header === null) {
      if (isZero(bytes, offset, bytes.length)) return end(null, 'none', null)
      return end('the batch header cannot be read', 'header', null)
    }
    const misplaced = misplacement(header, sequence, chain, replay)
    if (misplaced !== null) return end(misplaced, 'chain', header)
    const records = readRecords(bytes, header, crc32)
    if (typeof records === 'string') return end(records, 'contents', header)
    for (const record of records) {
      const problem = replay.apply(record)
      if (problem !== null) return end(problem, 'meaning', header)
    }
    onBatch?.(segment.number, header, records)
    lastBatch = offset
    offset += header.bytes
    sequence = header.sequence
    chain = header.crc
  }
}

/** Why a batch with a good header cannot stand here. */
export function misplacement(header: BatchHeader, sequence: number, chain: number, replay: LogReplay): string | null {
  if (replay.segmentEnded) return 'a batch follows the end seal'
  if (header.sequence !== sequence + 1) return `batch ${header.sequence} follows batch ${sequence}`
  if (header.chain !== chain) return `batch ${header.sequence} does not continue the chain of the batch before`
  if (header.durableIndexBefore !== replay.lastIndex) {
    return `batch ${header.sequence} was written after entry ${header.durableIndexBefore}, but follows entry ${replay.lastIndex}`
  }
  return null
}
