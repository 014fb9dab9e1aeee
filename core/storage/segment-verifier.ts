// storage: reads one segment that is complete and checks every byte of it, a slice at a time: the scrubber's way through the log. PURE.
//
//   header -> batch header -> directory -> payloads, padding -> next batch ... end seal -> zeros to the end of the file
//
// What is checked is what recovery checks, with its own functions; only payloads, which may be large, go through their checksum in pieces.

import { assert } from '../support/assert.ts'
import {
  type BatchHeader,
  type DirectoryEntry,
  readBatchHeader,
  readDirectory,
  readSegmentHeader,
  type SegmentHeader,
} from './batch-reader.ts'
import type { Disk } from './disk.ts'
import { BATCH_HEADER_BYTES, RECORD_HEADER_BYTES, RecordType, SEGMENT_HEADER_BYTES, segmentPath } from './log-format.ts'
import type { SegmentInfo } from './log-recovery.ts'
import { LogReplay } from './log-replay.ts'
import { misplacement } from './segment-scan.ts'
import { isZero } from './zeros.ts'

/** What the next segment must go on from. */
export interface SegmentEnd {
  readonly number: number
  readonly logId: Buffer
  readonly sequence: number
  readonly chain: number
  readonly lastIndex: number
}

/** The end of a check: where the next segment begins, or what is wrong and where. */
export type SegmentVerdict =
  | { readonly type: 'whole'; readonly end: SegmentEnd }
  | { readonly type: 'damaged'; readonly offset: number; readonly firstIndex: number; readonly problem: string }
  | { readonly type: 'unread'; readonly error: Error }

const SLICE_BYTES = 128 * 1024
const NOTHING: Buffer = Buffer.alloc(0)

export class SegmentVerifier {
  readonly #disk: Disk
  readonly #info: SegmentInfo
  readonly #before: SegmentEnd | null
  readonly #done: (verdict: SegmentVerdict) => void
  /** Keeps no entries: only their order is checked. */
  readonly #replay = new LogReplay(Number.MAX_SAFE_INTEGER)
  #window: Buffer = NOTHING
  #windowAt = 0
  #header: SegmentHeader | null = null
  #seed = 0
  #sequence = 0
  #chain = 0
  /** Where the next byte to check stands, and where the batch it belongs to begins. */
  #at = 0
  #batchAt = 0
  #batch: BatchHeader | null = null
  #directory: readonly DirectoryEntry[] | null = null
  #record = 0
  #payloadLeft = 0
  #payloadCrc = 0

  /** `before`: the end of the segment before, if that was checked. */
  constructor(disk: Disk, info: SegmentInfo, before: SegmentEnd | null, done: (verdict: SegmentVerdict) => void) {
    this.#disk = disk
    this.#info = info
    this.#before = before
    this.#done = done
  }

  start(): void {
    this.#read(Math.min(SLICE_BYTES, this.#info.fileBytes))
  }

