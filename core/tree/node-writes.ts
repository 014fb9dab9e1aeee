// tree: the writes on nodes: checks in ZooKeeper's order (PrepRequestProcessor.pRequest2Txn), then the change and its events
// (DataTree.createNode, deleteNode, setData). PURE.
//
//   create        flag -8, TTL off -6, ttl -8 | (session) | slash, NUL -8, ACL -114, parent -101, CREATE -102, path -8, exists -110,
//                 ephemeral parent -108, quota -125
//   delete        path -8, parent -101, DELETE -102, node -101, version -103, children -111
//   deleteContainer   as delete, but children -111, neither container nor TTL node -103 (ZooKeeper checks no ACL and takes any node)
//   setData       path -8, node -101, WRITE -102, quota -125, version -103
//   setACL        path -8, ACL -114, node -101, ADMIN -102, version -103
//   check         path -8, node -101, READ -102, version -103

import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import { lastSlash, lightPathProblem, parentPath, pathProblem } from '../wire/paths.ts'
import {
  type CheckRequest,
  CreateFlag,
  type CreateRequest,
  type CreateTtlRequest,
  type DeleteRequest,
  Permission,
  type SetAclRequest,
  type SetDataRequest,
} from '../wire/records.ts'
import { permits, resolveAcl } from './access-control.ts'
import { isOpen, OPEN, type SharedAcl } from './acl-table.ts'
import type { Outcome } from './applied.ts'
import type { EntryContext } from './entry-context.ts'
import { isDue } from './mortality.ts'
import { type Holder, Lifetime, NodeImage } from './node-image.ts'
import type { NodeStore } from './node-store.ts'
import { QuotaKeeper, QuotaVerdict } from './quota-keeper.ts'
import type { Session } from './session-table.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import type { Znode } from './znode.ts'

/** Longest TTL: 40 bits of milliseconds (EphemeralType.TTL). */
export const MAX_TTL_MS: number = 2 ** 40 - 1

const ANY_VERSION = -1

/** Says who the servers of the ensemble are; written by nobody but the leader. */
export const CONFIG_PATH = '/zookeeper/config'

export class NodeWrites {
  settings: Settings = DEFAULT_SETTINGS
  readonly quotas: QuotaKeeper
  readonly #store: NodeStore

  constructor(store: NodeStore) {
    this.#store = store
    this.quotas = new QuotaKeeper(store)
  }

  /** The checks of a create that come before everybody's check of the session. */
  createModeProblem(q: CreateRequest | CreateTtlRequest): ErrorCode {
    const { flags } = q
    if (flags < CreateFlag.persistent || flags > CreateFlag.persistentSequentialWithTtl) return ErrorCode.badArguments
    const isTtl = flags === CreateFlag.persistentWithTtl || flags === CreateFlag.persistentSequentialWithTtl
    if (isTtl && !this.settings.extendedTypesEnabled) return ErrorCode.unimplemented
    if (q.op !== OpCode.createTtl) return isTtl ? ErrorCode.badArguments : ErrorCode.ok
    return isTtl && q.ttlMs > 0 && q.ttlMs <= MAX_TTL_MS ? ErrorCode.ok : ErrorCode.badArguments
  }

