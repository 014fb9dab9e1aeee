// storage: reads the whole log when a data directory is opened, up to its end or to damage, and on behind the damage. Finds the facts; what they mean
// is recovery-table.ts's. Changes nothing on the disk. PURE.
//
// A segment is judged when the next one has been looked at, for what follows decides whether a bad end is a torn write.

import type { SnapshotMeta } from '../consensus/types.ts'
import { type BatchHeader, readSegmentHeader, type SegmentHeader } from './batch-reader.ts'
import type { Disk, Got, ListedFile } from './disk.ts'
import {
  FORMAT_VERSION,
  LOG_ID_BYTES,
  SECTOR_BYTES,
  SEGMENT_HEADER_BYTES,
  SegmentOffset,
  segmentNumber,
  segmentPath,
} from './log-format.ts'
import { LogReplay } from './log-replay.ts'
import { LogSweep } from './log-sweep.ts'
import { decide, SEGMENT_TABLE, type SegmentFacts, type SegmentVerdict } from './recovery-table.ts'
import { factsAtStop, factsOfFile, type OwnFacts } from './segment-facts.ts'
import { type OnBatch, type ScanEnd, scanSegment } from './segment-scan.ts'
import { eachInTurn } from './steps.ts'
import type { DamagePlace } from './storage-damage.ts'
import { otherFormat } from './storage-error.ts'
import { readWhatCan } from './tolerant-read.ts'
import { followingBatch } from './torn-tail.ts'
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
  /**
   * The used prefix of the last segment, as it was read and found right: written again, in case the system only remembers it and the disk
   * does not have it.
   */
  readonly usedPrefix: { readonly path: string; readonly bytes: Buffer }
  /** What a crash left of a write that was never acknowledged. */
  readonly torn: { readonly path: string; readonly offset: number; readonly bytes: number } | null
}

/** What was read of the log. */
export interface LogSurvey {
  readonly log: 'absent' | 'lost' | 'whole' | 'damaged'
  /** The log up to its end, or to the damage. */
  readonly replay: LogReplay
  /** `null` unless the log is whole. */
  readonly end: LogEnd | null
  readonly damage: DamagePlace | null
  /** What is behind the damage. */
  readonly sweep: LogSweep | null
  /** Largest number of a segment file, 0 if there is none. */
  readonly lastNumber: number
}

/** What is known of the snapshots when the log is read. */
export interface SnapshotView {
  /** The newest whole snapshot. */
  readonly meta: SnapshotMeta | null
  /** Index of the newest snapshot file, readable or not: entries up to it were durable. */
  readonly newestIndex: number
}

/** Reads the segments in `files`. Fails when the disk does, or when the log is of another format. */
export function recoverLog(
  disk: Disk,
  files: readonly ListedFile[],
  snapshots: SnapshotView,
  onBatch: OnBatch | null,
  done: Got<LogSurvey>,
): void {
  const reader = new LogReader(disk, snapshots, onBatch)
  const listed: SegmentInfo[] = []
  for (const { name, bytes } of files) {
    const number = segmentNumber(name)
    if (number > 0) listed.push({ number, fileBytes: bytes, maxIndex: 0 })
  }
  listed.sort((a, b) => a.number - b.number)
  const readOne = (info: SegmentInfo, next: (error: Error | null) => void): void => {
    readWhatCan(disk, segmentPath(info.number), info.fileBytes, (error, bytes) => {
      if (bytes === undefined) next(error)
      else next(reader.take(info, bytes))
    })
  }
  eachInTurn(listed, readOne, (error) => {
    const survey = error ?? reader.finish(listed.at(-1)?.number ?? 0)
    if (survey instanceof Error) done(survey)
    else done(null, survey)
  })
}

type Follower = SegmentFacts['follower']

/** A segment that was read and waits for a look at the next one. */
interface Pending {
  readonly info: SegmentInfo
  readonly facts: OwnFacts
  /** Set when something was found after it in the same file. */
  readonly follower: BatchHeader | null
  readonly header: SegmentHeader | null
  readonly end: ScanEnd | null
  readonly problem: string | null
  /** Where the problem is. */
  readonly offset: number | null
  readonly bytes: Buffer
}

