// storage: lays out one batch of the log for one write. Layout: log-format.ts. Hot: once per group commit. PURE.
//
// Small payloads are copied behind the headers into one reused buffer; large ones are handed to the disk where they lie.
//
//   scratch  [segment header?][batch header][directory][small payloads][small payloads][pad]
//   parts    |<------------------ part 0 ----------------------------->| big payload |<- part 2 ->|

import type { Entry } from '../consensus/types.ts'
import { assert } from '../support/assert.ts'
import type { Crc32 } from './disk.ts'
import {
  BATCH_HEADER_BYTES,
  BatchOffset,
  FORMAT_VERSION,
  padded,
  RECORD_HEADER_BYTES,
  RecordOffset,
  RecordType,
  SEGMENT_HEADER_BYTES,
  SEGMENT_MAGIC,
  SegmentOffset,
  setMarked,
} from './log-format.ts'
import { countZeroPieces } from './zeros.ts'

/** Payloads from this size on are not copied. Measured: docs/internals/storage.md. */
const REFERENCE_BYTES = 32768
const INITIAL_SCRATCH_BYTES = 65536
const MAX_KEPT_SCRATCH_BYTES = 4 * 1024 * 1024
const MAX_BATCH_BYTES = 2 ** 31
const NOTHING: Buffer = Buffer.alloc(0)

/** A record that the store writes on its own account. */
export interface ControlRecord {
  readonly type: RecordType
  readonly flags: number
  readonly term: number
  readonly index: number
  readonly payload: Buffer
}

/** What goes into a batch, in this order. */
export interface BatchDraft {
  /** Encoded hard state. */
  hardState: Buffer | null
  /** First index that is overwritten, 0 for none. */
  truncateFrom: number
  entries: readonly Entry[]
  control: ControlRecord | null
}

/** Where a batch goes. */
export interface BatchPlace {
  /** Of the batch (not of its segment header) in the file. */
  offset: number
  sequence: number
  /** Header CRC of the batch before; not used for a segment's first batch. */
  chain: number
  durableIndexBefore: number
}

/** The header of a segment that begins with the batch. */
export interface SegmentStart {
  readonly logId: Buffer
  readonly number: number
  readonly previousIndex: number
  /** Header CRC of the last batch of the segment before. */
  readonly chain: number
  readonly fileBytes: number
}

function recordCount(draft: BatchDraft): number {
  return (draft.hardState === null ? 0 : 1) + (draft.truncateFrom === 0 ? 0 : 1) + draft.entries.length + (draft.control === null ? 0 : 1)
}

/** Bytes that the batch takes, without the padding. */
function bareBytes(draft: BatchDraft): number {
  let payloads = (draft.hardState?.length ?? 0) + (draft.control?.payload.length ?? 0)
  for (const entry of draft.entries) payloads += entry.payload.length
  return BATCH_HEADER_BYTES + recordCount(draft) * RECORD_HEADER_BYTES + payloads
}

/** Bytes that the batch takes in the file. */
export function batchBytes(draft: BatchDraft): number {
  return padded(bareBytes(draft))
}

export class BatchEncoder {
  readonly #crc32: Crc32
  readonly #seed: number
  #scratch: Buffer
  #view: DataView
  readonly #parts: Buffer[] = []
  /** Next free byte of the directory, of the payloads, and first byte of the scratch that is in no part yet. */
  #recordAt = 0
  #payloadAt = 0
  #partFrom = 0
  #headerCrc = 0

  constructor(crc32: Crc32, logId: Buffer) {
    this.#crc32 = crc32
    this.#seed = crc32(logId)
    this.#scratch = Buffer.allocUnsafeSlow(INITIAL_SCRATCH_BYTES)
    this.#view = new DataView(this.#scratch.buffer)
  }

  /** Header CRC of the batch encoded last: the next one's chain. */
  get headerCrc(): number {
    return this.#headerCrc
  }

  /** The bytes to write, valid until the next call; for a segment's first batch they begin with the segment header. */
  encode(draft: BatchDraft, place: BatchPlace, start: SegmentStart | null): readonly Buffer[] {
    const count = recordCount(draft)
    const bare = bareBytes(draft)
    const total = padded(bare)
    assert(count > 0, 'a batch holds at least one record')
    assert(total < MAX_BATCH_BYTES, 'a batch is below 2 GiB')
    const lead = start === null ? 0 : SEGMENT_HEADER_BYTES
    const head = lead + BATCH_HEADER_BYTES + count * RECORD_HEADER_BYTES
    this.#reserve(head, draft)
    this.#parts.length = 0
    this.#partFrom = 0
    this.#recordAt = lead + BATCH_HEADER_BYTES
    this.#payloadAt = head
    const chain = start === null ? place.chain : this.#writeSegmentHeader(start, place.sequence)
    this.#addRecords(draft)
    this.#pad(total - bare)
    this.#writeHeader(lead, total, count, chain, place, draft.entries[0]?.index ?? 0)
    return this.#parts
  }

