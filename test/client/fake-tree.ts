// test: the fake server's tree: enough of the operations for a client to be told plausible things.

import { ErrorCode } from '../../core/wire/error-codes.ts'
import { writeMultiEnd, writeMultiError, writeMultiReadChildren, writeMultiReadData, writeMultiResponse } from '../../core/wire/multi.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { parentPath } from '../../core/wire/paths.ts'
import { type MultiOp, type MultiResult, OPEN_ACL, type PathWatchRequest, type Request, type StatFields } from '../../core/wire/records.ts'
import {
  writeAclResponse,
  writeChildren2Response,
  writeCountResponse,
  writeCreate2Response,
  writeDataResponse,
  writeErrorResponse,
  writePathResponse,
  writeStringsResponse,
  writeWhoAmIResponse,
} from '../../core/wire/responses.ts'
import { writeStat } from '../../core/wire/stat.ts'
import type { Writer } from '../../core/wire/writer.ts'

export interface FakeNode {
  data: Buffer | null
  version: number
  czxid: number
  mzxid: number
  owner: number
}

export interface FakeReply {
  readonly err: ErrorCode
  readonly body: (w: Writer) => void
}

const EMPTY = (): void => undefined

export class FakeTree {
  readonly nodes = new Map<string, FakeNode>([['/', { data: null, version: 0, czxid: 0, mzxid: 0, owner: 0 }]])
  zxid = 0
  #sequence = 0

  children(path: string): string[] {
    const own = path === '/' ? '/' : `${path}/`
    return [...this.nodes.keys()].filter((p) => p !== '/' && parentPath(p) === path).map((p) => p.slice(own.length))
  }

  stat(path: string): StatFields {
    const node = this.nodes.get(path)
    if (node === undefined) throw new Error(`no ${path}`)
    return {
      czxid: node.czxid,
      mzxid: node.mzxid,
      pzxid: node.czxid,
      ctime: 0,
      mtime: 0,
      version: node.version,
      cversion: 0,
      aversion: 0,
      ownerHi: node.owner === 0 ? 0 : 1,
      ownerLo: node.owner,
      dataLength: node.data?.length ?? 0,
      numChildren: this.children(path).length,
    }
  }

  removeOwnedBy(owner: number): void {
    for (const [path, node] of this.nodes) if (node.owner === owner) this.nodes.delete(path)
  }

  apply(request: Request, owner: number): FakeReply {
    switch (request.op) {
      case OpCode.create:
      case OpCode.create2:
      case OpCode.createContainer:
      case OpCode.createTtl:
      case OpCode.delete:
      case OpCode.setData:
      case OpCode.check: {
        this.zxid += 1
        const result = this.#write(request, owner)
        return { err: result.err, body: result.err === ErrorCode.ok ? (w) => writeResult(w, result) : EMPTY }
      }
      case OpCode.multi:
        return this.#multi(request.ops, owner)
      case OpCode.setAcl:
        this.zxid += 1
        return this.#onNode(request.path, (w) => writeStat(w, this.stat(request.path)))
      default:
        return this.#read(request)
    }
  }

  #read(request: Request): FakeReply {
    switch (request.op) {
      case OpCode.exists:
        return this.#onNode(request.path, (w) => writeStat(w, this.stat(request.path)))
      case OpCode.getData:
        return this.#onNode(request.path, (w, node) => writeDataResponse(w, node.data, this.stat(request.path)))
      case OpCode.getChildren:
        return this.#onNode(request.path, (w) => writeStringsResponse(w, this.children(request.path)))
      case OpCode.getChildren2:
        return this.#onNode(request.path, (w) => writeChildren2Response(w, this.children(request.path), this.stat(request.path)))
      case OpCode.getAcl:
        return this.#onNode(request.path, (w) => writeAclResponse(w, OPEN_ACL, this.stat(request.path)))
      case OpCode.sync:
        return { err: ErrorCode.ok, body: (w) => writePathResponse(w, request.path) }
      case OpCode.getAllChildrenNumber:
        return { err: ErrorCode.ok, body: (w) => writeCountResponse(w, this.nodes.size - 1) }
      case OpCode.getEphemerals:
        return {
          err: ErrorCode.ok,
          body: (w) =>
            writeStringsResponse(
              w,
              [...this.nodes].filter(([p, n]) => n.owner !== 0 && p.startsWith(request.path)).map(([p]) => p),
            ),
        }
      case OpCode.whoAmI:
        return { err: ErrorCode.ok, body: (w) => writeWhoAmIResponse(w, [{ authScheme: 'ip', user: '127.0.0.1' }]) }
      case OpCode.multiRead:
        return { err: ErrorCode.ok, body: (w) => this.#multiRead(w, request.ops) }
      case OpCode.addWatch:
        return { err: ErrorCode.ok, body: (w) => writeErrorResponse(w, 0) }
      default:
        return { err: ErrorCode.ok, body: EMPTY }
    }
  }