class LogReader {
  readonly #disk: Disk
  readonly #snapshots: SnapshotView
  readonly #onBatch: OnBatch | null
  readonly #replay: LogReplay
  readonly #segments: SegmentInfo[] = []
  #pending: Pending | null = null
  #lastNumber = 0
  #spare: SegmentInfo | null = null
  /** Of the last segment that is in use. */
  #header: SegmentHeader | null = null
  #end: ScanEnd | null = null
  #usedPrefix: LogEnd['usedPrefix'] | null = null
  #torn: LogEnd['torn'] = null
  /** The log goes on only in the last segment: its first batch was torn. */
  #tornFirst = false
  #damage: DamagePlace | null = null
  #sweep: LogSweep | null = null
  /** A file of another format: its version, and the error that refuses it. */
  #otherVersion = 0
  #refusal: Error | null = null

  constructor(disk: Disk, snapshots: SnapshotView, onBatch: OnBatch | null) {
    this.#disk = disk
    this.#snapshots = snapshots
    this.#onBatch = onBatch
    this.#replay = new LogReplay(snapshots.meta?.index ?? 0)
  }

  /** Takes the next segment in order. */
  take(info: SegmentInfo, bytes: Buffer): Error | null {
    const unused = isZero(bytes, 0, bytes.length)
    const gap = this.#lastNumber !== 0 && info.number !== this.#lastNumber + 1
    this.#judge(unused && !gap ? 'spare' : 'written')
    if (gap) this.#take({ ...info, number: this.#lastNumber + 1 }, 'missing', null, Buffer.alloc(0))
    if (gap) this.#judge('written')
    this.#lastNumber = info.number
    if (this.#sweep !== null) {
      if (gap) this.#sweep.missing()
      this.#sweepSegment(this.#sweep, info, bytes)
    } else if (unused) this.#take(info, 'unused', null, bytes)
    else this.#read(info, bytes)
    return this.#refusal
  }

