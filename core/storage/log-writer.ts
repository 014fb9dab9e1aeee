// storage: writes batches to the log's end, one at a time, and goes on to the next segment when one is full. Hot: once per group commit. PURE.
//
//   full?  no  -> write
//          yes -> take the next segment -> end seal into the old one -> write header, hard state and batch into the new one
//
// The next segment is there before the end seal is written, so that an ended segment without a successor means a lost file.

import type { Entry } from '../consensus/types.ts'
import { assert } from '../support/assert.ts'
import { type BatchDraft, BatchEncoder, type BatchPlace, batchBytes, type ControlRecord, type SegmentStart } from './batch-encoder.ts'
import type { Disk, Done } from './disk.ts'
import { END_OF_SEGMENT, RecordType, SEAL_BATCH_BYTES, SEGMENT_HEADER_BYTES } from './log-format.ts'
import type { SegmentInfo } from './log-recovery.ts'
import type { OpenSegment, SegmentFiles } from './segment-files.ts'

/** Where writing begins. */
export interface LogPosition {
  readonly logId: Buffer
  readonly sequence: number
  readonly chain: number
  readonly lastIndex: number
  /** Encoded. */
  readonly hardState: Buffer
  /** The segments in use; the last is the one to write to. */
  readonly segments: SegmentInfo[]
  readonly active: OpenSegment
  /** Free byte of the active segment, 0 = it is still to be begun. */
  readonly offset: number
}

/** The next segment is prepared when this part of the present one is used. Filling 64 MiB takes about a second beside a busy log. */
const PREPARE_AT = 1 / 8
const NO_ENTRIES: readonly Entry[] = []
const NOTHING: Buffer = Buffer.alloc(0)

export class LogWriter {
  readonly #encoder: BatchEncoder
  readonly #files: SegmentFiles
  readonly #logId: Buffer
  #segments: SegmentInfo[]
  #active: OpenSegment
  #info: SegmentInfo
  #offset: number
  #sequence: number
  #chain: number
  #durableIndex: number
  #hardState: Buffer
  #sealed = false
  readonly #draft: BatchDraft = { hardState: null, truncateFrom: 0, entries: NO_ENTRIES, control: null }
  readonly #place: BatchPlace = { offset: 0, sequence: 0, chain: 0, durableIndexBefore: 0 }
  #indexAfter = 0
  #bytesInFlight = 0
  #done: Done | null = null
  readonly #onWritten: Done = (error) => this.#written(error)

  constructor(disk: Disk, files: SegmentFiles, position: LogPosition) {
    const info = position.segments.at(-1)
    assert(info !== undefined && info.number === position.active.number, 'the active segment is the last one')
    this.#encoder = new BatchEncoder(disk.crc32, position.logId)
    this.#files = files
    this.#logId = position.logId
    this.#segments = position.segments
    this.#info = info
    this.#active = position.active
    this.#offset = position.offset
    this.#sequence = position.sequence
    this.#chain = position.chain
    this.#durableIndex = position.lastIndex
    this.#hardState = position.hardState
  }

  /** Index of the last entry; everything up to it is durable whenever no write is under way. */
  get durableIndex(): number {
    return this.#durableIndex
  }

  /** Whether the last batch is a seal. */
  get sealed(): boolean {
    return this.#sealed
  }

  /** Whether a write is under way. */
  get busy(): boolean {
    return this.#done !== null
  }

  get segments(): readonly SegmentInfo[] {
    return this.#segments
  }

  /** Forgets segments below `number`: their files are being removed. */
  dropSegmentsBelow(number: number): void {
    this.#segments = this.#segments.filter((segment) => segment.number >= number)
  }

  /** Writes hard state (encoded, or null) and entries. */
  append(hardState: Buffer | null, entries: readonly Entry[], done: Done): void {
    const draft = this.#draft
    draft.hardState = hardState
    draft.truncateFrom = 0
    draft.entries = entries
    draft.control = null
    let indexAfter = this.#durableIndex
    const first = entries[0]
    if (first !== undefined) {
      assert(first.index >= 1 && first.index <= indexAfter + 1, 'entries follow the last one or replace it')
      if (first.index <= indexAfter) draft.truncateFrom = first.index
      indexAfter = first.index + entries.length - 1
      assert(entries[entries.length - 1]?.index === indexAfter, 'the entries of a batch are contiguous')
    }
    this.#write(indexAfter, done)
  }

  /** Writes a record of the store's own. A reset moves the last index. */
  control(type: RecordType, index: number, term: number, payload: Buffer, done: Done): void {
    this.#draft.hardState = null
    this.#draft.truncateFrom = 0
    this.#draft.entries = NO_ENTRIES
    this.#draft.control = { type, flags: 0, term, index, payload }
    this.#write(type === RecordType.reset ? index : this.#durableIndex, done)
  }

