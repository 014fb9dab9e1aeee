// wire: the headers of requests and replies.
//
//   RequestHeader  int xid, int type
//   ReplyHeader    int xid, long zxid, int err         a body follows only when err is 0

import { int64ToBigInt } from '../support/int64.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export const REQUEST_HEADER_BYTES = 8
export const REPLY_HEADER_BYTES = 16

export interface ReplyHeader {
  readonly xid: number
  readonly zxid: bigint
  readonly err: number
}

/** A reply header to fill again and again: one per connection, no allocation per reply. */
export interface ReplyHeaderFields {
  xid: number
  /** Upper uint32 of the zxid. */
  zxidHi: number
  /** Lower uint32 of the zxid. */
  zxidLo: number
  err: number
}

export function writeRequestHeader(w: Writer, xid: number, op: number): void {
  w.int32(xid)
  w.int32(op)
}

export function writeReplyHeader(w: Writer, xid: number, zxid: number, err: number): void {
  const at = w.reserve(REPLY_HEADER_BYTES)
  w.setInt32(at, xid)
  w.setInt64(at + 4, zxid)
  w.setInt32(at + 12, err)
}

export function readReplyHeader(r: Reader): ReplyHeader {
  const xid = r.int32()
  const hi = r.int32()
  const lo = r.int32()
  return { xid, zxid: int64ToBigInt(hi, lo), err: r.int32() }
}

/** The hot form of {@link readReplyHeader}: fills `into`. */
export function readReplyHeaderInto(r: Reader, into: ReplyHeaderFields): void {
  into.xid = r.int32()
  into.zxidHi = r.int32() >>> 0
  into.zxidLo = r.int32() >>> 0
  into.err = r.int32()
}