  finish(lastNumber: number): LogSurvey | Error {
    this.#judge('none')
    if (this.#refusal !== null) return this.#refusal
    const damage = this.#damage
    const { log, end } = this.#result()
    return { log, replay: this.#replay, end, damage, sweep: this.#sweep, lastNumber }
  }

  #result(): Pick<LogSurvey, 'log' | 'end'> {
    const end = this.#end
    if (this.#damage !== null) return { log: 'damaged', end: null }
    if (end === null || this.#header === null || this.#usedPrefix === null) {
      return { log: this.#spare !== null && this.#spare.number > 1 ? 'lost' : 'absent', end: null }
    }
    return {
      log: 'whole',
      end: {
        logId: this.#header.logId,
        segments: this.#segments,
        spare: this.#spare,
        offset: this.#tornFirst ? 0 : end.offset,
        sequence: end.sequence,
        chain: end.chain,
        usedPrefix: this.#usedPrefix,
        torn: this.#torn,
      },
    }
  }

  #read(info: SegmentInfo, bytes: Buffer): void {
    const header = readSegmentHeader(bytes, this.#disk.crc32)
    if ('problem' in header) {
      if (header.otherFormat > 0) {
        this.#otherVersion = header.otherFormat
        this.#take(info, 'other-format', header.problem, bytes)
        return
      }
      // A header lies in one sector, which was written whole or not at all.
      const headless = bytes.length >= SECTOR_BYTES && isZero(bytes, 0, SECTOR_BYTES)
      this.#take(info, headless ? 'headless' : 'damaged', header.problem, bytes)
      return
    }
    const misfit = this.#misfit(info, header)
    if (misfit === null) this.#scan(info, header, bytes)
    else this.#take(info, 'foreign', misfit, bytes)
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

  /** Notes a segment of which no batch was read. */
  #take(info: SegmentInfo, segment: SegmentFacts['segment'], problem: string | null, bytes: Buffer): void {
    let follower: BatchHeader | null = null
    if (segment === 'headless' && this.#header !== null && this.#end !== null) {
      follower = followingBatch(bytes, 0, this.#end.sequence, this.#disk.crc32, this.#disk.crc32(this.#header.logId))
    }
    const offset = segment === 'missing' ? null : 0
    this.#pending = {
      info,
      facts: factsOfFile(segment, this.#order()),
      follower,
      header: null,
      end: null,
      problem,
      offset,
      bytes,
    }
  }

  #order(): SegmentFacts['order'] {
    return this.#end === null ? 'first' : 'later'
  }

  #scan(info: SegmentInfo, header: SegmentHeader, bytes: Buffer): void {
    const { crc32 } = this.#disk
    const replay = this.#replay
    const order = this.#order()
    if (order === 'first') replay.beginLog(header.previousIndex)
    replay.beginSegment()
    const end = scanSegment(bytes, header, replay, crc32, this.#onBatch)
    // Only when nothing of this segment can be used is the one before the last to be written again; until then its bytes need not be kept.
    if (end.lastBatch >= 0) this.#usedPrefix = null
    const facts = factsAtStop(bytes, end, order, replay.segmentEnded, this.#snapshots.newestIndex)
    const follower = end.fault === 'none' ? null : followingBatch(bytes, end.offset, end.sequence, crc32, crc32(header.logId))
    this.#pending = { info, facts, follower, header, end, problem: end.problem, offset: end.offset, bytes }
  }

  /** Decides about the segment that waits. */
  #judge(next: Follower): void {
    const pending = this.#pending
    this.#pending = null
    if (pending === null || this.#damage !== null) return
    const follower = pending.follower === null ? next : 'written'
    const row = decide(SEGMENT_TABLE, { ...pending.facts, follower })
    this.#act(pending, row.verdict, row.why, follower)
  }

  #act(pending: Pending, verdict: SegmentVerdict, why: string, follower: Follower): void {
    const { info, bytes, offset } = pending
    const path = segmentPath(info.number)
    switch (verdict) {
      case 'go-on':
      case 'end':
        this.#keep(pending, path)
        return
      case 'spare':
        this.#spare = info
        return
      case 'cut':
        this.#keep(pending, path)
        this.#torn = { path, offset: offset ?? 0, bytes: endOfData(bytes, offset ?? 0) - (offset ?? 0) }
        return
      case 'cut-first':
        this.#segments.push({ ...info, maxIndex: this.#replay.lastIndex })
        this.#torn = { path, offset: 0, bytes: endOfData(bytes, 0) }
        this.#tornFirst = true
        return
      case 'other-format':
        this.#refusal = otherFormat(this.#disk, path, this.#otherVersion, FORMAT_VERSION)
        return
      case 'damage':
        this.#damaged(pending, why, follower)
    }
  }

  #keep(pending: Pending, path: string): void {
    const { info, header, end, bytes } = pending
    if (header === null || end === null) return
    this.#header = header
    this.#end = end
    this.#usedPrefix = { path, bytes: bytes.subarray(0, end.offset) }
    this.#segments.push({ ...info, maxIndex: this.#replay.maxIndexInSegment })
  }

  #damaged(pending: Pending, why: string, follower: Follower): void {
    const { facts, info, bytes, problem, offset } = pending
    const lost = facts.segment === 'whole' && facts.stop === 'zeros' && facts.end === 'sealed'
    const later = pending.follower
    const evidence = later === null ? '' : ` (batch ${later.sequence} at offset ${later.offset})`
    const whole = problem === null ? why : `${problem}; ${why}${follower === 'written' ? evidence : ''}`
    this.#damage = { file: segmentPath(lost ? info.number + 1 : info.number), offset: lost ? null : offset, problem: whole }
    const last = pending.end ?? this.#end
    const sweep = new LogSweep(this.#disk.crc32, this.#snapshots.meta?.index ?? 0, last?.sequence ?? 0, last?.chain ?? null)
    this.#sweep = sweep
    if (pending.header !== null) this.#header = pending.header
    if (facts.segment === 'foreign' || facts.chain === 'breaks' || facts.contents === 'senseless') sweep.untrusted = true
    if (facts.segment === 'missing' || facts.stop === 'zeros') sweep.missing()
    else if (pending.header !== null) sweep.sweep(bytes, offset ?? 0, this.#disk.crc32(pending.header.logId))
    if (facts.segment === 'headless' || facts.segment === 'damaged' || facts.segment === 'foreign') this.#sweepSegment(sweep, info, bytes)
  }

  /** Reads on in a segment behind the damage. */
  #sweepSegment(sweep: LogSweep, info: SegmentInfo, bytes: Buffer): void {
    sweep.segmentSeen()
    if (bytes.length < SEGMENT_HEADER_BYTES || isZero(bytes, 0, bytes.length)) return
    const header = readSegmentHeader(bytes, this.#disk.crc32)
    if ('problem' in header && header.otherFormat > 0) {
      this.#refusal = otherFormat(this.#disk, segmentPath(info.number), header.otherFormat, FORMAT_VERSION)
    }
    const readable = 'problem' in header ? null : header
    sweep.beginSegment(readable)
    // A damaged header may still hold the log id.
    const written = bytes.subarray(SegmentOffset.logId, SegmentOffset.logId + LOG_ID_BYTES)
    this.#header ??= readable
    sweep.sweep(bytes, SEGMENT_HEADER_BYTES, this.#disk.crc32(this.#header?.logId ?? written))
  }
}
