// tools: what remains to be done to a loaded tree, as a starting ZooKeeper server does it.
//
//   dead ephemerals   of sessions that do not exist (fuzzy snapshots): removed, as ZooKeeperServer.loadData does
//   quotas            statistics counted afresh, as DataTree.setupQuota does
//   /zookeeper/config made if an old release had none

import type { ImportNode, ImportTree } from './import-tree.ts'
import { closeSession } from './txn-apply.ts'

const QUOTA_ROOT = '/zookeeper/quota'
const LIMITS = 'zookeeper_limits'
const STATS = 'zookeeper_stats'

/** Removes the ephemerals of sessions that do not exist. Returns how many there were. */
export function removeDeadEphemerals(tree: ImportTree, zxid: number): number {
  let removed = 0
  for (const [session, paths] of [...tree.ephemerals]) {
    if (tree.sessions.has(session)) continue
    removed += paths.size
    closeSession(tree, session, zxid, null)
  }
  return removed
}

/** Writes the statistics of every quota. Returns how many quotas there are. */
export function recountQuotas(tree: ImportTree): number {
  let quotas = 0
  const root = tree.get(QUOTA_ROOT)
  const open: [subject: string, node: ImportNode][] = root === null ? [] : [['', root]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [subject, { children }] = next
    for (const [name, child] of children ?? []) if (name !== LIMITS) open.push([`${subject}/${name}`, child])
    if (subject === '' || children?.has(LIMITS) !== true) continue
    quotas++
    const stats = children.get(STATS)
    if (stats !== undefined) stats.data = usage(tree.get(subject))
  }
  return quotas
}

/** StatsTrack's text for a subtree, itself included. */
function usage(subject: ImportNode | null): string {
  let count = 0
  let bytes = 0
  const open = subject === null ? [] : [subject]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    count++
    bytes += node.data === null ? 0 : node.data.length
    for (const child of node.children?.values() ?? []) open.push(child)
  }
  return `count=${count},bytes=${bytes}`
}
