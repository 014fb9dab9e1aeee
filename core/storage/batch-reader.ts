// storage: reads segment headers, batches and records back and checks them. Layout: log-format.ts. PURE.

import type { Crc32 } from './disk.ts'
import {
  BATCH_HEADER_BYTES,
  BatchOffset,
  FORMAT_VERSION,
  hasMark,
  LOG_ID_BYTES,
  marked,
  RECORD_HEADER_BYTES,
  RecordOffset,
  type RecordType,
  SEGMENT_HEADER_BYTES,
  SEGMENT_MAGIC,
  SegmentOffset,
} from './log-format.ts'
import { isZero } from './zeros.ts'

export interface SegmentHeader {
  readonly crc: number
  readonly logId: Buffer
  readonly number: number
  readonly previousIndex: number
  readonly firstSequence: number
  readonly chain: number
  readonly fileBytes: number
}

/** Why a segment's header cannot be used. */
export interface HeaderProblem {
  readonly problem: string
  /** The format version, if that is all that is wrong; 0 if not. */
  readonly otherFormat: number
}

/** Reads a segment's header. */
export function readSegmentHeader(bytes: Buffer, crc32: Crc32): SegmentHeader | HeaderProblem {
  const unreadable = (problem: string): HeaderProblem => ({ problem, otherFormat: 0 })
  if (bytes.length < SEGMENT_HEADER_BYTES) return unreadable(`the file has only ${bytes.length} bytes`)
  if (bytes.toString('latin1', 0, SEGMENT_MAGIC.length) !== SEGMENT_MAGIC) return unreadable('the file does not begin like a log segment')
  const crc = crc32(bytes.subarray(SegmentOffset.version, SEGMENT_HEADER_BYTES))
  if (crc !== bytes.readUInt32BE(SegmentOffset.crc)) return unreadable('the checksum of the segment header does not match')
  const version = bytes.readUInt32BE(SegmentOffset.version)
  if (version !== FORMAT_VERSION) return { problem: `the format version is ${version}`, otherFormat: version }
  return {
    crc,
    logId: Buffer.from(bytes.subarray(SegmentOffset.logId, SegmentOffset.logId + LOG_ID_BYTES)),
    number: marked(bytes, SegmentOffset.number),
    previousIndex: marked(bytes, SegmentOffset.previousIndex),
    firstSequence: marked(bytes, SegmentOffset.firstSequence),
    chain: bytes.readUInt32BE(SegmentOffset.chain),
    fileBytes: bytes.readUInt32BE(SegmentOffset.fileBytes),
  }
}

export interface BatchHeader {
  readonly offset: number
  readonly crc: number
  readonly bytes: number
  readonly chain: number
  readonly directoryCrc: number
  readonly sequence: number
  readonly durableIndexBefore: number
  readonly firstIndex: number
  readonly count: number
  readonly zeroPieces: number
}

/** The batch header at `at`, `null` if none can be read there. `seed` is the CRC-32 of the log id. */
export function readBatchHeader(bytes: Buffer, at: number, crc32: Crc32, seed: number): BatchHeader | null {
  if (at + BATCH_HEADER_BYTES > bytes.length || !hasMark(bytes, at + BatchOffset.sequence)) return null
  const crc = crc32(bytes.subarray(at + BatchOffset.bytes, at + BATCH_HEADER_BYTES), seed)
  if (crc !== bytes.readUInt32BE(at + BatchOffset.crc)) return null
  return {
    offset: at,
    crc,
    bytes: bytes.readUInt32BE(at + BatchOffset.bytes),
    chain: bytes.readUInt32BE(at + BatchOffset.chain),
    directoryCrc: bytes.readUInt32BE(at + BatchOffset.directoryCrc),
    sequence: marked(bytes, at + BatchOffset.sequence),
    durableIndexBefore: marked(bytes, at + BatchOffset.durableIndexBefore),
    firstIndex: marked(bytes, at + BatchOffset.firstIndex),
    count: bytes.readUInt32BE(at + BatchOffset.count),
    zeroPieces: bytes.readUInt32BE(at + BatchOffset.zeroPieces),
  }
}

/** One record of a batch; `payload` is a view of the segment's bytes. */
export interface LogRecord {
  readonly type: RecordType
  readonly flags: number
  readonly term: number
  readonly index: number
  readonly payload: Buffer
}

/** The records of a batch whose header was read; a string says what is wrong with it. */
export function readRecords(bytes: Buffer, header: BatchHeader, crc32: Crc32): LogRecord[] | string {
  const directory = header.offset + BATCH_HEADER_BYTES
  const directoryEnd = directory + header.count * RECORD_HEADER_BYTES
  const end = header.offset + header.bytes
  if (end > bytes.length || directoryEnd > end) return 'the batch does not fit into its segment'
  if (crc32(bytes.subarray(directory, directoryEnd)) !== header.directoryCrc) return 'the checksum of the directory does not match'
  const records: LogRecord[] = []
  let payloadAt = directoryEnd
  for (let at = directory; at < directoryEnd; at += RECORD_HEADER_BYTES) {
    const length = bytes.readUInt32BE(at + RecordOffset.payloadBytes)
    if (payloadAt + length > end) return 'a payload does not fit into its batch'
    const record: LogRecord = {
      type: bytes.readUInt8(at + RecordOffset.type) as RecordType,
      flags: bytes.readUInt8(at + RecordOffset.flags),
      term: bytes.readUInt32BE(at + RecordOffset.term),
      index: marked(bytes, at + RecordOffset.index),
      payload: bytes.subarray(payloadAt, payloadAt + length),
    }
    if (crc32(record.payload) !== bytes.readUInt32BE(at + RecordOffset.payloadCrc)) {
      return `the checksum of a payload does not match (record type ${record.type}, index ${record.index}, term ${record.term})`
    }
    records.push(record)
    payloadAt += length
  }
  return isZero(bytes, payloadAt, end) ? records : 'the padding of the batch is not zero'
}

/** One line of a batch's directory. */
export interface DirectoryEntry {
  readonly type: RecordType
  readonly flags: number
  readonly term: number
  readonly index: number
  readonly payloadBytes: number
  readonly payloadCrc: number
}

/** The directory of a batch for whoever reads the payloads bit by bit: `bytes` is exactly the directory. A string says what is wrong with it. */
export function readDirectory(bytes: Buffer, header: BatchHeader, crc32: Crc32): DirectoryEntry[] | string {
  if (crc32(bytes) !== header.directoryCrc) return 'the checksum of the directory does not match'
  const entries: DirectoryEntry[] = []
  let payloads = 0
  for (let at = 0; at < bytes.length; at += RECORD_HEADER_BYTES) {
    const payloadBytes = bytes.readUInt32BE(at + RecordOffset.payloadBytes)
    payloads += payloadBytes
    entries.push({
      type: bytes.readUInt8(at + RecordOffset.type) as RecordType,
      flags: bytes.readUInt8(at + RecordOffset.flags),
      term: bytes.readUInt32BE(at + RecordOffset.term),
      index: marked(bytes, at + RecordOffset.index),
      payloadBytes,
      payloadCrc: bytes.readUInt32BE(at + RecordOffset.payloadCrc),
    })
  }
  if (BATCH_HEADER_BYTES + bytes.length + payloads > header.bytes) return 'a payload does not fit into its batch'
  return entries
}
