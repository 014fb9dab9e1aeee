// wire: multi and multiRead, requests and responses (MultiOperationRecord and MultiResponse).
//
//   request   { MultiHeader, body of the sub-request }*  end
//   response  { MultiHeader, body of the result }*       end
//
//   MultiHeader   int type, boolean done, int err       requests: (type, false, -1)
//   end           MultiHeader (-1, true, -1)            `done` alone ends the list
//   results       create 1 {path}; create2 15 {path, Stat}, also for containers and TTL nodes; setData 5 {Stat}; delete 2, check 13 {};
//                 getData 4 {data, Stat}; getChildren 8 {vector}; error -1 {int err}, its header's err holding the same code
//
// The list has no count, so nothing is allocated by a claim; each turn of a loop reads at least the nine bytes of a header.

import { unreachable } from '../support/assert.ts'
import { ErrorCode } from './error-codes.ts'
import {
  readCheck,
  readCreate,
  readCreateTtl,
  readDelete,
  readSetData,
  writeCreate,
  writePathVersion,
  writePathWatch,
  writeSetData,
} from './node-requests.ts'
import { OpCode } from './op-codes.ts'
import { ProtocolError, UnsupportedSubOp } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import {
  CreateFlag,
  type CreateRequest,
  type MultiOp,
  type MultiReadRequest,
  type MultiRequest,
  type MultiResult,
  type PathWatchRequest,
  type StatFields,
} from './records.ts'
import { readStatBigInt, type WireStat, writeStat } from './stat.ts'
import { readString, readStrings, type Strings, writeStrings } from './strings.ts'
import type { Writer } from './writer.ts'

/** One result of a multi, as a client reads it; fields that the type does not carry are `null`. */
export interface WireMultiResult {
  readonly op:
    | typeof OpCode.create
    | typeof OpCode.create2
    | typeof OpCode.delete
    | typeof OpCode.setData
    | typeof OpCode.check
    | typeof OpCode.error
  /** Of an error entry: the op's own code, -2 after the failing op, 0 before it. Else 0. */
  readonly err: number
  readonly path: string | null
  readonly stat: WireStat | null
}

/** One result of a multiRead. Each op succeeds or fails alone. */
export type WireMultiReadResult =
  | { readonly op: typeof OpCode.getData; readonly data: Buffer | null; readonly stat: WireStat }
  | { readonly op: typeof OpCode.getChildren; readonly children: string[] }
  | { readonly op: typeof OpCode.error; readonly err: number }

/** Throws UnsupportedSubOp on a sub-request that a multi cannot hold, ProtocolError on bytes that are not the protocol. */
export function readMultiRequest(r: Reader): MultiRequest {
  const ops: MultiOp[] = []
  for (;;) {
    const type = r.int32()
    const done = r.boolean()
    r.int32()
    if (done) return { op: OpCode.multi, ops }
    ops.push(readMultiOp(r, type))
  }
}

export function writeMultiRequest(w: Writer, q: MultiRequest): void {
  for (const op of q.ops) {
    writeMultiHeader(w, op.op, false, -1)
    writeMultiOp(w, op)
  }
  writeMultiEnd(w)
}

/** Throws UnsupportedSubOp on anything but getData and getChildren. */
export function readMultiReadRequest(r: Reader): MultiReadRequest {
  const ops: PathWatchRequest[] = []
  for (;;) {
    const type = r.int32()
    const done = r.boolean()
    r.int32()
    if (done) return { op: OpCode.multiRead, ops }
    if (type !== OpCode.getData && type !== OpCode.getChildren) throw new UnsupportedSubOp(`op ${type} inside a multiRead`)
    const path = r.ustring()
    if (path === null) throw new ProtocolError('multiRead: null path')
    ops.push({ op: type, path, watch: r.boolean() })
  }
}

export function writeMultiReadRequest(w: Writer, q: MultiReadRequest): void {
  for (const op of q.ops) {
    writeMultiHeader(w, op.op, false, -1)
    writePathWatch(w, op)
  }
  writeMultiEnd(w)
}

/** The whole response body of a multi, as the state machine decided it. */
export function writeMultiResponse(w: Writer, results: readonly MultiResult[]): void {
  for (const result of results) writeMultiResult(w, result)
  writeMultiEnd(w)
}

