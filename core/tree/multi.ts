// tree: multi: all or nothing, one zxid, every op sees what the earlier ones did (PrepRequestProcessor, OpCode.multi). PURE.
//
// Evaluated in place, with an undo log. Results of a failure: 0 before the failing op, its code, -2 after it.
//
// Inside a multi the flag has a say in what a create is, unlike outside (MultiOperationRecord.deserialize, Op.create):
//
//   create, create2 with the container flag    a container
//   createTTL without a TTL flag               a create, or a container; the ttl is ignored

import { unreachable } from '../support/assert.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import { CreateFlag, type MultiOp, type MultiResult } from '../wire/records.ts'
import type { Outcome } from './applied.ts'
import type { EntryContext } from './entry-context.ts'
import type { NodeStore } from './node-store.ts'
import type { NodeWrites } from './node-writes.ts'
import { UndoLog } from './undo-log.ts'

export function applyMulti(ops: readonly MultiOp[], store: NodeStore, writes: NodeWrites, cx: EntryContext, out: Outcome): void {
  const undo = new UndoLog(store)
  const results: MultiResult[] = []
  for (const [i, sent] of ops.entries()) {
    const op = meant(sent)
    const err = applyOp(op, writes, cx, out)
    if (err !== ErrorCode.ok) {
      undo.rollback()
      out.forgetEffects()
      out.multi = failure(ops.length, i, err)
      return
    }
    results.push(success(op, out))
  }
  undo.commit()
  out.path = ''
  out.node = null
  out.multi = results
}

function meant(q: MultiOp): MultiOp {
  switch (q.op) {
    case OpCode.create:
    case OpCode.create2:
      return q.flags === CreateFlag.container ? { ...q, op: OpCode.createContainer } : q
    case OpCode.createTtl: {
      if (q.flags < CreateFlag.persistent || q.flags > CreateFlag.container) return q
      const { path, data, acl, flags } = q
      return { op: flags === CreateFlag.container ? OpCode.createContainer : OpCode.create, path, data, acl, flags }
    }
    default:
      return q
  }
}

function applyOp(op: MultiOp, writes: NodeWrites, cx: EntryContext, out: Outcome): ErrorCode {
  switch (op.op) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl: {
      const problem = writes.createModeProblem(op)
      return problem === ErrorCode.ok ? writes.create(op, cx, out) : problem
    }
    case OpCode.delete:
      return writes.remove(op, cx, out)
    case OpCode.setData:
      return writes.setData(op, cx, out)
    case OpCode.check:
      return writes.check(op, cx)
    default:
      return unreachable(op)
  }
}

// The Stat is copied: a later op of the same multi may change the node.
function success(op: MultiOp, out: Outcome): MultiResult {
  switch (op.op) {
    case OpCode.create:
      return { op: OpCode.create, err: ErrorCode.ok, path: out.path, stat: null }
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      return { op: OpCode.create2, err: ErrorCode.ok, path: out.path, stat: out.node === null ? null : out.node.stat() }
    case OpCode.setData:
      return { op: OpCode.setData, err: ErrorCode.ok, path: null, stat: out.node === null ? null : out.node.stat() }
    case OpCode.delete:
    case OpCode.check:
      return { op: op.op, err: ErrorCode.ok, path: null, stat: null }
    default:
      return unreachable(op)
  }
}

function failure(count: number, failing: number, err: ErrorCode): MultiResult[] {
  const results: MultiResult[] = []
  for (let i = 0; i < count; i++) {
    const code = i < failing ? ErrorCode.ok : i === failing ? err : ErrorCode.runtimeInconsistency
    results.push({ op: OpCode.error, err: code, path: null, stat: null })
  }
  return results
}
