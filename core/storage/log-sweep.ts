// storage: reads on behind damage: which entries the readable headers still name, which hard state is the newest, and what can be read without a
// gap, so that a snapshot or the part before the damage joins it. PURE.
//
//   [good ... L] [damage] [run] [damage again] [run to the log's end]
//                          ^ begins after entry `run.base`

import type { HardState } from '../consensus/types.ts'
import { type BatchHeader, type LogRecord, readBatchHeader, readRecords, type SegmentHeader } from './batch-reader.ts'
import type { Crc32 } from './disk.ts'
import { BATCH_HEADER_BYTES, hasMark, marked, RECORD_HEADER_BYTES, RecordOffset, RecordType } from './log-format.ts'
import { LogReplay } from './log-replay.ts'
import { endOfData } from './zeros.ts'

/** What one bad batch's header and directory still say. */
export interface NamedBatch {
  readonly firstIndex: number
  readonly lastIndex: number
}

export class LogSweep {
  readonly #crc32: Crc32
  readonly #snapshotIndex: number
  #sequence: number
  /** Header CRC of the batch before, `null` when that cannot be known. */
  #chain: number | null
  /** Stretches that cannot be read so far, and the bad batch if all there is of them is one with a readable header. */
  #gaps = 0
  #onlyBad: BatchHeader | null = null
  /** Whether what came just before has no readable header. */
  #inGap = false
  #nothingYet = true
  /** Whether an end seal was read and the next segment was not seen yet. */
  #successorMissing = false

  /** Highest index and term that a readable header or directory names. */
  highestIndex = 0
  highestTerm = 0
  /** Entries of the batch where the damage begins, `null` if it holds none or its header cannot be read. */
  badBatch: NamedBatch | null = null
  /** The newest hard state behind the damage, `null` if there is none. */
  hardState: HardState | null = null
  /** Whether a newer hard state may have been in what cannot be read. */
  hardStateSuspect = false
  /** What can be read between the gaps, in order. */
  readonly runs: LogReplay[] = []
  /** The last run, if it goes on to where reading is; `null` in a gap. */
  tail: LogReplay | null = null
  /** Whether whole data is there that does not belong: then nothing behind the damage is used. */
  untrusted = false

  /** `sequence` and `chain` of the last good batch. */
  constructor(crc32: Crc32, snapshotIndex: number, sequence: number, chain: number | null) {
    this.#crc32 = crc32
    this.#snapshotIndex = snapshotIndex
    this.#sequence = sequence
    this.#chain = chain
  }

  /** Whether one batch alone is bad, and its header says that it held no entries: then none is missing. */
  get lostNoEntries(): boolean {
    return this.#gaps === 1 && this.#onlyBad !== null && this.#onlyBad.firstIndex === 0
  }

  /** Whether it is known where the log ended. */
  get endKnown(): boolean {
    return !this.#inGap && !this.#successorMissing
  }

  /** Something of unknown size is missing here. */
  missing(): void {
    if (!this.#inGap) this.#gaps += 1
    this.#onlyBad = null
    this.#inGap = true
    this.#nothingYet = false
    this.#chain = null
    this.tail = null
    this.hardStateSuspect = true
  }

  /** The next segment begins; `null` if its header cannot be read. */
  beginSegment(header: SegmentHeader | null): void {
    if (header === null || header.firstSequence > this.#sequence + 1) this.missing()
    if (header === null) return
    const breaks = this.#chain !== null && header.chain !== this.#chain
    if (header.firstSequence <= this.#sequence || breaks) this.untrusted = true
    this.#chain = header.crc
    this.#sequence = Math.max(this.#sequence, header.firstSequence - 1)
  }

  /** The next segment is there, used or not. */
  segmentSeen(): void {
    this.#successorMissing = false
    this.tail?.beginSegment()
  }

  /** Reads a segment's batches from `from` on. `seed` is the CRC-32 of the log id. */
  sweep(bytes: Buffer, from: number, seed: number): void {
    const end = endOfData(bytes, from)
    for (let at = from; at < end; ) {
      const header = readBatchHeader(bytes, at, this.#crc32, seed)
      if (header === null || header.sequence <= this.#sequence) {
        this.missing()
        at += 8
        continue
      }
      const records = readRecords(bytes, header, this.#crc32)
      if (typeof records === 'string') this.#bad(bytes, header)
      else this.#good(bytes, header, records)
      this.#nothingYet = false
      this.#inGap = false
      this.#sequence = header.sequence
      this.#chain = header.crc
      const next = at + header.bytes
      at = header.bytes >= BATCH_HEADER_BYTES && next <= bytes.length ? next : at + 8
    }
  }

  #note(index: number, term: number): void {
    if (index > this.highestIndex) this.highestIndex = index
    if (term > this.highestTerm) this.highestTerm = term
  }

  #bad(bytes: Buffer, header: BatchHeader): void {
    this.#gaps += 1
    this.#onlyBad = this.#gaps === 1 ? header : null
    this.tail = null
    this.#note(header.durableIndexBefore, 0)
    const records = directory(bytes, header, this.#crc32)
    for (const { index, term } of records ?? []) this.#note(index, term)
    if (records === null || records.some(({ type }) => type === RecordType.hardState)) this.hardStateSuspect = true
    if (header.firstIndex === 0) return
    // Without its directory, the number of records says how many entries there were at most.
    const lastIndex = records?.findLast(({ type }) => type === RecordType.entry)?.index ?? header.firstIndex + header.count - 1
    this.#note(lastIndex, 0)
    if (this.#nothingYet) this.badBatch = { firstIndex: header.firstIndex, lastIndex }
  }

  #good(bytes: Buffer, header: BatchHeader, records: readonly LogRecord[]): void {
    const follows = header.sequence === this.#sequence + 1
    if (!follows) this.missing()
    else if (this.#chain !== null && header.chain !== this.#chain) this.untrusted = true
    this.#note(header.durableIndexBefore, 0)
    for (const { index, term } of directory(bytes, header, this.#crc32) ?? []) this.#note(index, term)
    if (this.tail === null) {
      this.tail = new LogReplay(this.#snapshotIndex)
      this.tail.beginLog(header.durableIndexBefore)
      this.tail.beginSegment()
      this.runs.push(this.tail)
    }
    for (const record of records) if (this.tail.apply(record) !== null) this.untrusted = true
    this.#successorMissing = this.tail.segmentEnded
    if (!records.some(({ type }) => type === RecordType.hardState)) return
    this.hardState = this.tail.hardState
    this.hardStateSuspect = false
  }
}

interface DirectoryEntry {
  readonly type: number
  readonly index: number
  readonly term: number
}

/** What the directory of a batch names, `null` if it cannot be read. */
function directory(bytes: Buffer, header: BatchHeader, crc32: Crc32): DirectoryEntry[] | null {
  const from = header.offset + BATCH_HEADER_BYTES
  const to = from + header.count * RECORD_HEADER_BYTES
  if (to > bytes.length || crc32(bytes.subarray(from, to)) !== header.directoryCrc) return null
  const entries: DirectoryEntry[] = []
  for (let at = from; at < to; at += RECORD_HEADER_BYTES) {
    if (!hasMark(bytes, at + RecordOffset.index)) return null
    entries.push({
      type: bytes.readUInt8(at + RecordOffset.type),
      term: bytes.readUInt32BE(at + RecordOffset.term),
      index: marked(bytes, at + RecordOffset.index),
    })
  }
  return entries
}
