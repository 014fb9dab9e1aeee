// tree: the znodes by path, and everything that must stay in step with them: the parents' children, ephemerals of sessions, containers
// and TTL nodes, shared access control lists, sizes, which paths have a quota. PURE.
//
// All changes go through here, so that journals (an undo log, a snapshot under way) and the digest see every one of them:
//
//   attach               the node enters the tree     undone by detach
//   detach               the node leaves the tree     undone by attach
//   write..., note...    fields of the node move      undone by revert to its image

import { assert } from '../support/assert.ts'
import { parentPath } from '../wire/paths.ts'
import { type Acl, Permission } from '../wire/records.ts'
import { AclTable, OPEN, type SharedAcl } from './acl-table.ts'
import { ByteSlab } from './byte-slab.ts'
import { type ChildCursor, ChildLists } from './child-lists.ts'
import { type DigestSum, hashBytes } from './digest-sum.ts'
import { NodeDigest } from './node-digest.ts'
import { type Holder, Lifetime, NodeImage, type StoredData } from './node-image.ts'
import {
  ACL,
  DATA_LENGTH,
  FIRST_CHILD,
  HOLDER,
  HolderKind,
  NAME,
  NAME_LENGTH,
  NONE,
  NodeRows,
  PARENT,
  PATH_KEY,
  rowStart,
} from './node-rows.ts'
import { PathBytes } from './path-bytes.ts'
import { type HashKey, NO_KEY } from './path-hash.ts'
import { PathIndex } from './path-index.ts'
import { isLimitsName, QuotaIndex } from './quota-index.ts'
import type { NodeRecord } from './snapshot-format.ts'
import { type NodeTables, nextVersion, Znode } from './znode.ts'

/** Hears of every change: before it (`changing`), or after it, when the node can still be read. */
export interface Journal {
  attached(path: string, node: Znode): void
  detached(path: string, node: Znode): void
  changing(path: string, node: Znode): void
}

const READ_ONLY_ACL: readonly Acl[] = [{ perms: Permission.read, id: { scheme: 'world', id: 'anyone' } }]

const SLASH = 0x2f

export class NodeStore implements NodeTables {
  readonly acls: AclTable = new AclTable()
  readonly quotas: QuotaIndex = new QuotaIndex()
  readonly rows: NodeRows = new NodeRows()
  readonly bytes: ByteSlab = new ByteSlab()
  readonly holders: Map<number, Exclude<Holder, null>> = new Map()
  /** Containers and TTL nodes. */
  readonly mortals: Map<string, Znode> = new Map()
  readonly #lists = new ChildLists(this.rows)
  readonly #index = new PathIndex(this.rows, this.bytes)
  /** The path that was asked for last. */
  readonly #path: PathBytes
  readonly #journals: Journal[] = []
  readonly #digest = new NodeDigest(this)
  #root = NONE
  /** The parent that was asked for last, and its row. */
  #parentPath = ''
  #parentRow = NONE
  #ephemeralCount = 0
  #contentBytes = 0

  /** `key` hides from clients where the index puts their paths. */
  constructor(key: HashKey = NO_KEY) {
    this.#path = new PathBytes(key)
  }

  get nodeCount(): number {
    return this.rows.count
  }

  get ephemeralCount(): number {
    return this.#ephemeralCount
  }

  /** The root's row. */
  get root(): number {
    return this.#root
  }

  /** Characters of all paths and bytes of all data (DataTree.approximateDataSize). */
  get contentBytes(): number {
    return this.#contentBytes
  }

  /** Over all nodes. */
  get digest(): DigestSum {
    return this.#digest.sum
  }

  get(path: string): Znode | undefined {
    if (path === '/') return this.#view(this.#root)
    this.#path.set(path)
    return this.#view(this.#index.find(this.#path))
  }

