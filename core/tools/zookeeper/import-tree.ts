// tools: ZooKeeper's tree while it is put together: filled from a snapshot, then changed by the records of the log (txn-apply.ts).
//
// Children hang on their parent, so that a node that leaves takes its subtree along. Sessions know their ephemerals.

import type { Acl } from '../../wire/records.ts'
import { OPEN_ACL, Permission } from '../../wire/records.ts'
import { OwnerKinds } from './ephemeral-owner.ts'
import type { PersistedStat, SnapshotSink } from './snapshot-file-reader.ts'

const SMALL_DATA_BYTES = 1024
const OPEN_ACL_NUMBER = -1
const READ_ONLY_ACL: readonly Acl[] = [{ perms: Permission.read, id: { scheme: 'world', id: 'anyone' } }]

/** The list of a node whose snapshot does not hold it. In a fuzzy snapshot the log brings it. */
export const UNKNOWN_ACL: readonly Acl[] = []

/** Small data as a string of one byte a code unit, which costs a fifth of a Buffer's memory; larger data as a Buffer of its own. */
export type ImportData = string | Buffer | null

export function keepData(bytes: Buffer | null): ImportData {
  if (bytes === null) return null
  return bytes.length <= SMALL_DATA_BYTES ? bytes.toString('latin1') : Buffer.from(bytes)
}

/** A node with what ZooKeeper keeps of it. */
export class ImportNode {
  data: ImportData
  acl: readonly Acl[]
  czxid: number
  mzxid: number
  pzxid: number
  ctime: number
  mtime: number
  version: number
  creates: number
  aversion: number
  /** Unsigned, as on disk. */
  readonly owner: bigint
  children: Map<string, ImportNode> | null = null

  constructor(data: ImportData, acl: readonly Acl[], stat: PersistedStat) {
    this.data = data
    this.acl = acl
    this.czxid = stat.czxid
    this.mzxid = stat.mzxid
    this.pzxid = stat.pzxid
    this.ctime = stat.ctime
    this.mtime = stat.mtime
    this.version = stat.version
    this.creates = stat.creates
    this.aversion = stat.aversion
    this.owner = stat.owner
  }
}

const FRESH: PersistedStat = { czxid: 0, mzxid: 0, ctime: 0, mtime: 0, version: 0, creates: 0, aversion: 0, owner: 0n, pzxid: 0 }

export class ImportTree implements SnapshotSink {
  /** Timeouts by unsigned id. */
  readonly sessions: Map<bigint, number> = new Map()
  readonly owners: OwnerKinds
  /** Paths of ephemeral nodes by the session that owns them, whether it exists or not. */
  readonly ephemerals: Map<bigint, Set<string>> = new Map()
  root: ImportNode | null = null
  readonly #aclByNumber = new Map<number, readonly Acl[]>([[OPEN_ACL_NUMBER, OPEN_ACL]])
  readonly #aclByKey = new Map<string, readonly Acl[]>([[aclKey(OPEN_ACL), OPEN_ACL]])
  #lastParentPath: string | null = null
  #lastParent: ImportNode | null = null

  constructor(emulate353: boolean) {
    this.owners = new OwnerKinds(emulate353)
  }

  /** The tree of a new ensemble (DataTree's constructor). */
  static fresh(emulate353: boolean): ImportTree {
    const tree = new ImportTree(emulate353)
    for (const path of ['', '/zookeeper', '/zookeeper/quota']) tree.node(path, Buffer.alloc(0), OPEN_ACL_NUMBER, FRESH)
    tree.plantConfig()
    return tree
  }

  /** Adds /zookeeper/config where an old release had none (DataTree.addConfigNode). */
  plantConfig(): void {
    const zookeeper = this.get('/zookeeper')
    if (zookeeper === null || zookeeper.children?.has('config') === true) return
    this.add('/zookeeper/config', zookeeper, new ImportNode('', this.share(READ_ONLY_ACL), { ...FRESH, aversion: -1 }))
  }

  // ---- what a snapshot says ---------------------------------------------------------------------------------------

  session(id: bigint, timeoutMs: number): void {
    this.sessions.set(id, timeoutMs)
    this.owners.sessionSeen(id)
  }

  acl(number: number, list: readonly Acl[]): void {
    this.#aclByNumber.set(number, this.share(list))
  }

  node(path: string, data: Buffer | null, aclNumber: number, stat: PersistedStat): string | null {
    const node = new ImportNode(keepData(data), this.#aclByNumber.get(aclNumber) ?? UNKNOWN_ACL, stat)
    if (path === '') {
      if (this.root !== null) return 'a second root'
      this.root = node
      return null
    }
    const slash = path.lastIndexOf('/')
    const parent = slash < 0 ? null : this.#parentAt(path.slice(0, slash))
    if (parent === null) return `${JSON.stringify(path)} has no parent`
    if (parent.children?.has(path.slice(slash + 1)) === true) return `${JSON.stringify(path)} is there twice`
    this.add(path, parent, node)
    return null
  }

  // ---- nodes ------------------------------------------------------------------------------------------------------

  /** The node at a path; '' and '/' are the root. */
  get(path: string): ImportNode | null {
    let node = this.root
    if (path === '' || path === '/') return node
    for (let start = 1; node !== null; ) {
      const slash = path.indexOf('/', start)
      node = node.children?.get(slash < 0 ? path.slice(start) : path.slice(start, slash)) ?? null
      if (slash < 0) return node
      start = slash + 1
    }
    return null
  }

  add(path: string, parent: ImportNode, node: ImportNode): void {
    parent.children ??= new Map()
    parent.children.set(path.slice(path.lastIndexOf('/') + 1), node)
    if (this.owners.kindOf(node.owner) !== 'session') return
    const paths = this.ephemerals.get(node.owner)
    if (paths === undefined) this.ephemerals.set(node.owner, new Set([path]))
    else paths.add(path)
  }

  /** Takes a child and everything below it out. Returns whether there was one. */
  remove(path: string, parent: ImportNode): boolean {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const node = parent.children?.get(name)
    if (node === undefined) return false
    parent.children?.delete(name)
    if (parent.children?.size === 0) parent.children = null
    this.#forget(path, node)
    return true
  }

  /** One array for all equal lists; `null` is the open list. */
  share(list: readonly Acl[] | null): readonly Acl[] {
    if (list === null) return OPEN_ACL
    const key = aclKey(list)
    const known = this.#aclByKey.get(key)
    if (known !== undefined) return known
    this.#aclByKey.set(key, list)
    return list
  }

  #forget(path: string, node: ImportNode): void {
    this.#lastParentPath = null
    const open: [path: string, node: ImportNode][] = [[path, node]]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [at, { owner, children }] = next
      if (owner !== 0n) {
        const paths = this.ephemerals.get(owner)
        paths?.delete(at)
        if (paths?.size === 0) this.ephemerals.delete(owner)
      }
      for (const [name, child] of children ?? []) open.push([`${at}/${name}`, child])
    }
  }

  // Siblings follow each other in a snapshot.
  #parentAt(path: string): ImportNode | null {
    if (path !== this.#lastParentPath) {
      this.#lastParent = this.get(path)
      this.#lastParentPath = path
    }
    return this.#lastParent
  }
}

function aclKey(list: readonly Acl[]): string {
  return JSON.stringify(list.map(({ perms, id }) => [perms, id.scheme, id.id]))
}
