// tools: the records of one file of ZooKeeper's transaction log, and where they end (FileTxnLog).
//
//   header    "ZKLG", int version 2, long dbid
//   record*   long Adler-32, int length, bytes (txn-records.ts), 'B'
//   zeros     what was allocated ahead
//
// The end is where a record would begin and its length is 0, or the file ends, or the 'B' is still 0: a crash interrupted the write, nobody
// was told of it. ZooKeeper stops there whatever follows. Here a whole record behind that place, or behind anything else that is no record,
// means damage: what was acknowledged would be lost.
//
//   length   bytes         'B'      checksum   a record behind it   ->
//   0        -             -        -          no                      the end
//   > 0      past the end  -        -          no                      the end, torn
//   > 0      here          0        -          no                      the end, torn
//   > 0      here          'B'      right      -                       a record
//   > 0      here          'B'      wrong      -                       damage
//   > 0      here          other    -          -                       damage
//   < 0, above the limit, or too short for a header                    damage
//   0, past the end, 'B' 0                     yes                     damage

import { Reader } from '../../wire/reader.ts'
import { adler32 } from './adler32.ts'
import type { ByteFile } from './byte-file.ts'
import { damaged, zxidText } from './damage.ts'
import { readTxnHeader, TXN_HEADER_BYTES } from './txn-records.ts'

const MAGIC = 0x5a4b4c47
const VERSION = 2
const HEADER_BYTES = 16
/** Checksum and length. */
const FRAME_BYTES = 12
const END_OF_RECORD = 0x42
const MAX_RECORD_BYTES = 1024 * 1024 * 1024
const ZEROS: Buffer = Buffer.alloc(4096)

/** A record whose checksum is right. */
export interface LogRecord {
  /** Where it begins in the file. */
  readonly offset: number
  readonly zxid: number
  /** Valid until the next record is asked for. */
  readonly bytes: Buffer
}

/** Where the records of a file end. */
export interface LogEnd {
  readonly offset: number
  /** Whether a write was interrupted there. */
  readonly torn: boolean
}

/** Yields the records of a file and returns where they end. Throws `ERR_STORAGE` with the offset of damage. */
export function* readTxnLog(file: ByteFile): Generator<LogRecord, LogEnd, void> {
  readHeader(file)
  let offset = HEADER_BYTES
  let lastZxid = 0
  for (;;) {
    const record = recordAt(file, offset)
    if (record === null) return endAt(file, offset, lastZxid)
    lastZxid = record.zxid
    const { length } = record.bytes
    yield record
    offset += FRAME_BYTES + length + 1
  }
}

function readHeader(file: ByteFile): void {
  if (file.size < HEADER_BYTES) throw damaged(file.path, 0, `the file has ${file.size} bytes, less than its header`)
  const header = file.read(0, HEADER_BYTES)
  if (header.readInt32BE(0) !== MAGIC) {
    throw damaged(file.path, 0, 'this is no transaction log of ZooKeeper (its first bytes are not "ZKLG")')
  }
  const version = header.readInt32BE(4)
  if (version !== VERSION) throw damaged(file.path, 4, `a log of format version ${version}; this program reads ${VERSION}`)
}

/** `null` where the records may end. */
function recordAt(file: ByteFile, offset: number): LogRecord | null {
  const rest = file.size - offset - FRAME_BYTES
  if (rest < 0) return null
  const length = file.read(offset, FRAME_BYTES).readInt32BE(8)
  if (length === 0) return null
  if (length < TXN_HEADER_BYTES || length > MAX_RECORD_BYTES)
    throw damaged(file.path, offset, `a record that claims to have ${length} bytes`)
  if (length + 1 > rest) return null
  const framed = file.read(offset, FRAME_BYTES + length + 1)
  const mark = framed[FRAME_BYTES + length]
  if (mark === 0) return null
  const bytes = framed.subarray(FRAME_BYTES, FRAME_BYTES + length)
  if (mark !== END_OF_RECORD) throw damaged(file.path, offset, 'a record whose end is not marked')
  if (!hasChecksum(framed, bytes)) throw damaged(file.path, offset, 'a record whose checksum does not match')
  return { offset, zxid: readTxnHeader(new Reader(bytes)).zxid, bytes }
}

/** The checksum is written as a long; its upper half is 0. */
function hasChecksum(framed: Buffer, bytes: Buffer): boolean {
  return framed.readUInt32BE(0) === 0 && framed.readUInt32BE(4) === adler32(bytes)
}

function endAt(file: ByteFile, offset: number, lastZxid: number): LogEnd {
  const first = nextNonZero(file, offset)
  if (first === -1) return { offset, torn: false }
  // A record behind begins with the four zeros of its checksum, so it may begin before the first byte that is not 0.
  const behind = findRecord(file, Math.max(offset + 1, first - 11), lastZxid)
  if (behind === null) return { offset, torn: true }
  const what = `no record of the log, but a whole one (zxid ${zxidText(behind.zxid)}) follows at offset ${behind.offset}`
  throw damaged(file.path, offset, what)
}

/** Offset of the next byte that is not 0, -1 if there is none. */
function nextNonZero(file: ByteFile, from: number): number {
  for (let at = from; at < file.size; at += ZEROS.length) {
    const length = Math.min(ZEROS.length, file.size - at)
    const block = file.read(at, length)
    if (block.equals(ZEROS.subarray(0, length))) continue
    return at + block.findIndex((byte) => byte !== 0)
  }
  return -1
}

/** Searches for a record that is whole and goes on after `lastZxid`. */
function findRecord(file: ByteFile, from: number, lastZxid: number): LogRecord | null {
  for (let at = from; at + FRAME_BYTES < file.size; at++) {
    const frame = file.read(at, FRAME_BYTES)
    if (frame.readUInt32BE(0) !== 0) continue
    const length = frame.readInt32BE(8)
    if (length === 0 && frame.readUInt32BE(4) === 0) {
      const next = nextNonZero(file, at)
      if (next === -1) return null
      at = Math.max(at, next - FRAME_BYTES)
      continue
    }
    if (length < TXN_HEADER_BYTES || length >= file.size - at - FRAME_BYTES) continue
    const record = wholeRecord(file, at, length, lastZxid)
    if (record !== null) return record
  }
  return null
}

/** Looks at the header first: only a real record makes the whole of it be read. */
function wholeRecord(file: ByteFile, offset: number, length: number, lastZxid: number): LogRecord | null {
  const { zxid } = readTxnHeader(new Reader(file.read(offset + FRAME_BYTES, TXN_HEADER_BYTES)))
  if (zxid <= lastZxid || zxid > Number.MAX_SAFE_INTEGER) return null
  const framed = file.read(offset, FRAME_BYTES + length + 1)
  const bytes = framed.subarray(FRAME_BYTES, FRAME_BYTES + length)
  return framed[FRAME_BYTES + length] === END_OF_RECORD && hasChecksum(framed, bytes) ? { offset, zxid, bytes } : null
}
