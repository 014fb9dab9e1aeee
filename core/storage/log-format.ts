// storage: the bytes of the write-ahead log. All integers are big-endian; "m48" is the 16-bit mark 0x5a42 followed by 48 bits of value. PURE.
//
// A segment is a file `log/<number, 10 digits>.log` of fixed size, zero-filled before it is used and never used again afterwards:
//
//   [segment header 64][batch][batch] ... [end seal] [zeros to the end of the file]
//
// segment header, written together with the segment's first batch in one write
//    0  8 B  "zoarlog\n"
//    8  u32  CRC-32 of bytes 12..63
//   12  u32  format version
//   16  16 B log id, random, the same in all segments of a log
//   32  m48  segment number, from 1, gap-free
//   40  m48  index of the last entry before this segment
//   48  m48  sequence number of the segment's first batch
//   56  u32  chain: header CRC of the last batch of the segment before, 0 in the first
//   60  u32  bytes of the whole file
//
// batch, at a multiple of 8: what was made durable as one unit
//    0  u32  CRC-32 of bytes 4..47, seeded with the CRC-32 of the log id
//    4  u32  bytes of the batch, a multiple of 8
//    8  u32  chain: header CRC of the batch before, or the segment header's CRC for a segment's first batch
//   12  u32  CRC-32 of the directory
//   16  m48  sequence number, from 1, gap-free over all segments
//   24  m48  durableIndexBefore: index of the last entry known durable when the batch was built
//   32  m48  index of the first entry in the batch, 0 if it holds none
//   40  u32  records, at least 1
//   44  u32  pieces of the batch that are all zero though written (a piece is what lies in one 512-byte sector)
//   48  directory, 24 bytes for each record
//  ...  payloads back to back, in directory order
//  ...  zeros up to a multiple of 8
//
// directory entry
//    0  u8   type (RecordType)
//    1  u8   flags: 1 on the seal that ends a segment
//    2  u16  0
//    4  u32  term
//    8  m48  index
//   16  u32  bytes of the payload
//   20  u32  CRC-32 of the payload
//
// The chain of header CRCs covers everything: a header covers its directory's CRC, and the directory those of the payloads. The directory stands before
// the payloads so that a rotten payload can still be named by index and term.
//
// The mark makes every 8-byte word of a batch header non-zero. A disk writes a 512-byte sector whole or not at all; so when a header
// cannot be read and none of its pieces is all zero, it was written once and is damaged now, and not torn by a crash (torn-tail.ts).

export const FORMAT_VERSION = 1
export const SEGMENT_MAGIC = 'zoarlog\n'

export const SECTOR_BYTES = 512
export const SEGMENT_HEADER_BYTES = 64
export const BATCH_HEADER_BYTES = 48
export const RECORD_HEADER_BYTES = 24
export const LOG_ID_BYTES = 16

/** What one seal takes; a segment always keeps that much free for its end seal. */
export const SEAL_BATCH_BYTES: number = BATCH_HEADER_BYTES + RECORD_HEADER_BYTES

const MARK = 0x5a42
const TWO_32 = 2 ** 32

/** The largest value that an m48 holds. */
export const MAX_48: number = 2 ** 48 - 1

export const RecordType = {
  /** A log entry; payload: its bytes. */
  entry: 1,
  /** Replaces the hard state; payload: HardState of messages.proto. */
  hardState: 2,
  /** Entries from `index` on are no more: others overwrite them. */
  truncate: 3,
  /** Everything before is durable; `index`: of the last entry. */
  seal: 4,
  /** A snapshot of another server at (`index`, `term`) is about to replace the log. */
  install: 5,
  /** It did: the log goes on after (`index`, `term`). */
  reset: 6,
  /** Recovery took a torn tail off here; payload: TornTail of messages.proto. */
  cut: 7,
} as const
export type RecordType = (typeof RecordType)[keyof typeof RecordType]

/** Flag of the seal that ends a segment. */
export const END_OF_SEGMENT = 1

export const SegmentOffset = {
  crc: 8,
  version: 12,
  logId: 16,
  number: 32,
  previousIndex: 40,
  firstSequence: 48,
  chain: 56,
  fileBytes: 60,
} as const

export const BatchOffset = {
  crc: 0,
  bytes: 4,
  chain: 8,
  directoryCrc: 12,
  sequence: 16,
  durableIndexBefore: 24,
  firstIndex: 32,
  count: 40,
  zeroPieces: 44,
} as const

export const RecordOffset = { type: 0, flags: 1, term: 4, index: 8, payloadBytes: 16, payloadCrc: 20 } as const

/** Writes an m48. */
export function setMarked(view: DataView, at: number, value: number): void {
  view.setUint16(at, MARK)
  view.setUint16(at + 2, value / TWO_32)
  view.setUint32(at + 4, value)
}

/** Reads the value of an m48. */
export function marked(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at + 2, 6)
}

/** Whether an m48 can stand at `at`. */
export function hasMark(bytes: Buffer, at: number): boolean {
  return bytes[at] === MARK >>> 8 && bytes[at + 1] === (MARK & 0xff)
}

/** `bytes` rounded up to a multiple of 8. */
export function padded(bytes: number): number {
  return bytes + ((8 - (bytes % 8)) % 8)
}

export const LOG_FOLDER = 'log'
export const TEMPORARY_SUFFIX = '.tmp'

export function segmentPath(number: number): string {
  return `${LOG_FOLDER}/${String(number).padStart(10, '0')}.log`
}

/** The number in a segment's file name, 0 if it is not one. */
export function segmentNumber(name: string): number {
  const match = /^(\d{10,15})\.log$/.exec(name)
  return match === null ? 0 : Number(match[1])
}
