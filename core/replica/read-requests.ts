// replica: answers the requests that need no log entry: reads, watch registrations, sync and ping, from this server's own tree,
// after everything the same session asked before. PURE.
//
// Each answer is written straight into the connection's writer: no record object between the tree and the bytes.

import { assert } from '../support/assert.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import type { Znode } from '../tree/znode.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { writeReplyHeader } from '../wire/headers.ts'
import { readMultiReadRequest, writeMultiEnd, writeMultiError, writeMultiReadChildren, writeMultiReadData } from '../wire/multi.ts'
import { OpCode, Xid } from '../wire/op-codes.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import type { Reader } from '../wire/reader.ts'
import { AddWatchMode, type Id, Permission, WatcherType } from '../wire/records.ts'
import { readRequest } from '../wire/requests.ts'
import {
  writeAclResponse,
  writeCountResponse,
  writeErrorResponse,
  writeSetWatches2Response,
  writeStringsResponse,
  writeWhoAmIResponse,
} from '../wire/responses.ts'
import type { Writer } from '../wire/writer.ts'
import type { ChangeHistory } from './change-history.ts'
import type { Connection } from './connection.ts'
import { rearmWatches } from './rearm-watches.ts'
import { replayMissed } from './replay-missed.ts'
import { writeHeaderReply } from './replies.ts'
import { WatchKind, type WatchManager } from './watch-manager.ts'

export class ReadRequests {
  readonly #tree: StateMachine
  readonly #watches: WatchManager<Connection>
  readonly #history: ChangeHistory

  constructor(tree: StateMachine, watches: WatchManager<Connection>, history: ChangeHistory) {
    this.#tree = tree
    this.#watches = watches
    this.#history = history
  }

  /** Writes the reply to `w`. Returns the error code that went into its header. */
  answer(w: Writer, c: Connection, xid: number, op: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const mark = w.length
    let err: ErrorCode
    try {
      err = this.#dispatch(w, c, xid, op, r, ids)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      err = ErrorCode.marshallingError
    }
    if (err !== ErrorCode.ok) {
      w.reset(mark)
      writeHeaderReply(w, xid, this.#tree.lastZxid, err)
    }
    return err
  }

  #dispatch(w: Writer, c: Connection, xid: number, op: number, r: Reader, ids: readonly Id[]): ErrorCode {
    switch (op) {
      case OpCode.getData:
        return this.#getData(w, c, xid, r, ids)
      case OpCode.exists:
        return this.#exists(w, c, xid, r, ids)
      case OpCode.getChildren:
      case OpCode.getChildren2:
        return this.#getChildren(w, c, xid, op, r, ids)
      case OpCode.ping:
        // Whatever xid it came with.
        writeHeaderReply(w, Xid.ping, this.#tree.lastZxid, ErrorCode.ok)
        return ErrorCode.ok
      case OpCode.sync:
        return this.#sync(w, xid, r)
      case OpCode.getAcl:
        return this.#getAcl(w, xid, r, ids)
      case OpCode.multiRead:
        return this.#multiRead(w, xid, r, ids)
      case OpCode.getEphemerals:
        return this.#getEphemerals(w, c, xid, r)
      case OpCode.getAllChildrenNumber:
        return this.#getAllChildrenNumber(w, xid, r, ids)
      case OpCode.addWatch:
        return this.#addWatch(w, c, xid, r)
      case OpCode.checkWatches:
      case OpCode.removeWatches:
        return this.#checkOrRemoveWatches(w, c, xid, op, r)
      case OpCode.setWatches:
      case OpCode.setWatches2:
        return this.#setWatches(w, c, xid, op, r)
      case OpCode.whoAmI:
        return this.#whoAmI(w, xid, ids)
      case OpCode.reconfig:
        readRequest(r, op)
        return ErrorCode.reconfigDisabled
      default:
        assert(false, `op ${op} is no read`)
    }
  }

  #begin(w: Writer, xid: number): number {
    const frame = w.beginFrame()
    writeReplyHeader(w, xid, this.#tree.lastZxid, ErrorCode.ok)
    return frame
  }

  #readable(node: Znode, ids: readonly Id[]): boolean {
    return this.#tree.allows(node, Permission.read, ids)
  }

