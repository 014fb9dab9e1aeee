// wire: the value types of the protocol's records, shared by both sides. Codecs live beside them, one file per record family.

import type { ErrorCode } from './error-codes.ts'
import type { OpCode } from './op-codes.ts'

/** Permission bits of an ACL entry. */
export const Permission = {
  read: 1,
  write: 2,
  create: 4,
  delete: 8,
  admin: 16,
  all: 31,
} as const

/** An identity: `{scheme: 'world', id: 'anyone'}`, `{scheme: 'digest', id: 'user:base64(sha1(user:password))'}`, ... */
export interface Id {
  readonly scheme: string
  readonly id: string
}

/** One entry of an access control list. */
export interface Acl {
  /** A sum of {@link Permission} bits. */
  readonly perms: number
  readonly id: Id
}

/** The list that lets anybody do anything, ZooKeeper's default. */
export const OPEN_ACL: readonly Acl[] = Object.freeze([
  Object.freeze({ perms: Permission.all, id: Object.freeze({ scheme: 'world', id: 'anyone' }) }),
])

/** How a server sees a Stat: zxids and times as safe integers, the owner as two halves. A znode itself has this shape. */
export interface StatFields {
  readonly czxid: number
  readonly mzxid: number
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly ownerHi: number
  readonly ownerLo: number
  readonly dataLength: number
  readonly numChildren: number
  readonly pzxid: number
}

/** Create-mode flags as they travel. */
export const CreateFlag = {
  persistent: 0,
  ephemeral: 1,
  persistentSequential: 2,
  ephemeralSequential: 3,
  container: 4,
  persistentWithTtl: 5,
  persistentSequentialWithTtl: 6,
} as const

/** Watch event types as they travel. */
export const EventType = {
  none: -1,
  nodeCreated: 1,
  nodeDeleted: 2,
  nodeDataChanged: 3,
  nodeChildrenChanged: 4,
} as const
export type EventType = (typeof EventType)[keyof typeof EventType]

/** The only keeper state a server sends with an event. */
export const SYNC_CONNECTED = 3

/** Watcher types of checkWatches and removeWatches. */
export const WatcherType = {
  children: 1,
  data: 2,
  any: 3,
  persistent: 4,
  persistentRecursive: 5,
} as const
export type WatcherType = (typeof WatcherType)[keyof typeof WatcherType]

/** Modes of addWatch. */
export const AddWatchMode = {
  persistent: 0,
  persistentRecursive: 1,
} as const
export type AddWatchMode = (typeof AddWatchMode)[keyof typeof AddWatchMode]

export interface ConnectRequest {
  readonly protocolVersion: number
  /** Safe integer or inexact above 2^53; only compared. */
  readonly lastZxidSeen: number
  readonly timeoutMs: number
  readonly sessionHi: number
  readonly sessionLo: number
  readonly password: Uint8Array
  /** `null` when the client sent no such byte (clients up to 3.3): the response then carries none either. */
  readonly readOnly: boolean | null
}

export interface ConnectResponse {
  readonly protocolVersion: number
  /** 0: the session is refused. */
  readonly timeoutMs: number
  readonly sessionHi: number
  readonly sessionLo: number
  readonly password: Uint8Array
  readonly readOnly: boolean | null
}

export interface CreateRequest {
  readonly op: typeof OpCode.create | typeof OpCode.create2 | typeof OpCode.createContainer
  readonly path: string
  readonly data: Uint8Array | null
  /** `null` for a null vector. */
  readonly acl: readonly Acl[] | null
  readonly flags: number
}
export interface CreateTtlRequest {
  readonly op: typeof OpCode.createTtl
  readonly path: string
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[] | null
  readonly flags: number
  readonly ttlMs: number
}
export interface DeleteRequest {
  readonly op: typeof OpCode.delete
  readonly path: string
  readonly version: number
}
export interface PathWatchRequest {
  readonly op: typeof OpCode.exists | typeof OpCode.getData | typeof OpCode.getChildren | typeof OpCode.getChildren2
  readonly path: string
  readonly watch: boolean
}
export interface SetDataRequest {
  readonly op: typeof OpCode.setData
  readonly path: string
  readonly data: Uint8Array | null
  readonly version: number
}
export interface PathRequest {
  readonly op:
    | typeof OpCode.getAcl
    | typeof OpCode.sync
    | typeof OpCode.deleteContainer
    | typeof OpCode.getAllChildrenNumber
    | typeof OpCode.getEphemerals
  /** getEphemerals: a plain string prefix. */
  readonly path: string
}
export interface SetAclRequest {
  readonly op: typeof OpCode.setAcl
  readonly path: string
  readonly acl: readonly Acl[] | null
  readonly version: number
}
export interface CheckRequest {
  readonly op: typeof OpCode.check
  readonly path: string
  readonly version: number
}
/** A sub-request of a multi. */
export type MultiOp = CreateRequest | CreateTtlRequest | DeleteRequest | SetDataRequest | CheckRequest
export interface MultiRequest {
  readonly op: typeof OpCode.multi
  readonly ops: readonly MultiOp[]
}
export interface MultiReadRequest {
  readonly op: typeof OpCode.multiRead
  readonly ops: readonly PathWatchRequest[]
}
export interface ReconfigRequest {
  readonly op: typeof OpCode.reconfig
  readonly joiningServers: string | null
  readonly leavingServers: string | null
  readonly newMembers: string | null
  readonly curConfigId: number
}
export interface WatchesRequest {
  readonly op: typeof OpCode.checkWatches | typeof OpCode.removeWatches
  readonly path: string
  readonly type: number
}
export interface AddWatchRequest {
  readonly op: typeof OpCode.addWatch
  readonly path: string
  readonly mode: number
}
export interface AuthRequest {
  readonly op: typeof OpCode.auth
  readonly type: number
  readonly scheme: string
  readonly auth: Uint8Array | null
}
export interface SetWatchesRequest {
  readonly op: typeof OpCode.setWatches | typeof OpCode.setWatches2
  readonly relativeZxid: number
  readonly data: readonly string[]
  readonly exist: readonly string[]
  readonly child: readonly string[]
  readonly persistent: readonly string[]
  readonly persistentRecursive: readonly string[]
}
export interface SaslRequest {
  readonly op: typeof OpCode.sasl
  readonly token: Uint8Array | null
}
/** Requests without a body. */
export interface EmptyRequest {
  readonly op: typeof OpCode.ping | typeof OpCode.closeSession | typeof OpCode.whoAmI
}
/** Any request that a client may send after the handshake, told apart by `op`. */
export type Request =
  | MultiOp
  | PathWatchRequest
  | PathRequest
  | SetAclRequest
  | MultiRequest
  | MultiReadRequest
  | ReconfigRequest
  | WatchesRequest
  | AddWatchRequest
  | AuthRequest
  | SetWatchesRequest
  | SaslRequest
  | EmptyRequest

/** One result of a multi, as the server encodes it. `err` is ok for results, else the op's own code. */
export interface MultiResult {
  /** The response's type: create (1), create2 (15, for create2, container and TTL), delete (2), setData (5), check (13); error (-1). */
  readonly op: OpCode
  readonly err: ErrorCode
  /** The created path, for create and create2. */
  readonly path: string | null
  /** For create2 and setData. */
  readonly stat: StatFields | null
}

export interface WatcherEvent {
  readonly type: number
  readonly state: number
  readonly path: string
}
