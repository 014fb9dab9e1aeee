// wire: bodies of the requests that manage watches.
//
//   setWatches                     long relativeZxid, vector<ustring> data, exist, child
//   setWatches2                    the same, vector<ustring> persistent, persistentRecursive
//   addWatch                       ustring path, int mode
//   checkWatches, removeWatches    ustring path, int type

import { OpCode } from './op-codes.ts'
import type { Reader } from './reader.ts'
import type { AddWatchRequest, SetWatchesRequest, WatchesRequest } from './records.ts'
import { readString, readStrings, writeStrings } from './strings.ts'
import type { Writer } from './writer.ts'

const NONE: readonly string[] = Object.freeze([])

export function readSetWatches(r: Reader, op: SetWatchesRequest['op']): SetWatchesRequest {
  const relativeZxid = r.int64()
  const data = readStrings(r)
  const exist = readStrings(r)
  const child = readStrings(r)
  const persistent = op === OpCode.setWatches2 ? readStrings(r) : NONE
  const persistentRecursive = op === OpCode.setWatches2 ? readStrings(r) : NONE
  return { op, relativeZxid, data, exist, child, persistent, persistentRecursive }
}

/** The persistent kinds travel with setWatches2 only. */
export function writeSetWatches(w: Writer, q: SetWatchesRequest): void {
  w.int64(q.relativeZxid)
  writeStrings(w, q.data)
  writeStrings(w, q.exist)
  writeStrings(w, q.child)
  if (q.op === OpCode.setWatches) return
  writeStrings(w, q.persistent)
  writeStrings(w, q.persistentRecursive)
}

export function readAddWatch(r: Reader): AddWatchRequest {
  const path = readString(r)
  return { op: OpCode.addWatch, path, mode: r.int32() }
}

export function writeAddWatch(w: Writer, q: AddWatchRequest): void {
  w.ustring(q.path)
  w.int32(q.mode)
}

export function readWatches(r: Reader, op: WatchesRequest['op']): WatchesRequest {
  const path = readString(r)
  return { op, path, type: r.int32() }
}

export function writeWatches(w: Writer, q: WatchesRequest): void {
  w.ustring(q.path)
  w.int32(q.type)
}