  /**
   * The node above `path`, whose last slash is at `slash`, for a node that is to be created: they come in runs below one parent. Its path is
   * {@link parentPath} then.
   */
  parentAbove(path: string, slash: number): Znode | undefined {
    const last = this.#parentPath
    const isLast = this.#parentRow !== NONE && (slash === last.length ? path.startsWith(last) : slash === 0 && last === '/')
    if (isLast) return new Znode(this, this.#parentRow)
    const above = slash === 0 ? '/' : path.slice(0, slash)
    const node = this.get(above)
    if (node !== undefined) {
      this.#parentPath = above
      this.#parentRow = node.row
    }
    return node
  }

  /** Of the node that {@link parentAbove} has found: one string for all its children. */
  get parentPath(): string {
    return this.#parentPath
  }

  /** As {@link get} for a path in UTF-8, from `start` to `end`. Nothing is decoded. */
  find(bytes: Uint8Array, start: number, end: number): Znode | undefined {
    if (end - start === 1 && bytes[start] === SLASH) return this.#view(this.#root)
    this.#path.setBytes(bytes, start, end)
    return this.#view(this.#index.find(this.#path))
  }

  /** The node of a row in use. */
  at(row: number): Znode {
    return new Znode(this, row)
  }

  /** The last component of the node's path. */
  nameOf(row: number): string {
    return this.bytes.utf8(this.rows.get(row, NAME), this.rows.get(row, NAME_LENGTH))
  }

  /** How many nodes are below `top`. */
  descendantCount(top: Znode): number {
    let count = 0
    if (top.row === this.#root) return this.nodeCount - 1
    this.#lists.eachBelow(top.row, () => count++)
    return count
  }

  /** Bytes of the data of all nodes below `top`. */
  descendantBytes(top: Znode): number {
    let bytes = 0
    this.#lists.eachBelow(top.row, (row) => {
      bytes += Math.max(0, this.rows.get(row, DATA_LENGTH))
    })
    return bytes
  }

  /** A cursor over the names of `node`'s children that stays good while entries are applied: see {@link ChildLists.open}. */
  openChildren(node: Znode): ChildCursor {
    return this.#lists.open(node.row)
  }

  /** The next child's row, NONE at the end. */
  nextChild(cursor: ChildCursor): number {
    return this.#lists.step(cursor)
  }

  closeChildren(cursor: ChildCursor): void {
    this.#lists.close(cursor)
  }