  /** Reads on from `#at`; `length` bytes. */
  #read(length: number): void {
    this.#disk.read(segmentPath(this.#info.number), this.#at, length, (error, bytes) => {
      if (bytes === undefined) {
        this.#done({ type: 'unread', error: error ?? new Error('nothing was read') })
        return
      }
      this.#window = bytes
      this.#windowAt = this.#at
      this.#check()
    })
  }

  /** Whether the window holds `length` bytes from `#at` on; if not, they are being read. */
  #has(length: number): boolean {
    if (this.#at - this.#windowAt + length <= this.#window.length) return true
    this.#read(Math.min(this.#left, Math.max(length, SLICE_BYTES)))
    return false
  }

  get #left(): number {
    return this.#info.fileBytes - this.#at
  }

  #bytes(length: number): Buffer {
    const from = this.#at - this.#windowAt
    return this.#window.subarray(from, from + length)
  }

  /** Goes as far as the window reaches. */
  #check(): void {
    let going = true
    while (going) {
      if (this.#header === null) going = this.#segmentHeader()
      else if (this.#replay.segmentEnded && this.#batch === null) going = this.#zeros()
      else if (this.#batch === null) going = this.#batchHeader()
      else if (this.#directory === null) going = this.#readDirectory(this.#batch)
      else going = this.#contents(this.#batch, this.#directory)
    }
  }

  #damaged(problem: string): false {
    this.#done({ type: 'damaged', offset: this.#batchAt, firstIndex: this.#replay.lastIndex + 1, problem })
    return false
  }

  #segmentHeader(): boolean {
    const header = readSegmentHeader(this.#bytes(Math.min(SEGMENT_HEADER_BYTES, this.#window.length)), this.#disk.crc32)
    if ('problem' in header) return this.#damaged(header.problem)
    const misfit = this.#misfit(header)
    if (misfit !== null) return this.#damaged(misfit)
    this.#header = header
    this.#seed = this.#disk.crc32(header.logId)
    this.#sequence = header.firstSequence - 1
    this.#chain = header.crc
    this.#replay.beginLog(header.previousIndex)
    this.#replay.beginSegment()
    this.#at = SEGMENT_HEADER_BYTES
    this.#batchAt = this.#at
    return true
  }

  #misfit(header: SegmentHeader): string | null {
    const { number, fileBytes } = this.#info
    if (header.number !== number) return `the file holds segment ${header.number}`
    if (header.fileBytes !== fileBytes) return `the file has ${fileBytes} bytes, expected ${header.fileBytes}`
    const before = this.#before
    if (before === null || before.number + 1 !== number) return null
    const goesOn =
      header.logId.equals(before.logId) &&
      header.chain === before.chain &&
      header.firstSequence === before.sequence + 1 &&
      header.previousIndex === before.lastIndex
    return goesOn ? null : 'the segment does not continue the one before'
  }

  #batchHeader(): boolean {
    this.#batchAt = this.#at
    if (this.#left < BATCH_HEADER_BYTES) return this.#damaged('the segment has no end seal')
    if (!this.#has(BATCH_HEADER_BYTES)) return false
    const header = readBatchHeader(this.#bytes(BATCH_HEADER_BYTES), 0, this.#disk.crc32, this.#seed)
    if (header === null) return this.#damaged('the batch header cannot be read')
    const misplaced = misplacement(header, this.#sequence, this.#chain, this.#replay)
    if (misplaced !== null) return this.#damaged(misplaced)
    if (header.bytes > this.#left || BATCH_HEADER_BYTES + header.count * RECORD_HEADER_BYTES > header.bytes) {
      return this.#damaged('the batch does not fit into its segment')
    }
    this.#batch = header
    this.#at += BATCH_HEADER_BYTES
    return true
  }

  #readDirectory(batch: BatchHeader): boolean {
    const length = batch.count * RECORD_HEADER_BYTES
    if (!this.#has(length)) return false
    const directory = readDirectory(this.#bytes(length), batch, this.#disk.crc32)
    if (typeof directory === 'string') return this.#damaged(directory)
    this.#directory = directory
    this.#at += length
    this.#begin(0)
    return true
  }

  #begin(record: number): void {
    this.#record = record
    this.#payloadLeft = this.#directory?.[record]?.payloadBytes ?? 0
    this.#payloadCrc = 0
  }

  #contents(batch: BatchHeader, directory: readonly DirectoryEntry[]): boolean {
    const entry = directory[this.#record]
    return entry === undefined ? this.#padding(batch) : this.#payload(entry)
  }

  #payload(entry: DirectoryEntry): boolean {
    // A hard state is decoded, so it is wanted whole; it has a few bytes.
    const least = entry.type === RecordType.hardState ? entry.payloadBytes : Math.min(1, this.#payloadLeft)
    if (!this.#has(least)) return false
    const piece = this.#bytes(this.#payloadLeft)
    this.#payloadCrc = this.#disk.crc32(piece, this.#payloadCrc)
    this.#payloadLeft -= piece.length
    this.#at += piece.length
    if (this.#payloadLeft > 0) return true
    const { type, flags, term, index } = entry
    if (this.#payloadCrc !== entry.payloadCrc) {
      return this.#damaged(`the checksum of a payload does not match (record type ${type}, index ${index}, term ${term})`)
    }
    const payload = type === RecordType.hardState ? piece : NOTHING
    const problem = this.#replay.apply({ type, flags, term, index, payload })
    if (problem !== null) return this.#damaged(problem)
    this.#begin(this.#record + 1)
    return true
  }

  #padding(batch: BatchHeader): boolean {
    const length = this.#batchAt + batch.bytes - this.#at
    if (!this.#has(length)) return false
    const padding = this.#bytes(length)
    if (!isZero(padding, 0, padding.length)) return this.#damaged('the padding of the batch is not zero')
    this.#at += length
    this.#sequence = batch.sequence
    this.#chain = batch.crc
    this.#batch = null
    this.#directory = null
    return true
  }

  /** What follows the end seal. */
  #zeros(): boolean {
    this.#batchAt = this.#at
    if (this.#left === 0) {
      assert(this.#header !== null, 'a segment that is read to its end has a header')
      const { number } = this.#info
      const { lastIndex } = this.#replay
      this.#done({ type: 'whole', end: { number, logId: this.#header.logId, sequence: this.#sequence, chain: this.#chain, lastIndex } })
      return false
    }
    if (!this.#has(1)) return false
    const rest = this.#bytes(this.#left)
    if (!isZero(rest, 0, rest.length)) return this.#damaged('data follows the end seal')
    this.#at += rest.length
    return true
  }
}