  // A path stays where it lies in the request; it becomes a string for a watch alone.
  #getData(w: Writer, c: Connection, xid: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const start = r.skipString()
    const end = r.position
    const watch = r.boolean()
    if (start < 0) return ErrorCode.marshallingError
    const node = this.#tree.nodeAt(r.bytes, start, end)
    if (node === undefined) return ErrorCode.noNode
    if (!this.#readable(node, ids)) return ErrorCode.noAuth
    if (watch) this.#watches.add(WatchKind.data, r.text(start, end), c)
    const frame = this.#begin(w, xid)
    node.putData(w)
    node.putStat(w)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #exists(w: Writer, c: Connection, xid: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const start = r.skipString()
    const end = r.position
    const watch = r.boolean()
    if (start < 0) return ErrorCode.marshallingError
    // The only read that looks at the path (FinalRequestProcessor): it is the only one that may set a watch on a node that is missing.
    if (hasNul(r.bytes, start, end)) return ErrorCode.badArguments
    const node = this.#tree.nodeAt(r.bytes, start, end)
    if (node !== undefined && !this.#readable(node, ids)) return ErrorCode.noAuth
    // On a missing node the answer is an error and the watch is set all the same: it waits for the creation.
    if (watch) this.#watches.add(WatchKind.data, r.text(start, end), c)
    if (node === undefined) return ErrorCode.noNode
    const frame = this.#begin(w, xid)
    node.putStat(w)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #getChildren(w: Writer, c: Connection, xid: number, op: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const start = r.skipString()
    const end = r.position
    const watch = r.boolean()
    if (start < 0) return ErrorCode.marshallingError
    const node = this.#tree.nodeAt(r.bytes, start, end)
    if (node === undefined) return ErrorCode.noNode
    if (!this.#readable(node, ids)) return ErrorCode.noAuth
    if (watch) this.#watches.add(WatchKind.child, r.text(start, end), c)
    const frame = this.#begin(w, xid)
    node.putChildren(w)
    if (op === OpCode.getChildren2) node.putStat(w)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  // The path comes back verbatim, also of nodes that do not exist. Everything committed before is applied already.
  #sync(w: Writer, xid: number, r: Reader): ErrorCode {
    const path = r.ustring()
    const frame = this.#begin(w, xid)
    w.ustring(path)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #getAcl(w: Writer, xid: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const path = r.ustring()
    if (path === null) return ErrorCode.marshallingError
    const node = this.#tree.node(path)
    if (node === undefined) return ErrorCode.noNode
    if (!this.#readable(node, ids) && !this.#tree.allows(node, Permission.admin, ids)) return ErrorCode.noAuth
    const frame = this.#begin(w, xid)
    writeAclResponse(w, this.#tree.maskedAcl(node, ids), node)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  // Each op succeeds or fails alone; the watch flag is ignored.
  #multiRead(w: Writer, xid: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const { ops } = readMultiReadRequest(r)
    const frame = this.#begin(w, xid)
    for (const { op, path } of ops) {
      const node = this.#tree.node(path)
      if (node === undefined) writeMultiError(w, ErrorCode.noNode)
      else if (!this.#readable(node, ids)) writeMultiError(w, ErrorCode.noAuth)
      else if (op === OpCode.getData) writeMultiReadData(w, node.data, node)
      else writeMultiReadChildren(w, node.children)
    }
    writeMultiEnd(w)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #getEphemerals(w: Writer, c: Connection, xid: number, r: Reader): ErrorCode {
    const prefix = r.ustring() ?? ''
    assert(c.session !== null, 'an open connection has a session')
    const paths = this.#tree.ephemerals(c.session.hi, c.session.lo, prefix)
    const frame = this.#begin(w, xid)
    writeStringsResponse(w, paths)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #getAllChildrenNumber(w: Writer, xid: number, r: Reader, ids: readonly Id[]): ErrorCode {
    const path = r.ustring()
    if (path === null) return ErrorCode.marshallingError
    const node = this.#tree.node(path)
    if (node === undefined) return ErrorCode.noNode
    if (!this.#readable(node, ids)) return ErrorCode.noAuth
    const frame = this.#begin(w, xid)
    writeCountResponse(w, this.#tree.descendantCount(path))
    w.endFrame(frame)
    return ErrorCode.ok
  }

  // No check that the node exists and none of its ACL: delivery is filtered. The body of the answer is an ErrorResponse{0}.
  #addWatch(w: Writer, c: Connection, xid: number, r: Reader): ErrorCode {
    const path = r.ustring()
    const mode = r.int32()
    if (path === null || (mode !== AddWatchMode.persistent && mode !== AddWatchMode.persistentRecursive)) return ErrorCode.marshallingError
    this.#watches.add(mode === AddWatchMode.persistent ? WatchKind.persistent : WatchKind.recursive, path, c)
    const frame = this.#begin(w, xid)
    writeErrorResponse(w, ErrorCode.ok)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #checkOrRemoveWatches(w: Writer, c: Connection, xid: number, op: number, r: Reader): ErrorCode {
    const path = r.ustring()
    const kinds = kindsOf(r.int32())
    if (path === null || kinds === null) return ErrorCode.marshallingError
    let found = false
    for (const kind of kinds) {
      const had = op === OpCode.checkWatches ? this.#watches.has(kind, path, c) : this.#watches.remove(kind, path, c)
      found = had || found
    }
    if (!found) return ErrorCode.noWatcher
    writeHeaderReply(w, xid, this.#tree.lastZxid, ErrorCode.ok)
    return ErrorCode.ok
  }

  #setWatches(w: Writer, c: Connection, xid: number, op: typeof OpCode.setWatches | typeof OpCode.setWatches2, r: Reader): ErrorCode {
    const request = readRequest(r, op)
    assert(request.op === OpCode.setWatches || request.op === OpCode.setWatches2, 'readRequest keeps the op')
    rearmWatches(w, c, request, this.#tree, this.#watches)
    if (op === OpCode.setWatches) {
      writeHeaderReply(w, xid, this.#tree.lastZxid, ErrorCode.ok)
      return ErrorCode.ok
    }
    const covered = replayMissed(w, c, request, this.#tree, this.#history)
    const frame = this.#begin(w, xid)
    writeSetWatches2Response(w, covered)
    w.endFrame(frame)
    return ErrorCode.ok
  }

  #whoAmI(w: Writer, xid: number, ids: readonly Id[]): ErrorCode {
    const frame = this.#begin(w, xid)
    writeWhoAmIResponse(
      w,
      ids.map(({ scheme, id }) => ({ authScheme: scheme, user: scheme === 'digest' ? (id.split(':')[0] ?? '') : id })),
    )
    w.endFrame(frame)
    return ErrorCode.ok
  }
}

function hasNul(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0) return true
  return false
}

const KINDS_OF_TYPE: ReadonlyMap<number, readonly WatchKind[]> = new Map<number, readonly WatchKind[]>([
  [WatcherType.children, [WatchKind.child]],
  [WatcherType.data, [WatchKind.data]],
  [WatcherType.any, [WatchKind.data, WatchKind.child, WatchKind.persistent, WatchKind.recursive]],
  [WatcherType.persistent, [WatchKind.persistent]],
  [WatcherType.persistentRecursive, [WatchKind.recursive]],
])

function kindsOf(type: number): readonly WatchKind[] | null {
  return KINDS_OF_TYPE.get(type) ?? null
}
