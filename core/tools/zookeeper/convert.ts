// tools: the finished tree as a state of ours, and what in it cannot be one.
//
//   ZooKeeper                        here
//   cversion on disk (creates)       creates: the visible cversion is 2 * creates - children on both sides
//   ephemeralOwner                   session, container, TTL node (ephemeral-owner.ts)
//   session id, timeout              the same, with the password that ZooKeeper derives from the id
//   mtime of a container, TTL node   time of its last use in cluster time, which goes on from the last record's wall time
//
// The walk takes the tree apart behind it: a million nodes need not be in memory twice.

import type { ImportedHolder, ImportedNode, ImportedSession } from '../../tree/imported-state.ts'
import { joinPath, pathProblem } from '../../wire/paths.ts'
import type { Acl } from '../../wire/records.ts'
import { ttlMsOf } from './ephemeral-owner.ts'
import { type ImportNode, type ImportTree, UNKNOWN_ACL } from './import-tree.ts'
import { sessionPassword } from './session-password.ts'

/** What a tree consists of. */
export interface TreeCounts {
  nodes: number
  ephemerals: number
  containers: number
  ttlNodes: number
  sessions: number
}

/** What is found in a walk over a tree. */
export interface Inspection {
  readonly counts: TreeCounts
  /** The latest ctime or mtime. */
  latestTimeMs: number
  /** Schemes of the identities in access control lists. */
  readonly schemes: ReadonlySet<string>
  /** Everything that a state of ours cannot hold, in order of the paths. */
  readonly problems: string[]
}

/** Counts the tree, and finds everything in it that a state of ours cannot hold. */
export function inspectTree(tree: ImportTree): Inspection {
  const problems: string[] = []
  const counts = { nodes: 0, ephemerals: 0, containers: 0, ttlNodes: 0, sessions: tree.sessions.size }
  const lists = new Set<readonly Acl[]>()
  const inspection = { counts, latestTimeMs: 0, schemes: new Set<string>(), problems }
  for (const [id, timeoutMs] of tree.sessions) {
    if (timeoutMs <= 0) problems.push(`session 0x${id.toString(16)} has a timeout of ${timeoutMs} ms`)
  }
  for (const path of ['/zookeeper', '/zookeeper/quota']) if (tree.get(path) === null) problems.push(`${path} is missing`)
  const open: [path: string, node: ImportNode][] = tree.root === null ? [] : [['/', tree.root]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, node] = next
    const problem = nodeProblem(tree, path, node)
    if (problem !== null) problems.push(`${JSON.stringify(path)}: ${problem}`)
    count(tree, node, counts)
    lists.add(node.acl)
    inspection.latestTimeMs = Math.max(inspection.latestTimeMs, node.ctime, node.mtime)
    for (const [name, child] of node.children ?? []) open.push([joinPath(path, name), child])
  }
  for (const list of lists) for (const { id } of list) inspection.schemes.add(id.scheme)
  problems.sort()
  return inspection
}

function nodeProblem(tree: ImportTree, path: string, node: ImportNode): string | null {
  if (node.acl === UNKNOWN_ACL) return 'its access control list is neither in the snapshot nor in the log'
  if (node.children !== null && tree.owners.kindOf(node.owner) === 'session') return 'it is ephemeral and has children'
  for (const field of ['czxid', 'mzxid', 'pzxid', 'ctime', 'mtime'] as const) {
    if (node[field] < 0 || node[field] > Number.MAX_SAFE_INTEGER) return `its ${field} is ${node[field]}`
  }
  return pathProblem(path)
}

function count(tree: ImportTree, node: ImportNode, counts: TreeCounts): void {
  counts.nodes++
  switch (tree.owners.kindOf(node.owner)) {
    case 'none':
      break
    case 'session':
      counts.ephemerals++
      break
    case 'container':
      counts.containers++
      break
    case 'ttl':
      counts.ttlNodes++
      break
  }
}

/** The sessions by id. */
export function importedSessions(tree: ImportTree): ImportedSession[] {
  return [...tree.sessions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, timeoutMs]) => {
      const [hi, lo] = halves(id)
      return { hi, lo, timeoutMs, password: sessionPassword(hi, lo) }
    })
}

interface Directory {
  readonly path: string
  readonly names: readonly string[]
  readonly children: Map<string, ImportNode>
  at: number
}

/** The nodes in tree order. The tree is empty afterwards. */
export function* importedNodes(tree: ImportTree, clusterTimeMs: number): Generator<ImportedNode, void, void> {
  const { root } = tree
  if (root === null) return
  tree.root = null
  const open: Directory[] = []
  const enter = (path: string, node: ImportNode): ImportedNode => {
    const { children } = node
    // Paths hold no surrogates, so the order of code units is that of UTF-8 bytes.
    if (children !== null) open.push({ path, names: [...children.keys()].sort(), children, at: 0 })
    node.children = null
    return importedNode(tree, path, node, clusterTimeMs)
  }
  yield enter('/', root)
  for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
    const name = directory.names[directory.at++]
    const child = name === undefined ? undefined : directory.children.get(name)
    if (name === undefined || child === undefined) {
      open.pop()
      continue
    }
    directory.children.delete(name)
    yield enter(joinPath(directory.path, name), child)
  }
}

function importedNode(tree: ImportTree, path: string, node: ImportNode, clusterTimeMs: number): ImportedNode {
  const { data, acl, czxid, mzxid, pzxid, ctime, mtime, version, creates, aversion } = node
  const holder = holderOf(tree, node, clusterTimeMs)
  return { path, data, acl, czxid, mzxid, pzxid, ctime, mtime, version, creates, aversion, holder }
}

function holderOf(tree: ImportTree, node: ImportNode, clusterTimeMs: number): ImportedHolder | null {
  const touchedMs = Math.min(node.mtime, clusterTimeMs)
  switch (tree.owners.kindOf(node.owner)) {
    case 'none':
      return null
    case 'session': {
      const [hi, lo] = halves(node.owner)
      return { kind: 'session', hi, lo }
    }
    case 'container':
      return { kind: 'lifetime', ttlMs: 0, touchedMs }
    case 'ttl': {
      // Without a TTL ZooKeeper never removes it (ContainerManager.getCandidates).
      const ttlMs = ttlMsOf(node.owner)
      return ttlMs === 0 ? null : { kind: 'lifetime', ttlMs, touchedMs }
    }
  }
}

function halves(id: bigint): [hi: number, lo: number] {
  return [Number(id >> 32n), Number(id & 0xffff_ffffn)]
}