  seal(done: Done): void {
    this.control(RecordType.seal, this.#durableIndex, 0, NOTHING, done)
  }

  closeFile(done: Done): void {
    this.#active.file.close(done)
  }

  #write(indexAfter: number, done: Done): void {
    assert(this.#done === null, 'one write at a time')
    this.#done = done
    this.#indexAfter = indexAfter
    const fresh = this.#offset === 0
    if (fresh) this.#draft.hardState ??= this.#hardState
    const bytes = batchBytes(this.#draft) + (fresh ? SEGMENT_HEADER_BYTES : 0)
    if (this.#offset + bytes + SEAL_BATCH_BYTES <= this.#active.fileBytes) this.#put()
    else this.#roll(fresh)
  }

  #put(): void {
    const draft = this.#draft
    const place = this.#place
    const fresh = this.#offset === 0
    place.offset = fresh ? SEGMENT_HEADER_BYTES : this.#offset
    place.sequence = this.#sequence + 1
    place.chain = this.#chain
    place.durableIndexBefore = this.#durableIndex
    this.#bytesInFlight = batchBytes(draft) + (fresh ? SEGMENT_HEADER_BYTES : 0)
    this.#active.file.write(this.#encoder.encode(draft, place, fresh ? this.#start() : null), this.#offset, this.#onWritten)
  }

  #start(): SegmentStart {
    const { number, fileBytes } = this.#active
    return { logId: this.#logId, number, previousIndex: this.#durableIndex, chain: this.#chain, fileBytes }
  }

  #written(error: Error | null): void {
    const done = this.#done
    this.#done = null
    if (error === null) this.#advance()
    done?.(error)
  }

  #advance(): void {
    const draft = this.#draft
    this.#offset += this.#bytesInFlight
    this.#sequence += 1
    this.#chain = this.#encoder.headerCrc
    this.#durableIndex = this.#indexAfter
    if (this.#indexAfter > this.#info.maxIndex) this.#info.maxIndex = this.#indexAfter
    if (draft.hardState !== null) this.#hardState = draft.hardState
    this.#sealed = draft.control?.type === RecordType.seal
    if (this.#offset > this.#active.fileBytes * PREPARE_AT) this.#files.prepareAhead(this.#active.number + 1)
    draft.entries = NO_ENTRIES
  }

  /** Goes on to a segment that has room for the draft. One that was not begun yet is replaced by a larger one of the same number. */
  #roll(fresh: boolean): void {
    this.#draft.hardState ??= this.#hardState
    const needed = SEGMENT_HEADER_BYTES + batchBytes(this.#draft) + SEAL_BATCH_BYTES
    if (fresh) {
      const { number, file } = this.#active
      file.close((error) => (error === null ? this.#take(number, needed, false) : this.#onWritten(error)))
    } else {
      this.#take(this.#active.number + 1, needed, true)
    }
  }

  #take(number: number, needed: number, endBefore: boolean): void {
    this.#files.take(number, needed, (error, segment) => {
      if (segment === undefined) this.#onWritten(error ?? new Error('no segment'))
      else if (endBefore) this.#end(segment)
      else this.#begin(segment)
    })
  }

  /** Ends the active segment with a seal and goes on in `next`. */
  #end(next: OpenSegment): void {
    const control: ControlRecord = {
      type: RecordType.seal,
      flags: END_OF_SEGMENT,
      term: 0,
      index: this.#durableIndex,
      payload: NOTHING,
    }
    const draft: BatchDraft = { hardState: null, truncateFrom: 0, entries: NO_ENTRIES, control }
    const place: BatchPlace = {
      offset: this.#offset,
      sequence: this.#sequence + 1,
      chain: this.#chain,
      durableIndexBefore: this.#durableIndex,
    }
    const { file } = this.#active
    file.write(this.#encoder.encode(draft, place, null), this.#offset, (error) => {
      if (error !== null) {
        this.#onWritten(error)
        return
      }
      this.#sequence += 1
      this.#chain = this.#encoder.headerCrc
      file.close((closeError) => (closeError === null ? this.#begin(next) : this.#onWritten(closeError)))
    })
  }

  #begin(segment: OpenSegment): void {
    const info: SegmentInfo = { number: segment.number, fileBytes: segment.fileBytes, maxIndex: this.#durableIndex }
    if (this.#info.number === segment.number) this.#segments.pop()
    this.#segments.push(info)
    this.#info = info
    this.#active = segment
    this.#offset = 0
    this.#put()
  }
}
