// client: from the arguments of the public methods to requests, checked before anything is sent. Every problem is a BAD_ARGUMENTS error.

import type { ZoariumError } from '../errors.ts'
import { OpCode } from '../wire/op-codes.ts'
import { pathProblem, sequentialPathProblem } from '../wire/paths.ts'
import { CreateFlag, type CreateRequest, type CreateTtlRequest, type MultiOp, OPEN_ACL, WatcherType } from '../wire/records.ts'
import type { Chroot } from './chroot.ts'
import { bytesOf } from './options.ts'
import { badArguments } from './replies.ts'
import type { CreateMode, NodeOptions, TransactionOp, WatcherKind, ZnodeData } from './types.ts'

/** EphemeralType.TTL: 40 bits of milliseconds. */
const MAX_TTL_MS = 2 ** 40 - 1
const MAX_INT = 2 ** 31 - 1

/** Which flag and which operation a mode travels as. */
const MODES: Readonly<Record<CreateMode, { readonly flags: number; readonly op: CreateRequest['op'] | CreateTtlRequest['op'] }>> =
  Object.freeze({
    persistent: { flags: CreateFlag.persistent, op: OpCode.create2 },
    'persistent-sequential': { flags: CreateFlag.persistentSequential, op: OpCode.create2 },
    ephemeral: { flags: CreateFlag.ephemeral, op: OpCode.create2 },
    'ephemeral-sequential': { flags: CreateFlag.ephemeralSequential, op: OpCode.create2 },
    container: { flags: CreateFlag.container, op: OpCode.createContainer },
    ttl: { flags: CreateFlag.persistentWithTtl, op: OpCode.createTtl },
    'ttl-sequential': { flags: CreateFlag.persistentSequentialWithTtl, op: OpCode.createTtl },
  })

const WATCHER_TYPES: Readonly<Record<WatcherKind, number>> = Object.freeze({
  children: WatcherType.children,
  data: WatcherType.data,
  any: WatcherType.any,
  persistent: WatcherType.persistent,
  'persistent-recursive': WatcherType.persistentRecursive,
})

/** Why the path cannot be asked for, `null` if it can. */
export function badPath(path: unknown, what: string, index?: number): ZoariumError | null {
  if (typeof path !== 'string') return badArguments(`${what}: expected a path, got ${typeof path}`, undefined, index)
  const problem = pathProblem(path)
  return problem === null ? null : badArguments(`${what} ${JSON.stringify(path)}: ${problem}`, path, index)
}

export function watcherType(kind: WatcherKind): number | undefined {
  return WATCHER_TYPES[kind]
}

/** The bytes to send, or an error; the bytes must stay as they are until the call settles. */
function toBytes(data: ZnodeData | undefined, what: string, path: string, index?: number): Uint8Array | null {
  if (data === null || data === undefined) return null
  if (typeof data === 'string' || data instanceof Uint8Array) return bytesOf(data)
  throw badArguments(`${what} ${path}: expected data as a string, bytes or null, got ${typeof data}`, path, index)
}

function checkVersion(version: number, what: string, path: string, index?: number): number {
  if (Number.isInteger(version) && version >= -1 && version <= MAX_INT) return version
  throw badArguments(`${what} ${path}: expected a version from -1 to ${MAX_INT}, got ${String(version)}`, path, index)
}

function checkPath(path: string, what: string, index?: number): void {
  const problem = badPath(path, what, index)
  if (problem !== null) throw problem
}

/** Throws BAD_ARGUMENTS. `index`: the operation's place in a transaction. */
export function createRequest(
  chroot: Chroot,
  path: string,
  data: ZnodeData | undefined,
  options: NodeOptions,
  index?: number,
): CreateRequest | CreateTtlRequest {
  const mode = options.mode ?? 'persistent'
  const kind = MODES[mode]
  if (kind === undefined)
    throw badArguments(`create ${path}: expected a mode of ${Object.keys(MODES).join(', ')}, got ${String(mode)}`, path, index)
  const sequential = mode.endsWith('-sequential')
  if (!sequential || typeof path !== 'string') checkPath(path, 'create', index)
  else {
    const problem = sequentialPathProblem(path)
    if (problem !== null) throw badArguments(`create ${JSON.stringify(path)}: ${problem}`, path, index)
  }
  // A sequential name may be empty: only then a path ends with a slash, and under a chroot it stays.
  const serverPath = path === '/' && sequential ? `${chroot.prefix}/` : chroot.toServer(path)
  const request = { path: serverPath, data: toBytes(data, 'create', path, index), acl: options.acl ?? OPEN_ACL, flags: kind.flags }
  if (kind.op !== OpCode.createTtl) {
    if (options.ttlMs !== undefined)
      throw badArguments(`create ${path}: ttlMs goes with mode ttl and ttl-sequential only, got ${mode}`, path, index)
    return { op: kind.op, ...request }
  }
  const ttlMs = options.ttlMs
  if (ttlMs === undefined || !Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_TTL_MS) {
    throw badArguments(`create ${path}: expected ttlMs from 1 to ${MAX_TTL_MS}, got ${String(ttlMs)}`, path, index)
  }
  return { op: kind.op, ...request, ttlMs }
}

/** Throws BAD_ARGUMENTS. */
export function deleteRequest(
  chroot: Chroot,
  path: string,
  version: number,
  index?: number,
): Extract<MultiOp, { op: typeof OpCode.delete }> {
  checkPath(path, 'delete', index)
  return { op: OpCode.delete, path: chroot.toServer(path), version: checkVersion(version, 'delete', path, index) }
}

/** Throws BAD_ARGUMENTS. */
export function setDataRequest(
  chroot: Chroot,
  path: string,
  data: ZnodeData,
  version: number,
  index?: number,
): Extract<MultiOp, { op: typeof OpCode.setData }> {
  checkPath(path, 'setData', index)
  const bytes = toBytes(data, 'setData', path, index)
  return { op: OpCode.setData, path: chroot.toServer(path), data: bytes, version: checkVersion(version, 'setData', path, index) }
}

/** Throws BAD_ARGUMENTS. */
export function setAclVersion(path: string, version: number): number {
  return checkVersion(version, 'setAcl', path)
}

/** Throws BAD_ARGUMENTS with the operation's index. */
export function transactionRequests(chroot: Chroot, ops: readonly TransactionOp[]): MultiOp[] {
  return ops.map((op, index): MultiOp => {
    switch (op.type) {
      case 'create':
        return createRequest(chroot, op.path, op.data, op, index)
      case 'delete':
        return deleteRequest(chroot, op.path, op.version ?? -1, index)
      case 'setData':
        return setDataRequest(chroot, op.path, op.data, op.version ?? -1, index)
      case 'check':
        checkPath(op.path, 'check', index)
        return { op: OpCode.check, path: chroot.toServer(op.path), version: checkVersion(op.version ?? -1, 'check', op.path, index) }
      default:
        throw badArguments(
          `transaction: expected create, delete, setData or check, got ${JSON.stringify(op satisfies never)}`,
          undefined,
          index,
        )
    }
  })
}
