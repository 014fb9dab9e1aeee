// tree: when a container or TTL node may be removed (ContainerManager.getCandidates). Ages are in cluster time. PURE.
//
//   container   childless, and had a child once; or never used for longer than containerMaxNeverUsedMs (0 = never)
//   TTL node    childless, and not set for longer than its TTL; children coming and going do not refresh it

import type { NodeStore } from './node-store.ts'
import type { Settings } from './settings.ts'
import type { Znode } from './znode.ts'

export function isDue(node: Znode, clusterTimeMs: number, settings: Settings): boolean {
  const { lifetime } = node
  if (lifetime === null || node.numChildren > 0) return false
  const idleMs = clusterTimeMs - lifetime.touchedMs
  if (!lifetime.isContainer) return idleMs > lifetime.ttlMs
  if (node.creates !== 0) return true
  return settings.containerMaxNeverUsedMs !== 0 && idleMs > settings.containerMaxNeverUsedMs
}

/** Nodes that are due, in path order, `limit` at most. */
export function dueNodes(store: NodeStore, clusterTimeMs: number, settings: Settings, limit: number): string[] {
  const due: string[] = []
  for (const [path, node] of store.mortals) if (isDue(node, clusterTimeMs, settings)) due.push(path)
  return due.sort().slice(0, limit)
}
