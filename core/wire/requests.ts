// wire: one dispatch over every request that a client may send after the handshake. Bodies live in the family files.
//
//   frame   RequestHeader (headers.ts), body
//
// Bytes after a body are ignored: later versions of the protocol only ever append.

import { unreachable } from '../support/assert.ts'
import { readMultiReadRequest, readMultiRequest, writeMultiReadRequest, writeMultiRequest } from './multi.ts'
import {
  readCheck,
  readCreate,
  readCreateTtl,
  readDelete,
  readPath,
  readPathWatch,
  readSetAcl,
  readSetData,
  writeCreate,
  writePath,
  writePathVersion,
  writePathWatch,
  writeSetAcl,
  writeSetData,
} from './node-requests.ts'
import { OpCode } from './op-codes.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import type { Request } from './records.ts'
import { readAuth, readReconfig, readSasl, writeAuth, writeReconfig, writeSasl } from './session-requests.ts'
import { readAddWatch, readSetWatches, readWatches, writeAddWatch, writeSetWatches, writeWatches } from './watch-requests.ts'
import type { Writer } from './writer.ts'

/**
 * Reads the body of a request of type `op`. Buffers in it are views of the frame.
 *
 * Throws ProtocolError on truncated or malformed bytes and on an op that no client may send (ask `isClientOp` first to answer -6),
 * and UnsupportedSubOp on a multi with a sub-request that is not allowed there.
 */
export function readRequest(r: Reader, op: number): Request {
  switch (op) {
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      return readPathWatch(r, op)
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
      return readCreate(r, op)
    case OpCode.createTtl:
      return readCreateTtl(r)
    case OpCode.delete:
      return readDelete(r)
    case OpCode.setData:
      return readSetData(r)
    case OpCode.check:
      return readCheck(r)
    case OpCode.multi:
      return readMultiRequest(r)
    case OpCode.multiRead:
      return readMultiReadRequest(r)
    case OpCode.setAcl:
      return readSetAcl(r)
    case OpCode.getAcl:
    case OpCode.sync:
    case OpCode.deleteContainer:
    case OpCode.getAllChildrenNumber:
    case OpCode.getEphemerals:
      return readPath(r, op)
    case OpCode.setWatches:
    case OpCode.setWatches2:
      return readSetWatches(r, op)
    case OpCode.addWatch:
      return readAddWatch(r)
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      return readWatches(r, op)
    case OpCode.auth:
      return readAuth(r)
    case OpCode.sasl:
      return readSasl(r)
    case OpCode.reconfig:
      return readReconfig(r)
    case OpCode.ping:
    case OpCode.closeSession:
    case OpCode.whoAmI:
      return { op }
    default:
      throw new ProtocolError(`unknown op code ${op}`)
  }
}

/** Writes the body of a request, without its header. */
export function writeRequest(w: Writer, q: Request): void {
  switch (q.op) {
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getChildren:
    case OpCode.getChildren2:
      writePathWatch(w, q)
      break
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
    case OpCode.multi:
      writeMultiRequest(w, q)
      break
    case OpCode.multiRead:
      writeMultiReadRequest(w, q)
      break
    case OpCode.setAcl:
      writeSetAcl(w, q)
      break
    case OpCode.getAcl:
    case OpCode.sync:
    case OpCode.deleteContainer:
    case OpCode.getAllChildrenNumber:
    case OpCode.getEphemerals:
      writePath(w, q)
      break
    case OpCode.setWatches:
    case OpCode.setWatches2:
      writeSetWatches(w, q)
      break
    case OpCode.addWatch:
      writeAddWatch(w, q)
      break
    case OpCode.checkWatches:
    case OpCode.removeWatches:
      writeWatches(w, q)
      break
    case OpCode.auth:
      writeAuth(w, q)
      break
    case OpCode.sasl:
      writeSasl(w, q)
      break
    case OpCode.reconfig:
      writeReconfig(w, q)
      break
    case OpCode.ping:
    case OpCode.closeSession:
    case OpCode.whoAmI:
      break
    default:
      unreachable(q)
  }
}