  #onNode(path: string, body: (w: Writer, node: FakeNode) => void): FakeReply {
    const node = this.nodes.get(path)
    if (node === undefined) return { err: ErrorCode.noNode, body: EMPTY }
    return { err: ErrorCode.ok, body: (w) => body(w, node) }
  }

  #multiRead(w: Writer, ops: readonly PathWatchRequest[]): void {
    for (const { op, path } of ops) {
      const node = this.nodes.get(path)
      if (node === undefined) writeMultiError(w, ErrorCode.noNode)
      else if (op === OpCode.getData) writeMultiReadData(w, node.data, this.stat(path))
      else writeMultiReadChildren(w, this.children(path))
    }
    writeMultiEnd(w)
  }

  #multi(ops: readonly MultiOp[], owner: number): FakeReply {
    this.zxid += 1
    const before = new Map([...this.nodes].map(([path, node]) => [path, { ...node }] as const))
    const results = ops.map((op) => this.#write(op, owner))
    const failed = results.findIndex((result) => result.err !== ErrorCode.ok)
    if (failed < 0) return { err: ErrorCode.ok, body: (w) => writeMultiResponse(w, results) }
    this.nodes.clear()
    for (const [path, node] of before) this.nodes.set(path, node)
    return {
      err: ErrorCode.ok,
      body: (w) => {
        for (const [i, result] of results.entries()) {
          writeMultiError(w, i < failed ? ErrorCode.ok : i === failed ? result.err : ErrorCode.runtimeInconsistency)
        }
        writeMultiEnd(w)
      },
    }
  }

  #write(op: MultiOp, owner: number): MultiResult {
    const ok = (path: string | null, withStat: boolean, code: MultiResult['op'] = op.op): MultiResult => ({
      op: code,
      err: ErrorCode.ok,
      path,
      stat: withStat && path !== null ? this.stat(path) : withStat ? this.stat(op.path) : null,
    })
    const fail = (err: ErrorCode): MultiResult => ({ op: OpCode.error, err, path: null, stat: null })
    const node = this.nodes.get(op.path)
    switch (op.op) {
      case OpCode.delete:
        if (node === undefined) return fail(ErrorCode.noNode)
        if (op.version >= 0 && op.version !== node.version) return fail(ErrorCode.badVersion)
        if (this.children(op.path).length > 0) return fail(ErrorCode.notEmpty)
        this.nodes.delete(op.path)
        return ok(null, false)
      case OpCode.check:
        if (node === undefined) return fail(ErrorCode.noNode)
        return op.version >= 0 && op.version !== node.version ? fail(ErrorCode.badVersion) : ok(null, false)
      case OpCode.setData:
        if (node === undefined) return fail(ErrorCode.noNode)
        if (op.version >= 0 && op.version !== node.version) return fail(ErrorCode.badVersion)
        node.data = op.data === null ? null : Buffer.from(op.data)
        node.version += 1
        node.mzxid = this.zxid
        return ok(null, true)
      default: {
        const sequential = op.flags === 2 || op.flags === 3 || op.flags === 6
        const path = sequential ? `${op.path}${String(this.#sequence++).padStart(10, '0')}` : op.path
        if (this.nodes.has(path)) return fail(ErrorCode.nodeExists)
        if (!this.nodes.has(parentPath(path))) return fail(ErrorCode.noNode)
        const ephemeral = op.flags === 1 || op.flags === 3
        const data = op.data === null ? null : Buffer.from(op.data)
        this.nodes.set(path, { data, version: 0, czxid: this.zxid, mzxid: this.zxid, owner: ephemeral ? owner : 0 })
        return ok(path, true, OpCode.create2)
      }
    }
  }
}

function writeResult(w: Writer, result: MultiResult): void {
  if (result.path !== null && result.stat !== null) writeCreate2Response(w, result.path, result.stat)
  else if (result.stat !== null) writeStat(w, result.stat)
}
