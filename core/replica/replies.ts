// replica: encodes replies into a connection's writer. PURE.
//
//   [len][xid:int zxid:long err:int][body, only when err = 0]

import { assert } from '../support/assert.ts'
import type { Applied } from '../tree/state-machine.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { writeReplyHeader } from '../wire/headers.ts'
import { writeMultiResponse } from '../wire/multi.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { Writer } from '../wire/writer.ts'

/** A reply that is a header alone. */
export function writeHeaderReply(w: Writer, xid: number, zxid: number, err: ErrorCode): void {
  const frame = w.beginFrame()
  writeReplyHeader(w, xid, zxid, err)
  w.endFrame(frame)
}

/** The reply to a client's write, from what apply made of it. */
export function writeAppliedReply(w: Writer, xid: number, applied: Applied): void {
  const frame = w.beginFrame()
  writeReplyHeader(w, xid, applied.zxid, applied.err)
  if (applied.err === ErrorCode.ok) writeAppliedBody(w, applied)
  w.endFrame(frame)
}

function writeAppliedBody(w: Writer, applied: Applied): void {
  switch (applied.op) {
    case OpCode.create:
      w.ustring(applied.path)
      return
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      assert(applied.node !== null, 'a successful create names its node')
      w.ustring(applied.path)
      applied.node.putStat(w)
      return
    case OpCode.setData:
    case OpCode.setAcl:
      assert(applied.node !== null, 'a successful set names its node')
      applied.node.putStat(w)
      return
    case OpCode.multi:
      assert(applied.multi !== null, 'a multi has results')
      writeMultiResponse(w, applied.multi)
      return
    default:
      // delete, deleteContainer: a header alone
      return
  }
}
