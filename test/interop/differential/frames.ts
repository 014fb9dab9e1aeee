// Steps to bytes: fills in the sequence's folder and the server's own values, encodes, and spoils what is to be spoiled.

import { writeConnectRequest } from '../../../core/wire/connect.ts'
import { OpCode, Xid } from '../../../core/wire/op-codes.ts'
import type { ConnectRequest, Request } from '../../../core/wire/records.ts'
import { writeRequest } from '../../../core/wire/requests.ts'
import { Writer } from '../../../core/wire/writer.ts'
import { type Call, MARK, type Spoil } from './steps.ts'

/** The xid that a request has unless its step says otherwise; `null` = the next one. */
export function reservedXid(op: number): number | null {
  switch (op) {
    case OpCode.ping:
      return Xid.ping
    case OpCode.auth:
      return Xid.auth
    case OpCode.setWatches:
    case OpCode.setWatches2:
      return Xid.setWatches
    default:
      return null
  }
}

/** `~` becomes the folder. */
export function absolute(path: string, root: string): string {
  return path.replace('~', root)
}

export function rooted(request: Request, root: string, markZxid: number): Request {
  const at = (path: string): string => absolute(path, root)
  switch (request.op) {
    case OpCode.multi:
      return { ...request, ops: request.ops.map((op) => ({ ...op, path: at(op.path) })) }
    case OpCode.multiRead:
      return { ...request, ops: request.ops.map((op) => ({ ...op, path: at(op.path) })) }
    case OpCode.setWatches:
    case OpCode.setWatches2:
      return {
        ...request,
        relativeZxid: request.relativeZxid === MARK ? markZxid : request.relativeZxid,
        data: request.data.map(at),
        exist: request.exist.map(at),
        child: request.child.map(at),
        persistent: request.persistent.map(at),
        persistentRecursive: request.persistentRecursive.map(at),
      }
    default:
      return 'path' in request ? { ...request, path: at(request.path) } : request
  }
}

/** A frame with a request header. */
export function requestFrame(xid: number, op: number, request: Request, spoil: Spoil | null): Buffer {
  const w = new Writer()
  writeRequest(w, request)
  const body = spoiled(w.copy(), spoil)
  const frame = Buffer.alloc(12 + body.length)
  frame.writeInt32BE(8 + body.length, 0)
  frame.writeInt32BE(xid, 4)
  frame.writeInt32BE(op, 8)
  body.copy(frame, 12)
  return frame
}

export function connectFrame(request: ConnectRequest): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  writeConnectRequest(w, request)
  w.endFrame(frame)
  return w.copy()
}

export function opOf(call: Call): number {
  return call.opCode ?? call.request.op
}

function spoiled(body: Buffer, spoil: Spoil | null): Buffer {
  switch (spoil?.kind) {
    case 'cut':
      return body.subarray(0, Math.max(0, body.length - spoil.bytes))
    case 'junk':
      return Buffer.concat([body, spoil.bytes])
    case 'int': {
      const copy = Buffer.from(body)
      if (spoil.at + 4 <= copy.length) copy.writeInt32BE(spoil.value, spoil.at)
      return copy
    }
    default:
      return body
  }
}