  /** Puts a node where none is, below `parent` (`null` for the root). */
  attach(path: string, image: NodeImage, parent: Znode | null): Znode {
    const row = this.rows.take()
    const node = new Znode(this, row)
    node.fill(image)
    this.#place(path, row, parent)
    this.acls.retain(image.acl)
    this.rows.set(row, ACL, image.acl.number)
    this.#contentBytes += path.length + node.dataLength
    if (image.holder !== null) this.#hold(path, node, image.holder)
    this.quotas.added(path)
    this.#digest.add(row)
    for (const journal of this.#journals) journal.attached(path, node)
    return node
  }

  /** The root of a snapshot. */
  plantRoot(source: DataView, record: NodeRecord): void {
    assert(this.#root === NONE, 'the root is the one node without a parent')
    const node = this.#plant(source, record, NONE)
    this.#root = node.row
    this.#contentBytes += 1
    if (record.holder !== null) this.#hold('/', node, record.holder)
    this.#digest.add(node.row)
  }

  /**
   * {@link attach} for a node that lies in a snapshot, whose name begins at `nameStart`: without a string or an object of its own. `source`: a view of
   * `bytes`. A path that is there already is not noticed; the order of a snapshot's nodes rules it out.
   */
  plantBelow(parent: Znode, bytes: Buffer, source: DataView, record: NodeRecord, nameStart: number): void {
    const { pathStart, pathEnd, holder } = record
    const node = this.#plant(source, record, parent.row)
    const { row } = node
    const words = this.rows.page(row)
    const at = rowStart(row)
    words[at + NAME] = this.bytes.storeWords(source, nameStart, pathEnd)
    words[at + NAME_LENGTH] = pathEnd - nameStart
    words[at + PATH_KEY] = hashBytes(source, nameStart, pathEnd - nameStart, this.rows.get(parent.row, PATH_KEY))
    this.#path.setBytes(bytes, pathStart, pathEnd)
    this.#index.add(row, this.#path.hash)
    this.#lists.append(parent.row, row)
    const needsNoString = this.#path.isAscii && holder === null && !isLimitsName(bytes, nameStart, pathEnd)
    if (needsNoString) {
      this.#contentBytes += pathEnd - pathStart
    } else {
      const path = bytes.toString('utf8', pathStart, pathEnd)
      this.#contentBytes += path.length
      this.quotas.added(path)
      if (holder !== null) this.#hold(path, node, holder)
    }
    this.#digest.add(row)
  }

  /** A row with what a record holds, that is in no list and no index yet. */
  #plant(source: DataView, record: NodeRecord, parent: number): Znode {
    assert(this.#journals.length === 0, 'nobody listens while a snapshot is read')
    const row = this.rows.take()
    const node = new Znode(this, row)
    node.load(source, record)
    const words = this.rows.page(row)
    const at = rowStart(row)
    words[at + FIRST_CHILD] = NONE
    words[at + PARENT] = parent
    this.acls.retain(record.acl)
    words[at + ACL] = record.acl.number
    this.#contentBytes += node.dataLength
    return node
  }

  /** Takes a node without children out. */
  detach(path: string, node: Znode, parent: Znode): void {
    assert(node.numChildren === 0, 'only a leaf leaves the tree')
    const { row, holder } = node
    this.#digest.take(row)
    this.#path.set(path)
    this.#index.remove(row, this.#path.hash)
    this.#lists.remove(parent.row, row)
    this.#contentBytes -= path.length + node.dataLength
    this.quotas.removed(path)
    for (const journal of this.#journals) journal.detached(path, node)
    this.acls.release(node.acl)
    if (holder !== null) this.#letGo(path, row, holder)
    this.#free(node)
  }

  /** Counts the create of a child, which is attached next. */
  noteCreate(path: string, node: Znode, zxid: number): void {
    this.#changing(path, node)
    node.noteCreate(zxid)
    this.#digest.add(node.row)
  }

  /** Counts the delete of a child, which is detached next. */
  noteDelete(path: string, node: Znode, zxid: number): void {
    this.#changing(path, node)
    node.noteDelete(zxid)
    this.#digest.add(node.row)
  }

  /** A client's setData, or one that says which version comes of it. */
  writeData(path: string, node: Znode, data: StoredData, zxid: number, timeMs: number, clusterTimeMs: number, version?: number): void {
    this.#changing(path, node)
    this.#contentBytes -= node.dataLength
    node.writeData(data, zxid, timeMs, clusterTimeMs, version ?? nextVersion(node.version))
    this.#contentBytes += node.dataLength
    this.#digest.add(node.row)
  }

  /** Data written by the server itself. */
  patchData(path: string, node: Znode, data: StoredData): void {
    this.#changing(path, node)
    this.#contentBytes -= node.dataLength
    node.patchData(data)
    this.#contentBytes += node.dataLength
    this.#digest.add(node.row)
  }

  writeAcl(path: string, node: Znode, acl: SharedAcl): void {
    this.#changing(path, node)
    this.acls.retain(acl)
    this.acls.release(node.acl)
    node.writeAcl(acl)
    this.#digest.add(node.row)
  }

  /** Brings a node's fields back to an image. A multi cannot hold setACL, so its list is the same. */
  revert(path: string, node: Znode, image: NodeImage): void {
    assert(image.acl === node.acl, 'what is reverted has its access control list still')
    this.#changing(path, node)
    this.#contentBytes -= node.dataLength
    node.revert(image)
    this.#contentBytes += node.dataLength
    this.#digest.add(node.row)
  }

  listen(journal: Journal): void {
    this.#journals.push(journal)
  }

  unlisten(journal: Journal): void {
    const at = this.#journals.indexOf(journal)
    if (at >= 0) this.#journals.splice(at, 1)
  }

  /**
   * The tree of a new ensemble (DataTree's constructor): empty data, not null; the built-in children count in numChildren but not as
   * creates, so a fresh root shows cversion -1 and /zookeeper -2. /zookeeper/config may be read by everybody and written by nobody
   * but super; its aversion is -1.
   */
  plant(): void {
    const image = NodeImage.fresh('', OPEN, null, 0, 0)
    const root = this.attach('/', image, null)
    const zookeeper = this.attach('/zookeeper', image, root)
    this.attach('/zookeeper/quota', image, zookeeper)
    const config = NodeImage.fresh('', this.acls.share(READ_ONLY_ACL), null, 0, 0)
    config.aversion = -1
    this.attach('/zookeeper/config', config, zookeeper)
  }

  /** Takes out everything that was planted, so that a snapshot's nodes can take their place. */
  uproot(): void {
    for (const path of ['/zookeeper/config', '/zookeeper/quota', '/zookeeper']) {
      const node = this.get(path)
      if (node !== undefined) this.detach(path, node, this.parentOf(path))
    }
    const root = this.get('/')
    assert(root !== undefined && root.numChildren === 0 && this.nodeCount === 1, 'only what was planted is taken out')
    this.#digest.take(root.row)
    this.#free(root)
    this.#root = NONE
    this.#contentBytes = 0
  }

  /** Makes room in the index for about so many nodes. Only before the first one below the root. */
  reserve(nodes: number): void {
    this.#index.reserve(nodes)
  }

  /** The node above one that is, or was, in the tree. */
  parentOf(path: string): Znode {
    const parent = this.get(parentPath(path))
    assert(parent !== undefined, 'every node but the root has a parent')
    return parent
  }

  /** Precedes every change of a node's fields; `#digest.add` follows it. */
  #changing(path: string, node: Znode): void {
    for (const journal of this.#journals) journal.changing(path, node)
    this.#digest.take(node.row)
  }

  #view(row: number): Znode | undefined {
    return row === NONE ? undefined : new Znode(this, row)
  }

  #place(path: string, row: number, parent: Znode | null): void {
    const words = this.rows.page(row)
    const at = rowStart(row)
    words[at + FIRST_CHILD] = NONE
    if (parent === null) {
      assert(this.#root === NONE && path === '/', 'the root is the one node without a parent')
      this.#root = row
      words[at + PARENT] = NONE
      words[at + PATH_KEY] = 0
      return
    }
    this.#path.set(path)
    const { view, end, nameStart, hash } = this.#path
    assert(end > nameStart, 'a name is not empty')
    assert(this.#index.find(this.#path) === NONE, 'a path holds one node')
    words[at + PARENT] = parent.row
    words[at + NAME] = this.bytes.storeWords(view, nameStart, end)
    words[at + NAME_LENGTH] = end - nameStart
    words[at + PATH_KEY] = hashBytes(view, nameStart, end - nameStart, this.rows.get(parent.row, PATH_KEY))
    this.#index.add(row, hash)
    this.#lists.append(parent.row, row)
  }

  #hold(path: string, node: Znode, holder: Exclude<Holder, null>): void {
    this.holders.set(node.row, holder)
    if (holder instanceof Lifetime) {
      this.rows.set(node.row, HOLDER, HolderKind.lifetime)
      this.mortals.set(path, node)
    } else {
      this.rows.set(node.row, HOLDER, HolderKind.session)
      holder.addEphemeral(path)
      this.#ephemeralCount++
    }
  }

  #letGo(path: string, row: number, holder: Exclude<Holder, null>): void {
    this.holders.delete(row)
    if (holder instanceof Lifetime) {
      this.mortals.delete(path)
    } else {
      holder.removeEphemeral(path)
      this.#ephemeralCount--
    }
  }

  /** Gives back what a node took that is in no list and no index any more. */
  #free(node: Znode): void {
    const { row } = node
    if (row === this.#parentRow) this.#parentRow = NONE
    node.patchData(null)
    this.bytes.release(this.rows.get(row, NAME), this.rows.get(row, NAME_LENGTH))
    this.rows.release(row)
  }
}