  #reserve(head: number, draft: BatchDraft): void {
    let bytes = head + 8 + (draft.hardState?.length ?? 0) + (draft.control?.payload.length ?? 0)
    for (const entry of draft.entries) if (entry.payload.length < REFERENCE_BYTES) bytes += entry.payload.length
    const kept = this.#scratch.length
    if (bytes <= kept && kept <= MAX_KEPT_SCRATCH_BYTES) return
    let size = INITIAL_SCRATCH_BYTES
    while (size < bytes) size *= 2
    if (size === kept) return
    this.#scratch = Buffer.allocUnsafeSlow(size)
    this.#view = new DataView(this.#scratch.buffer)
  }

  #writeSegmentHeader(start: SegmentStart, firstSequence: number): number {
    const view = this.#view
    this.#scratch.write(SEGMENT_MAGIC, 0, 'latin1')
    view.setUint32(SegmentOffset.version, FORMAT_VERSION)
    start.logId.copy(this.#scratch, SegmentOffset.logId)
    setMarked(view, SegmentOffset.number, start.number)
    setMarked(view, SegmentOffset.previousIndex, start.previousIndex)
    setMarked(view, SegmentOffset.firstSequence, firstSequence)
    view.setUint32(SegmentOffset.chain, start.chain)
    view.setUint32(SegmentOffset.fileBytes, start.fileBytes)
    const crc = this.#crc32(this.#scratch.subarray(SegmentOffset.version, SEGMENT_HEADER_BYTES))
    view.setUint32(SegmentOffset.crc, crc)
    return crc
  }

  #addRecords(draft: BatchDraft): void {
    if (draft.hardState !== null) this.#add(RecordType.hardState, 0, 0, 0, draft.hardState)
    if (draft.truncateFrom !== 0) this.#add(RecordType.truncate, 0, 0, draft.truncateFrom, NOTHING)
    for (const entry of draft.entries) this.#add(RecordType.entry, 0, entry.term, entry.index, entry.payload)
    const control = draft.control
    if (control !== null) this.#add(control.type, control.flags, control.term, control.index, control.payload)
  }

  #add(type: RecordType, flags: number, term: number, index: number, payload: Buffer): void {
    const view = this.#view
    const at = this.#recordAt
    view.setUint8(at + RecordOffset.type, type)
    view.setUint8(at + RecordOffset.flags, flags)
    view.setUint16(at + 2, 0)
    view.setUint32(at + RecordOffset.term, term)
    setMarked(view, at + RecordOffset.index, index)
    view.setUint32(at + RecordOffset.payloadBytes, payload.length)
    view.setUint32(at + RecordOffset.payloadCrc, this.#crc32(payload))
    this.#recordAt = at + RECORD_HEADER_BYTES
    if (payload.length >= REFERENCE_BYTES) {
      this.#endPart()
      this.#parts.push(payload)
    } else {
      payload.copy(this.#scratch, this.#payloadAt)
      this.#payloadAt += payload.length
    }
  }

  #endPart(): void {
    if (this.#payloadAt === this.#partFrom) return
    this.#parts.push(this.#scratch.subarray(this.#partFrom, this.#payloadAt))
    this.#partFrom = this.#payloadAt
  }

  #pad(bytes: number): void {
    this.#scratch.fill(0, this.#payloadAt, this.#payloadAt + bytes)
    this.#payloadAt += bytes
    this.#endPart()
  }

  #writeHeader(at: number, total: number, count: number, chain: number, place: BatchPlace, firstIndex: number): void {
    const view = this.#view
    const directory = at + BATCH_HEADER_BYTES
    view.setUint32(at + BatchOffset.bytes, total)
    view.setUint32(at + BatchOffset.chain, chain)
    view.setUint32(at + BatchOffset.directoryCrc, this.#crc32(this.#scratch.subarray(directory, directory + count * RECORD_HEADER_BYTES)))
    setMarked(view, at + BatchOffset.sequence, place.sequence)
    setMarked(view, at + BatchOffset.durableIndexBefore, place.durableIndexBefore)
    setMarked(view, at + BatchOffset.firstIndex, firstIndex)
    view.setUint32(at + BatchOffset.count, count)
    view.setUint32(at + BatchOffset.zeroPieces, countZeroPieces(this.#parts, at, place.offset))
    this.#headerCrc = this.#crc32(this.#scratch.subarray(at + 4, at + BATCH_HEADER_BYTES), this.#seed)
    view.setUint32(at + BatchOffset.crc, this.#headerCrc)
  }
}
