// A reply, byte for byte, against the reference: a write's has the result of its entry, a read's shows the state that its zxid names.

import { isDeepStrictEqual } from 'node:util'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { readMultiReadResponse, readMultiResponse } from '../../core/wire/multi.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { Reader } from '../../core/wire/reader.ts'
import type { Request } from '../../core/wire/records.ts'
import { readStat } from '../../core/wire/stat.ts'
import { readStrings } from '../../core/wire/strings.ts'
import type { Reference } from './reference.ts'

export interface Reply {
  readonly zxid: number
  readonly err: number
  /** At the body. */
  readonly body: Reader
  /** Of the session that asked. */
  readonly sessionHi: number
  readonly sessionLo: number
}

/** What is wrong with the reply, `null` if nothing is. Requests about watches are not looked at. */
export function replyProblem(reference: Reference, request: Request, reply: Reply): string | null {
  const expected = expectedReply(reference, request, reply)
  if (expected === undefined) return null
  const actual = reply.err === ErrorCode.ok ? [ErrorCode.ok, ...actualBody(reference, request, reply.body)] : [reply.err]
  return isDeepStrictEqual(actual, expected) ? null : `it says ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
}

function expectedReply(reference: Reference, request: Request, { zxid, sessionHi, sessionLo }: Reply): unknown[] | undefined {
  switch (request.op) {
    case OpCode.getData:
    case OpCode.exists:
    case OpCode.getChildren:
    case OpCode.getChildren2: {
      const node = reference.nodeAt(request.path, zxid)
      if (node === null) return [ErrorCode.noNode]
      if (request.op === OpCode.exists) return [ErrorCode.ok, node.stat]
      if (request.op === OpCode.getData) return [ErrorCode.ok, node.data, node.stat]
      return request.op === OpCode.getChildren ? [ErrorCode.ok, node.children] : [ErrorCode.ok, node.children, node.stat]
    }
    case OpCode.multiRead:
      return [
        ErrorCode.ok,
        request.ops.map(({ op, path }) => {
          const node = reference.nodeAt(path, zxid)
          if (node === null) return ErrorCode.noNode
          return op === OpCode.getData ? [node.data, node.stat] : node.children
        }),
      ]
    case OpCode.getEphemerals:
      return [ErrorCode.ok, reference.ephemeralsAt(sessionHi, sessionLo, zxid).filter((path) => path.startsWith(request.path))]
    default:
      return expectedOfWrite(reference, request, zxid)
  }
}

function expectedOfWrite(reference: Reference, request: Request, zxid: number): unknown[] | undefined {
  const result = reference.resultOf(zxid)
  switch (request.op) {
    case OpCode.create:
      return result?.err === ErrorCode.ok ? [ErrorCode.ok, result.path] : [result?.err]
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      return result?.err === ErrorCode.ok ? [ErrorCode.ok, result.path, result.stat] : [result?.err]
    case OpCode.setData:
    case OpCode.setAcl:
      return result?.err === ErrorCode.ok ? [ErrorCode.ok, result.stat] : [result?.err]
    case OpCode.multi:
      return result?.err === ErrorCode.ok ? [ErrorCode.ok, result.multi] : [result?.err]
    case OpCode.delete:
    case OpCode.closeSession:
      return [result?.err]
    default:
      return undefined
  }
}

function actualBody(reference: Reference, request: Request, r: Reader): unknown[] {
  const stat = () => reference.stat(readStat(r))
  switch (request.op) {
    case OpCode.getData: {
      const data = r.buffer()?.toString('latin1') ?? null
      return [data, stat()]
    }
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setAcl:
      return [stat()]
    case OpCode.getChildren:
    case OpCode.getEphemerals:
      return [readStrings(r).sort()]
    case OpCode.getChildren2: {
      const children = readStrings(r).sort()
      return [children, stat()]
    }
    case OpCode.create:
      return [r.ustring()]
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl: {
      const path = r.ustring()
      return [path, stat()]
    }
    case OpCode.multi:
      return [
        readMultiResponse(r).map(({ err, path, stat: wire }) => ({ err, path, stat: wire === null ? null : reference.wireStat(wire) })),
      ]
    case OpCode.multiRead:
      return [
        readMultiReadResponse(r).map((result) => {
          if (result.op === OpCode.error) return result.err
          if (result.op === OpCode.getChildren) return result.children.sort()
          return [result.data?.toString('latin1') ?? null, reference.wireStat(result.stat)]
        }),
      ]
    default:
      return []
  }
}
