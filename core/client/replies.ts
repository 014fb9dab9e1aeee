// client: how replies become results, one decoder for each operation. What outlives the frame is copied out of it.

import { errorFromWire, ZoariumError } from '../errors.ts'
import { int64ToBigInt } from '../support/int64.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { readMultiReadResponse, readMultiResponse, type WireMultiResult } from '../wire/multi.ts'
import { OpCode } from '../wire/op-codes.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import type { Acl, MultiOp, PathWatchRequest } from '../wire/records.ts'
import {
  readAclResponse,
  readChildren2Response,
  readCountResponse,
  readCreate2Response,
  readDataResponse,
  readPathResponse,
  readStringsResponse,
  readWhoAmIResponse,
} from '../wire/responses.ts'
import { readStatBigInt } from '../wire/stat.ts'
import type { CallContext, Decoder } from './call.ts'
import type { ClientInfo, ReadResult, Stat, TransactionResult } from './types.ts'

export const nothing: Decoder<void> = () => undefined

export const stat: Decoder<Stat> = (r) => readStatBigInt(r)

export const created: Decoder<{ path: string; stat: Stat }> = (r, call) => {
  const response = readCreate2Response(r)
  return { path: call.chroot.strip(response.path), stat: response.stat }
}

export const data: Decoder<{ data: Buffer | null; stat: Stat }> = (r) => {
  const response = readDataResponse(r)
  return { data: copied(response.data), stat: response.stat }
}

export const children: Decoder<{ children: string[]; stat: Stat }> = (r) => readChildren2Response(r)

export const acl: Decoder<{ acl: Acl[]; stat: Stat }> = (r) => readAclResponse(r)

export const echoedPath: Decoder<void> = (r) => {
  readPathResponse(r)
}

export const count: Decoder<number> = (r) => readCountResponse(r)

/** The server compares prefixes as text, so a chroot `/a` also yields what lies under `/ab`: that is left out. */
export const ephemerals: Decoder<string[]> = (r, call) => {
  const own: string[] = []
  for (const path of readStringsResponse(r)) {
    const stripped = call.chroot.toClient(path)
    if (stripped !== null) own.push(stripped)
  }
  return own
}

export const identities: Decoder<ClientInfo[]> = (r) => readWhoAmIResponse(r).map(({ authScheme, user }) => ({ scheme: authScheme, user }))

/** Throws the failing operation's error, which rejects the call. */
export const transactionResults: Decoder<TransactionResult[]> = (r, call, header) => {
  const ops = call.request.op === OpCode.multi ? call.request.ops : []
  const results = readMultiResponse(r)
  throwIfFailed(results, ops, call)
  if (results.length !== ops.length) throw new ProtocolError(`${results.length} results for ${ops.length} operations`)
  const zxid = int64ToBigInt(header.zxidHi, header.zxidLo)
  return ops.map((op, i) => transactionResult(op, results[i], call, zxid))
}

export const readResults: Decoder<ReadResult[]> = (r, call) => {
  const ops: readonly PathWatchRequest[] = call.request.op === OpCode.multiRead ? call.request.ops : []
  const results = readMultiReadResponse(r)
  if (results.length !== ops.length) throw new ProtocolError(`${results.length} results for ${ops.length} operations`)
  return ops.map((op, i): ReadResult => {
    const path = call.chroot.strip(op.path)
    const result = results[i]
    if (result?.op === OpCode.getData) return { type: 'getData', path, data: copied(result.data), stat: result.stat }
    if (result?.op === OpCode.getChildren) return { type: 'getChildren', path, children: result.children }
    return { type: 'error', path, error: errorFromWire(result?.err ?? ErrorCode.systemError, `multiRead ${path}`, { path, index: i }) }
  })
}

/** 0 before the failing operation, its code, -2 after it. */
function throwIfFailed(results: readonly WireMultiResult[], ops: readonly MultiOp[], call: CallContext): void {
  const failed = (result: WireMultiResult): boolean => result.op === OpCode.error && result.err !== ErrorCode.ok
  const first = results.findIndex((result) => failed(result) && result.err !== ErrorCode.runtimeInconsistency)
  const index = first >= 0 ? first : results.findIndex(failed)
  const result = results[index]
  if (result === undefined) return
  const op = ops[index]
  const path = op === undefined ? undefined : call.chroot.strip(op.path)
  throw errorFromWire(result.err, `transaction: operation ${index}${path === undefined ? '' : ` on ${path}`}`, { path, index })
}

function transactionResult(op: MultiOp, result: WireMultiResult | undefined, call: CallContext, zxid: bigint): TransactionResult {
  const path = call.chroot.strip(result?.path ?? op.path)
  switch (op.op) {
    case OpCode.delete:
      return { type: 'delete', path }
    case OpCode.check:
      return { type: 'check', path }
    case OpCode.setData:
      if (!result?.stat) throw new ProtocolError('the result of a setData without its Stat')
      return { type: 'setData', path, stat: result.stat }
    default:
      return { type: 'create', path, czxid: result?.stat?.czxid ?? zxid, stat: result?.stat ?? null }
  }
}

function copied(view: Buffer | null): Buffer | null {
  return view === null ? null : Buffer.from(view)
}

/** A missing znode is an answer, not a failure. */
export const missingIsNull = (err: number): { readonly value: Stat | null } | undefined =>
  err === ErrorCode.noNode ? { value: null } : undefined

/** No such watch is an answer, not a failure. */
export const noWatcherIsFalse = (err: number): { readonly value: boolean } | undefined =>
  err === ErrorCode.noWatcher ? { value: false } : undefined

/** What a caller asked for that no server would do. */
export function badArguments(what: string, path?: string, index?: number): ZoariumError {
  return new ZoariumError('BAD_ARGUMENTS', what, { path, index })
}
