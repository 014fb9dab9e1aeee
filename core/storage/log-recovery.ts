// storage: reads the whole log when a data directory is opened and decides where it ends. Changes nothing on the disk. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'
import { readSegmentHeader, type SegmentHeader } from './batch-reader.ts'
import type { Disk, Got, ListedFile } from './disk.ts'
import { SECTOR_BYTES, SEGMENT_HEADER_BYTES, segmentNumber, segmentPath } from './log-format.ts'
import { LogReplay } from './log-replay.ts'
import { type ScanEnd, scanSegment } from './segment-scan.ts'
import { eachInTurn } from './steps.ts'
import { corruption } from './storage-error.ts'
import { damageOf } from './torn-tail.ts'
import { endOfData, isZero } from './zeros.ts'

/** A segment as the store keeps account of it. */
export interface SegmentInfo {
  readonly number: number
  readonly fileBytes: number
  /** Largest index that occurs in it. */
  maxIndex: number
}

/** Where the log ends, and what must be done there before anything is appended. */
export interface LogEnd {
  readonly logId: Buffer
  /** All segments that are in use, in order. */
  readonly segments: SegmentInfo[]
  /** The prepared segment after them, if there is one. */
  readonly spare: SegmentInfo | null
  /** Free byte of the last segment in use; 0 = its first batch was torn. */
  readonly offset: number
  readonly sequence: number
  readonly chain: number
  /** The last write that is whole: written again, in case the system only remembers it and the disk does not have it. */
  readonly lastWrite: { readonly path: string; readonly offset: number; readonly bytes: Buffer } | null
  /** What a crash left of a write that was never acknowledged. */
  readonly torn: { readonly path: string; readonly offset: number; readonly bytes: number } | null
  readonly replay: LogReplay
}

/** What is known of the snapshots when the log is read. */
export interface SnapshotView {
  /** The snapshot in use. */
  readonly meta: SnapshotMeta | null
  /** Index of the newest snapshot file, readable or not: entries up to it were durable. */
  readonly newestIndex: number
}

/** Reads the segments in `files`; `null` for a log that was never begun. */
export function recoverLog(disk: Disk, files: readonly ListedFile[], snapshots: SnapshotView, done: Got<LogEnd | null>): void {
  const reader = new LogReader(disk, snapshots)
  const listed: SegmentInfo[] = []
  for (const { name, bytes } of files) {
    const number = segmentNumber(name)
    if (number > 0) listed.push({ number, fileBytes: bytes, maxIndex: 0 })
  }
  listed.sort((a, b) => a.number - b.number)
  const readOne = (info: SegmentInfo, next: (error: Error | null) => void): void => {
    disk.read(segmentPath(info.number), 0, info.fileBytes, (error, bytes) => {
      if (bytes === undefined) next(error ?? new Error('nothing was read'))
      else next(reader.take(info, bytes))
    })
  }
  eachInTurn(listed, readOne, (error) => {
    if (error !== null) {
      done(error)
      return
    }
    const end = reader.finish()
    if (end instanceof Error) done(end)
    else done(null, end)
  })
}

class LogReader {
  readonly #disk: Disk
  readonly #snapshots: SnapshotView
  readonly #replay: LogReplay
  readonly #segments: SegmentInfo[] = []
  #spare: SegmentInfo | null = null
  #header: SegmentHeader | null = null
  #end: ScanEnd | null = null
  #lastWrite: LogEnd['lastWrite'] = null
  #torn: LogEnd['torn'] = null
  /** The log goes on only in this segment: its first batch was torn. */
  #tornFirst = false

  constructor(disk: Disk, snapshots: SnapshotView) {
    this.#disk = disk
    this.#snapshots = snapshots
    this.#replay = new LogReplay(snapshots.meta?.index ?? 0)
  }