  create(q: CreateRequest | CreateTtlRequest, cx: EntryContext, out: Outcome): ErrorCode {
    const slash = lastSlash(q.path)
    if (slash < 0 || q.path.indexOf('\0') >= 0) return ErrorCode.badArguments
    const acl = this.#sharedAcl(q.acl, cx)
    if (acl === null) return ErrorCode.invalidAcl
    const parent = this.#store.parentAbove(q.path, slash)
    if (parent === undefined) return ErrorCode.noNode
    const above = this.#store.parentPath
    if (!this.#may(parent, Permission.create, cx)) return ErrorCode.noAuth
    const path = isSequential(q.flags) ? q.path + sequenceDigits(parent.creates) : q.path
    if (pathProblem(path) !== null) return ErrorCode.badArguments
    if (this.#store.get(path) !== undefined) return ErrorCode.nodeExists
    if (parent.isEphemeral) return ErrorCode.noChildrenForEphemerals
    const bytes = q.data === null ? 0 : q.data.length
    if (!this.#withinQuota(path, bytes, 1, out)) return ErrorCode.quotaExceeded

    this.#store.noteCreate(above, parent, cx.zxid)
    out.node = this.#store.attach(path, NodeImage.fresh(q.data, acl, holderOf(q, cx), cx.zxid, cx.wallTimeMs), parent)
    this.quotas.counted(path, bytes, 1)
    out.path = path
    out.created(path, acl.list, above, parent.acl.list)
    return ErrorCode.ok
  }

  remove(q: DeleteRequest, cx: EntryContext, out: Outcome): ErrorCode {
    if (lightPathProblem(q.path) !== null) return ErrorCode.badArguments
    const parent = this.#store.get(parentPath(q.path))
    if (parent === undefined) return ErrorCode.noNode
    if (!this.#may(parent, Permission.delete, cx)) return ErrorCode.noAuth
    const node = this.#store.get(q.path)
    if (node === undefined) return ErrorCode.noNode
    if (q.version !== ANY_VERSION && q.version !== node.version) return ErrorCode.badVersion
    if (node.numChildren > 0) return ErrorCode.notEmpty
    this.#delete(q.path, node, parent, cx, out)
    return ErrorCode.ok
  }

  removeContainer(path: string, cx: EntryContext, out: Outcome): ErrorCode {
    if (lightPathProblem(path) !== null) return ErrorCode.badArguments
    const parent = this.#store.get(parentPath(path))
    if (parent === undefined) return ErrorCode.noNode
    if (!this.#may(parent, Permission.delete, cx)) return ErrorCode.noAuth
    const node = this.#store.get(path)
    if (node === undefined) return ErrorCode.noNode
    if (node.numChildren > 0) return ErrorCode.notEmpty
    if (node.lifetime === null) return ErrorCode.badVersion
    this.#delete(path, node, parent, cx, out)
    return ErrorCode.ok
  }

  /** The leader's own removal of a container or TTL node: everything is looked at again, because it may be in use by now. */
  reap(path: string, cx: EntryContext, out: Outcome): ErrorCode {
    const node = this.#store.get(path)
    const parent = this.#store.get(parentPath(path))
    if (node === undefined || parent === undefined) return ErrorCode.noNode
    if (node.numChildren > 0) return ErrorCode.notEmpty
    if (!isDue(node, cx.clusterTimeMs, this.settings)) return ErrorCode.badVersion
    this.#delete(path, node, parent, cx, out)
    return ErrorCode.ok
  }

  setData(q: SetDataRequest, cx: EntryContext, out: Outcome): ErrorCode {
    const node = this.#store.get(q.path)
    if (node === undefined) return missing(q.path)
    if (!this.#may(node, Permission.write, cx)) return ErrorCode.noAuth
    const growth = (q.data === null ? 0 : q.data.length) - node.dataLength
    if (!this.#withinQuota(q.path, growth, 0, out)) return ErrorCode.quotaExceeded
    if (q.version !== ANY_VERSION && q.version !== node.version) return ErrorCode.badVersion
    this.#store.writeData(q.path, node, q.data, cx.zxid, cx.wallTimeMs, cx.clusterTimeMs)
    this.quotas.resized(q.path, growth)
    out.node = node
    out.changed(q.path, node.acl.list)
    return ErrorCode.ok
  }

  /** The leader's own: the servers of the ensemble, as ZooKeeper shows them. The version is that of the entry, the node's stays -1. */
  setConfig(text: string, cx: EntryContext, out: Outcome): ErrorCode {
    const node = this.#store.get(CONFIG_PATH)
    if (node === undefined) return ErrorCode.noNode
    const data = Buffer.from(`${text}version=${cx.zxid.toString(16)}`)
    this.#store.writeData(CONFIG_PATH, node, data, cx.zxid, cx.wallTimeMs, cx.clusterTimeMs, -1)
    out.node = node
    out.changed(CONFIG_PATH, node.acl.list)
    return ErrorCode.ok
  }

  setAcl(q: SetAclRequest, cx: EntryContext, out: Outcome): ErrorCode {
    if (pathProblem(q.path) !== null) return ErrorCode.badArguments
    const acl = this.#sharedAcl(q.acl, cx)
    if (acl === null) return ErrorCode.invalidAcl
    const node = this.#store.get(q.path)
    if (node === undefined) return ErrorCode.noNode
    if (!this.#may(node, Permission.admin, cx)) return ErrorCode.noAuth
    if (q.version !== ANY_VERSION && q.version !== node.aversion) return ErrorCode.badVersion
    this.#store.writeAcl(q.path, node, acl)
    out.node = node
    return ErrorCode.ok
  }

  /** Only inside a multi. */
  check(q: CheckRequest, cx: EntryContext): ErrorCode {
    const node = this.#store.get(q.path)
    if (node === undefined) return missing(q.path)
    if (!this.#may(node, Permission.read, cx)) return ErrorCode.noAuth
    return q.version !== ANY_VERSION && q.version !== node.version ? ErrorCode.badVersion : ErrorCode.ok
  }

  /** Deletes what a session that ends leaves behind, in path order, all with one zxid. */
  removeEphemerals(session: Session, cx: EntryContext, out: Outcome): void {
    if (session.ephemerals.size === 0) return
    for (const path of [...session.ephemerals].sort()) {
      const node = this.#store.get(path)
      const parent = this.#store.get(parentPath(path))
      if (node !== undefined && parent !== undefined) this.#delete(path, node, parent, cx, out)
    }
  }

  #delete(path: string, node: Znode, parent: Znode, cx: EntryContext, out: Outcome): void {
    const above = parentPath(path)
    this.#store.noteDelete(above, parent, cx.zxid)
    const { acl, dataLength } = node
    this.#store.detach(path, node, parent)
    this.quotas.counted(path, -dataLength, -1)
    out.deleted(path, acl.list, above, parent.acl.list)
  }

  #may(node: Znode, permission: number, cx: EntryContext): boolean {
    return node.acl === OPEN || this.settings.skipAcl || permits(node.acl.list, permission, cx.ids)
  }

  #sharedAcl(list: CreateRequest['acl'], cx: EntryContext): SharedAcl | null {
    if (list !== null && isOpen(list)) return OPEN
    const resolved = resolveAcl(list, cx.ids)
    return resolved === null ? null : this.#store.acls.share(resolved)
  }

  #withinQuota(path: string, bytes: number, count: number, out: Outcome): boolean {
    if (this.#store.quotas.isEmpty) return true
    const verdict = this.quotas.verdict(path, bytes, count)
    if (verdict === QuotaVerdict.within) return true
    if (verdict === QuotaVerdict.aboveHard && this.settings.enforceQuota) return false
    out.softQuotaPath = path
    return true
  }
}

/** Why there is no node: a path that a node has is valid, so it is looked at only when there is none. */
function missing(path: string): ErrorCode {
  return pathProblem(path) === null ? ErrorCode.noNode : ErrorCode.badArguments
}

function isSequential(flags: number): boolean {
  return (
    flags === CreateFlag.persistentSequential ||
    flags === CreateFlag.ephemeralSequential ||
    flags === CreateFlag.persistentSequentialWithTtl
  )
}

/** Java's %010d: ten digits, or a minus sign and nine after the counter's wrap-around. */
export function sequenceDigits(counter: number): string {
  return counter >= 0 ? String(counter).padStart(10, '0') : `-${String(-counter).padStart(9, '0')}`
}

// The op says what a container or TTL node is, the flag everything else: flag 4 with a plain create makes a persistent node.
function holderOf(q: CreateRequest | CreateTtlRequest, cx: EntryContext): Holder {
  if (q.op === OpCode.createTtl) return new Lifetime(q.ttlMs, cx.clusterTimeMs)
  if (q.op === OpCode.createContainer) return new Lifetime(0, cx.clusterTimeMs)
  return q.flags === CreateFlag.ephemeral || q.flags === CreateFlag.ephemeralSequential ? cx.session : null
}
