// tree: the znodes by path, and everything that must stay in step with them: the parents' children, ephemerals of sessions, containers
// and TTL nodes, shared access control lists, sizes, which paths have a quota. PURE.
//
// All changes go through three calls, so that journals (an undo log, a snapshot under way) see every one of them:
//
//   attach(path, node)      the node enters the tree              undone by detach
//   detach(path, node)      the node leaves the tree              undone by attach
//   changing(path, node)    fields of the node are about to move  undone by revert to its image

import { assert } from '../support/assert.ts'
import { baseName, joinPath, parentPath } from '../wire/paths.ts'
import { type Acl, Permission } from '../wire/records.ts'
import { AclTable, OPEN, type SharedAcl } from './acl-table.ts'
import { QuotaIndex } from './quota-index.ts'
import { Lifetime, type StoredData, Znode } from './znode.ts'

/** Hears of every change before (`changing`) or after it happens. */
export interface Journal {
  attached(path: string, node: Znode): void
  detached(path: string, node: Znode): void
  changing(path: string, node: Znode): void
}

const READ_ONLY_ACL: readonly Acl[] = [{ perms: Permission.read, id: { scheme: 'world', id: 'anyone' } }]

export class NodeStore {
  readonly acls: AclTable = new AclTable()
  readonly quotas: QuotaIndex = new QuotaIndex()
  /** Containers and TTL nodes. */
  readonly mortals: Map<string, Znode> = new Map()
  readonly #nodes = new Map<string, Znode>()
  readonly #journals: Journal[] = []
  #ephemeralCount = 0
  #bytes = 0

  get nodeCount(): number {
    return this.#nodes.size
  }

  get ephemeralCount(): number {
    return this.#ephemeralCount
  }

  /** Characters of all paths and bytes of all data (DataTree.approximateDataSize). */
  get bytes(): number {
    return this.#bytes
  }

  get(path: string): Znode | undefined {
    return this.#nodes.get(path)
  }

  /** All nodes below `path`. */
  descendantCount(path: string): number {
    if (path === '/') return this.#nodes.size - 1
    let count = -1
    const open = [path]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      count++
      for (const name of this.#nodes.get(at)?.children ?? []) open.push(joinPath(at, name))
    }
    return count
  }

  /** Puts a node where none is, below `parent` (`null` for the root). */
  attach(path: string, node: Znode, parent: Znode | null): void {
    const before = this.#nodes.size
    this.#nodes.set(path, node)
    assert(this.#nodes.size > before, 'a path holds one node')
    parent?.addChild(baseName(path))
    this.acls.retain(node.acl)
    this.#bytes += path.length + node.dataLength
    const { holder } = node
    if (holder instanceof Lifetime) {
      this.mortals.set(path, node)
    } else if (holder !== null) {
      holder.addEphemeral(path)
      this.#ephemeralCount++
    }
    this.quotas.added(path)
    for (const journal of this.#journals) journal.attached(path, node)
  }

  /** Takes a node without children out. */
  detach(path: string, node: Znode, parent: Znode): void {
    assert(node.numChildren === 0, 'only a leaf leaves the tree')
    this.#nodes.delete(path)
    parent.removeChild(baseName(path))
    this.acls.release(node.acl)
    this.#bytes -= path.length + node.dataLength
    const { holder } = node
    if (holder instanceof Lifetime) {
      this.mortals.delete(path)
    } else if (holder !== null) {
      holder.removeEphemeral(path)
      this.#ephemeralCount--
    }
    this.quotas.removed(path)
    for (const journal of this.#journals) journal.detached(path, node)
  }

  /** Must precede every change of a node's fields. */
  changing(path: string, node: Znode): void {
    for (const journal of this.#journals) journal.changing(path, node)
  }

  /** A client's setData. */
  writeData(path: string, node: Znode, data: StoredData, zxid: number, timeMs: number, clusterTimeMs: number): void {
    this.changing(path, node)
    this.#bytes -= node.dataLength
    node.writeData(data, zxid, timeMs, clusterTimeMs)
    this.#bytes += node.dataLength
  }

  /** Data written by the server itself. */
  patchData(path: string, node: Znode, data: StoredData): void {
    this.changing(path, node)
    this.#bytes -= node.dataLength
    node.patchData(data)
    this.#bytes += node.dataLength
  }

  writeAcl(path: string, node: Znode, acl: SharedAcl): void {
    this.changing(path, node)
    this.acls.retain(acl)
    this.acls.release(node.acl)
    node.writeAcl(acl)
  }

  /** Brings a node's fields back to an image. A multi cannot hold setACL, so its list is the same. */
  revert(path: string, node: Znode, image: Znode): void {
    assert(image.acl === node.acl, 'what is reverted has its access control list still')
    this.changing(path, node)
    this.#bytes += image.dataLength - node.dataLength
    node.revert(image)
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
    const root = new Znode('', OPEN, null, 0, 0)
    const zookeeper = new Znode('', OPEN, null, 0, 0)
    const acl = this.acls.share(READ_ONLY_ACL)
    const fresh = new Znode('', acl, null, 0, 0)
    this.attach('/', root, null)
    this.attach('/zookeeper', zookeeper, root)
    this.attach('/zookeeper/quota', new Znode('', OPEN, null, 0, 0), zookeeper)
    this.attach('/zookeeper/config', Znode.from('', acl, null, { ...fresh.stat(), aversion: -1 }, 0), zookeeper)
  }

  /** Takes out everything that was planted, so that a snapshot's nodes can take their place. */
  uproot(): void {
    for (const path of ['/zookeeper/config', '/zookeeper/quota', '/zookeeper']) {
      const node = this.#nodes.get(path)
      if (node !== undefined) this.detach(path, node, this.parentOf(path))
    }
    this.#nodes.delete('/')
    this.#bytes = 0
  }

  /** The node above one that is, or was, in the tree. */
  parentOf(path: string): Znode {
    const parent = this.#nodes.get(parentPath(path))
    assert(parent !== undefined, 'every node but the root has a parent')
    return parent
  }
}