  /** Takes the next segment in order. */
  take(info: SegmentInfo, bytes: Buffer): Error | null {
    const path = segmentPath(info.number)
    const before = this.#spare ?? this.#segments.at(-1)
    if (before !== undefined && info.number !== before.number + 1) {
      return this.#bad(segmentPath(before.number + 1), `the file is missing, though segment ${info.number} is there`)
    }
    if (this.#spare !== null)
      return this.#bad(segmentPath(this.#spare.number), `the segment is empty, though segment ${info.number} is there`)
    const unused = isZero(bytes, 0, bytes.length)
    // The next segment is prepared only after the first write to the one before has become durable.
    if (this.#torn !== null && (this.#tornFirst || !unused)) return this.#damaged(`segment ${info.number} is there`)
    if (unused) {
      this.#spare = info
      return null
    }
    if (this.#segments.length > 0 && !this.#replay.segmentEnded) {
      return this.#bad(segmentPath(info.number - 1), `the segment has no end seal, though segment ${info.number} was begun`)
    }
    const header = readSegmentHeader(bytes, this.#disk.crc32)
    if (typeof header === 'string') return this.#headerless(info, bytes, header)
    const misfit = this.#misfit(info, header)
    if (misfit !== null) return this.#bad(path, misfit)
    return this.#scan(info, header, bytes)
  }

  finish(): LogEnd | null | Error {
    const last = this.#segments.at(-1)
    const header = this.#header
    const end = this.#end
    if (last === undefined || header === null || end === null) return this.#blank()
    if (this.#replay.segmentEnded && this.#spare === null && !this.#tornFirst) {
      return this.#bad(segmentPath(last.number + 1), 'the file is missing, though the segment before it is ended')
    }
    const unfit = this.#unfitForSnapshots()
    if (unfit !== null) return this.#bad(segmentPath(last.number), unfit)
    return {
      logId: header.logId,
      segments: this.#segments,
      spare: this.#spare,
      offset: this.#tornFirst ? 0 : end.offset,
      sequence: end.sequence,
      chain: end.chain,
      lastWrite: this.#lastWrite,
      torn: this.#torn,
      replay: this.#replay,
    }
  }

  #bad(where: string, problem: string): Error {
    return corruption(this.#disk, where, problem)
  }

  #damaged(why: string): Error {
    const torn = this.#torn
    return this.#bad(`${torn?.path ?? ''} at offset ${torn?.offset ?? 0}`, `the data is damaged, and is not the log's end: ${why}`)
  }

  #misfit(info: SegmentInfo, header: SegmentHeader): string | null {
    if (header.number !== info.number) return `the file holds segment ${header.number}`
    if (header.fileBytes !== info.fileBytes) return `the file has ${info.fileBytes} bytes, expected ${header.fileBytes}`
    const end = this.#end
    if (end === null) return null
    if (this.#header !== null && !header.logId.equals(this.#header.logId)) return 'the segment belongs to another log'
    if (header.chain !== end.chain || header.firstSequence !== end.sequence + 1 || header.previousIndex !== this.#replay.lastIndex) {
      return 'the segment does not continue the one before'
    }
    return null
  }

  #scan(info: SegmentInfo, header: SegmentHeader, bytes: Buffer): Error | null {
    const path = segmentPath(info.number)
    const replay = this.#replay
    if (this.#end === null) replay.beginLog(header.previousIndex)
    replay.beginSegment()
    const before = this.#end
    const end = scanSegment(bytes, header, replay, this.#disk.crc32)
    if (end.problem !== null) {
      const damage = this.#damage(bytes, header, end)
      if (damage !== null) return this.#bad(`${path} at offset ${end.offset}${this.#range(end)}`, damage)
      const offset = end.lastBatch < 0 ? 0 : end.offset
      this.#torn = { path, offset, bytes: endOfData(bytes, offset) - offset }
    }
    if (end.lastBatch < 0) {
      // Segment header and first batch are one write: without the batch the segment was never begun.
      if (end.problem === null || before === null) return this.#bad(path, 'the segment has a header and no batch')
      this.#tornFirst = true
      this.#segments.push({ ...info, maxIndex: replay.lastIndex })
      return null
    }
    this.#header = header
    this.#end = end
    const lastStart = end.lastBatch === SEGMENT_HEADER_BYTES ? 0 : end.lastBatch
    this.#lastWrite = { path, offset: lastStart, bytes: Buffer.from(bytes.subarray(lastStart, end.offset)) }
    this.#segments.push({ ...info, maxIndex: replay.maxIndexInSegment })
    return null
  }

  /** A segment whose header cannot be read and that is not all zero: its first write was torn, or it is damaged. */
  #headerless(info: SegmentInfo, bytes: Buffer, problem: string): Error | null {
    const path = segmentPath(info.number)
    // The header lies in one sector, which was written whole or not at all.
    if (!isZero(bytes, 0, Math.min(SECTOR_BYTES, bytes.length))) return this.#bad(`${path} at offset 0`, problem)
    // The very first write of a log lies in one sector too: it is there or it is not.
    if (this.#header === null) return this.#bad(`${path} at offset 0`, 'the first sector is empty, but data follows it')
    const tail = {
      bytes,
      offset: 0,
      badHeader: null,
      sequence: this.#end?.sequence ?? 0,
      durableIndex: this.#snapshots.newestIndex,
    }
    const damage = damageOf(tail, this.#disk.crc32, this.#disk.crc32(this.#header.logId))
    if (damage !== null) return this.#bad(`${path} at offset 0`, `the first sector is empty: ${damage}`)
    this.#segments.push({ ...info, maxIndex: this.#replay.lastIndex })
    this.#torn = { path, offset: 0, bytes: endOfData(bytes, 0) }
    this.#tornFirst = true
    return null
  }

  #damage(bytes: Buffer, header: SegmentHeader, end: ScanEnd): string | null {
    if (end.problem === null) return null
    if (end.senseless) return end.problem
    if (this.#replay.segmentEnded) return 'data follows the end seal'
    const tail = {
      bytes,
      offset: end.offset,
      badHeader: end.badHeader,
      sequence: end.sequence,
      durableIndex: this.#snapshots.newestIndex,
    }
    const damage = damageOf(tail, this.#disk.crc32, this.#disk.crc32(header.logId))
    return damage === null ? null : `${end.problem}, and this is no torn write: ${damage}`
  }

  /** Whether a snapshot proves that the log held more entries than were read so far. */
  #mustHoldMore(): boolean {
    const { newestIndex } = this.#snapshots
    return newestIndex > this.#replay.lastIndex && this.#replay.installing?.index !== newestIndex
  }

  #unfitForSnapshots(): string | null {
    const replay = this.#replay
    const meta = this.#snapshots.meta
    if (this.#mustHoldMore()) {
      return `the log ends at entry ${replay.lastIndex}, but a snapshot shows that entry ${this.#snapshots.newestIndex} was durable`
    }
    const from = meta?.index ?? 0
    // Going on without it would leave a snapshot beside a log of another history.
    if (replay.installing?.index === this.#snapshots.newestIndex && this.#snapshots.newestIndex !== from) {
      return `snapshot ${this.#snapshots.newestIndex}, whose installation was interrupted, cannot be read`
    }
    if (replay.base > from) {
      return from === 0
        ? `the log begins after entry ${replay.base} and no readable snapshot covers what came before`
        : `the log begins after entry ${replay.base}, but the newest readable snapshot ends at ${from}`
    }
    if (meta !== null && replay.conflictsWith(meta) && replay.installing === null) {
      return `entry ${meta.index} has term ${replay.termAtSnapshot}, but the snapshot at that index has term ${meta.term}`
    }
    return null
  }

  #blank(): Error | null {
    if (this.#snapshots.newestIndex > 0) return this.#bad(segmentPath(1), 'there are snapshots but no log')
    const first = this.#spare
    if (first !== null && first.number > 1) return this.#bad(segmentPath(1), 'the log is missing, an unused segment is there')
    return null
  }

  /** The indices that the bad batch held, for messages. */
  #range(end: ScanEnd): string {
    const header = end.badHeader
    if (header === null) return ` (after entry ${this.#replay.lastIndex})`
    return header.firstIndex === 0
      ? ` (batch ${header.sequence}, no entries)`
      : ` (batch ${header.sequence}, from entry ${header.firstIndex} on)`
  }
}
