// replica: the entry of a request of this server's clients was applied: its connection is answered, and what waited behind it. PURE.

import { assert, unreachable } from '../support/assert.ts'
import { bodyStart, EntryKind } from '../tree/envelope.ts'
import type { Applied } from '../tree/state-machine.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { opName } from '../wire/op-classes.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { Connection } from './connection.ts'
import type { ReplicaContext } from './context.ts'
import { completeAttach } from './handshake.ts'
import type { Intake } from './intake.ts'
import { writeAppliedReply, writeHeaderReply } from './replies.ts'

/** Answers `c`, whose entry `payload` came to `applied`. Entries come back in the order in which they went, none missing. */
export function settle(replica: ReplicaContext, intake: Intake, c: Connection, payload: Buffer, applied: Applied): void {
  if (c.phase === 'closed') return
  if (c.pending.size > 0) intake.answerSyncs(c)
  switch (applied.kind) {
    case EntryKind.request:
      settleWrite(replica, intake, c, payload, applied)
      break
    case EntryKind.closeSession:
      settleClose(replica, intake, c, applied)
      break
    case EntryKind.createSession:
    case EntryKind.attachSession:
      completeAttach(replica, c, applied)
      break
    case EntryKind.noop:
    case EntryKind.expireSession:
    case EntryKind.settings:
    case EntryKind.reap:
    case EntryKind.config:
      assert(false, `entry kind ${applied.kind} belongs to no client`)
      break
    default:
      unreachable(applied.kind)
  }
}

function settleWrite(replica: ReplicaContext, intake: Intake, c: Connection, payload: Buffer, applied: Applied): void {
  const pending = c.pending.shift()
  assert(pending !== undefined && pending.body === null, 'the oldest request in work is the write that was applied')
  replica.countPending(-1, 0)
  writeAppliedReply(replica.out(c), pending.xid, applied)
  if (applied.err === ErrorCode.marshallingError) replica.noteRefusal('bad_request', c.remote, opName(pending.op))
  intake.replied(c, pending, applied.zxid)
  replica.noteIfSlow(c, pending, payload, bodyStart(payload))
  intake.answerWaiting(c)
  // A session that lives elsewhere, or no longer, has no business on this connection.
  if (applied.err === ErrorCode.sessionMoved || applied.err === ErrorCode.sessionExpired) replica.close(c)
}

function settleClose(replica: ReplicaContext, intake: Intake, c: Connection, applied: Applied): void {
  const pending = c.pending.shift()
  assert(pending !== undefined && pending.op === OpCode.closeSession, 'the oldest request in work is the close')
  replica.countPending(-1, 0)
  writeHeaderReply(replica.out(c), pending.xid, applied.zxid, applied.err)
  intake.replied(c, pending, applied.zxid)
  replica.close(c)
}
