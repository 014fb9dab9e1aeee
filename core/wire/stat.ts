// wire: the Stat record, 68 bytes, in the two shapes the two sides hold it in.
//
//   Stat  long czxid, long mzxid, long ctime, long mtime, int version, int cversion, int aversion,
//         long ephemeralOwner, int dataLength, int numChildren, long pzxid

import type { Reader } from './reader.ts'
import type { StatFields } from './records.ts'
import type { Writer } from './writer.ts'

export const STAT_BYTES = 68

/** How a client sees a Stat: all 64 bits of ids, times as numbers. */
export interface WireStat {
  readonly czxid: bigint
  readonly mzxid: bigint
  readonly pzxid: bigint
  /** The session that owns the ephemeral znode, else `0n`. */
  readonly ephemeralOwner: bigint
  readonly ctimeMs: number
  readonly mtimeMs: number
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly dataLength: number
  readonly numChildren: number
}

/** Writes what a server answers; a znode is a `StatFields`. */
export function writeStat(w: Writer, s: StatFields): void {
  // One reservation for the whole record: every read of a server ends here.
  const at = w.reserve(STAT_BYTES)
  w.setInt64(at, s.czxid)
  w.setInt64(at + 8, s.mzxid)
  w.setInt64(at + 16, s.ctime)
  w.setInt64(at + 24, s.mtime)
  w.setInt32(at + 32, s.version)
  w.setInt32(at + 36, s.cversion)
  w.setInt32(at + 40, s.aversion)
  w.setInt32(at + 44, s.ownerHi)
  w.setInt32(at + 48, s.ownerLo)
  w.setInt32(at + 52, s.dataLength)
  w.setInt32(at + 56, s.numChildren)
  w.setInt64(at + 60, s.pzxid)
}

/** Reads a Stat as a server holds it; zxids and times are exact below 2^53. */
export function readStat(r: Reader): StatFields {
  return {
    czxid: r.int64(),
    mzxid: r.int64(),
    ctime: r.int64(),
    mtime: r.int64(),
    version: r.int32(),
    cversion: r.int32(),
    aversion: r.int32(),
    ownerHi: r.int32() >>> 0,
    ownerLo: r.int32() >>> 0,
    dataLength: r.int32(),
    numChildren: r.int32(),
    pzxid: r.int64(),
  }
}

/** Reads a Stat as a client shows it. */
export function readStatBigInt(r: Reader): WireStat {
  const czxid = r.int64BigInt()
  const mzxid = r.int64BigInt()
  const ctimeMs = r.int64()
  const mtimeMs = r.int64()
  const version = r.int32()
  const cversion = r.int32()
  const aversion = r.int32()
  const ephemeralOwner = r.int64BigInt()
  const dataLength = r.int32()
  const numChildren = r.int32()
  const pzxid = r.int64BigInt()
  return { czxid, mzxid, pzxid, ephemeralOwner, ctimeMs, mtimeMs, version, cversion, aversion, dataLength, numChildren }
}