export function readMultiResponse(r: Reader): WireMultiResult[] {
  const results: WireMultiResult[] = []
  for (;;) {
    const type = r.int32()
    const done = r.boolean()
    r.int32()
    if (done) return results
    results.push(readMultiResult(r, type))
  }
}

/** One entry of a multiRead's response: a getData that succeeded. */
export function writeMultiReadData(w: Writer, data: Uint8Array | null, stat: StatFields): void {
  writeMultiHeader(w, OpCode.getData, false, ErrorCode.ok)
  w.buffer(data)
  writeStat(w, stat)
}

/** One entry of a multiRead's response: a getChildren that succeeded. */
export function writeMultiReadChildren(w: Writer, children: Strings): void {
  writeMultiHeader(w, OpCode.getChildren, false, ErrorCode.ok)
  writeStrings(w, children)
}

/** One entry of a response: an op that failed, or in a failed multi any op. */
export function writeMultiError(w: Writer, err: number): void {
  writeMultiHeader(w, OpCode.error, false, err)
  w.int32(err)
}

/** Ends a request or a response; entries stand before it. */
export function writeMultiEnd(w: Writer): void {
  writeMultiHeader(w, OpCode.error, true, -1)
}

export function readMultiReadResponse(r: Reader): WireMultiReadResult[] {
  const results: WireMultiReadResult[] = []
  for (;;) {
    const type = r.int32()
    const done = r.boolean()
    r.int32()
    if (done) return results
    results.push(readMultiReadResult(r, type))
  }
}

function writeMultiHeader(w: Writer, type: number, done: boolean, err: number): void {
  w.int32(type)
  w.boolean(done)
  w.int32(err)
}

function readMultiOp(r: Reader, type: number): MultiOp {
  switch (type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
      return readMultiCreate(r, type)
    case OpCode.createTtl:
      return readCreateTtl(r)
    case OpCode.delete:
      return readDelete(r)
    case OpCode.setData:
      return readSetData(r)
    case OpCode.check:
      return readCheck(r)
    default:
      throw new UnsupportedSubOp(`op ${type} inside a multi`)
  }
}

/** A flag that the record cannot express (unknown, or TTL without a ttl) spoils the whole multi, as in MultiOperationRecord. */
function readMultiCreate(r: Reader, op: CreateRequest['op']): CreateRequest {
  const create = readCreate(r, op)
  if (create.flags < CreateFlag.persistent || create.flags > CreateFlag.container) {
    throw new UnsupportedSubOp(`create flag ${create.flags} inside a multi`)
  }
  return create
}

function writeMultiOp(w: Writer, q: MultiOp): void {
  switch (q.op) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      writeCreate(w, q)
      break
    case OpCode.delete:
    case OpCode.check:
      writePathVersion(w, q)
      break
    case OpCode.setData:
      writeSetData(w, q)
      break
    default:
      unreachable(q)
  }
}

function writeMultiResult(w: Writer, result: MultiResult): void {
  if (result.op === OpCode.error) {
    writeMultiError(w, result.err)
    return
  }
  writeMultiHeader(w, result.op, false, ErrorCode.ok)
  if (result.path !== null) w.ustring(result.path)
  if (result.stat !== null) writeStat(w, result.stat)
}

function readMultiResult(r: Reader, op: number): WireMultiResult {
  switch (op) {
    case OpCode.create:
      return { op, err: ErrorCode.ok, path: readString(r), stat: null }
    case OpCode.create2: {
      const path = readString(r)
      return { op, err: ErrorCode.ok, path, stat: readStatBigInt(r) }
    }
    case OpCode.setData:
      return { op, err: ErrorCode.ok, path: null, stat: readStatBigInt(r) }
    case OpCode.delete:
    case OpCode.check:
      return { op, err: ErrorCode.ok, path: null, stat: null }
    case OpCode.error:
      return { op, err: r.int32(), path: null, stat: null }
    default:
      throw new ProtocolError(`result of type ${op} in the response of a multi`)
  }
}

function readMultiReadResult(r: Reader, op: number): WireMultiReadResult {
  switch (op) {
    case OpCode.getData: {
      const data = r.buffer()
      return { op, data, stat: readStatBigInt(r) }
    }
    case OpCode.getChildren:
      return { op, children: readStrings(r) }
    case OpCode.error:
      return { op, err: r.int32() }
    default:
      throw new ProtocolError(`result of type ${op} in the response of a multiRead`)
  }
}
