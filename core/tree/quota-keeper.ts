// tree: keeps the statistics of quotas and refuses what goes above a hard limit (DataTree.updateQuotaStat, ZooKeeperServer.checkQuota). PURE.
//
// The numbers live in the zookeeper_stats node itself and move without version, zxid or watch. Only the closest quota above a node
// counts it. When the stats node is created the subtree is counted afresh, whether there are limits or not; from then on what happens is counted
// while there are limits (so a tool creates the limits first, as zkCli does).

import type { NodeStore } from './node-store.ts'
import { formatUsage, isStatsPath, limitsPath, parseQuota, type QuotaNumbers, quotaSubject, statsPath } from './quota-index.ts'
import type { Znode } from './znode.ts'

/** How a change relates to the quota above it. */
export const QuotaVerdict = { within: 0, aboveSoft: 1, aboveHard: 2 } as const
export type QuotaVerdict = (typeof QuotaVerdict)[keyof typeof QuotaVerdict]

/** A quota as operators see it. */
export interface QuotaReport {
  readonly path: string
  readonly limits: QuotaNumbers
  /** `count` and `bytes` only; -1 if the quota has no node of statistics. */
  readonly used: QuotaNumbers
}

export class QuotaKeeper {
  readonly #store: NodeStore

  constructor(store: NodeStore) {
    this.#store = store
  }

  /** What the closest quota says to `count` more nodes and `bytes` more bytes at `path`. A difference of 0 is not looked at. */
  verdict(path: string, bytes: number, count: number): QuotaVerdict {
    const subject = this.#store.quotas.closest(path)
    if (subject === null) return QuotaVerdict.within
    const limitsNode = this.#store.get(limitsPath(subject))
    const statsNode = this.#store.get(statsPath(subject))
    if (limitsNode === undefined || statsNode === undefined) return QuotaVerdict.within
    const limits = parseQuota(textOf(limitsNode))
    const used = parseQuota(textOf(statsNode))
    const byCount = count === 0 ? QuotaVerdict.within : compare(used.count + count, limits.count, limits.countHardLimit)
    const byBytes = bytes === 0 ? QuotaVerdict.within : compare(used.bytes + bytes, limits.bytes, limits.byteHardLimit)
    return byCount === QuotaVerdict.aboveHard || byBytes === QuotaVerdict.within ? byCount : byBytes
  }

  /** A node was created or deleted. */
  counted(path: string, bytes: number, count: number): void {
    const recounted = count > 0 && isStatsPath(path) ? quotaSubject(path) : null
    if (recounted !== null) this.#recount(recounted)
    if (!this.#store.quotas.isEmpty) this.#add(path, bytes, count)
  }

  /** A node's data was set and grew (or shrank) by `bytes`, which may be 0: the text is in its canonical form afterwards. */
  resized(path: string, bytes: number): void {
    if (!this.#store.quotas.isEmpty) this.#add(path, bytes, 0)
  }

  /** All quotas, in path order. */
  reports(): QuotaReport[] {
    const numbers = (path: string) => parseQuota(textOf(this.#store.get(path)))
    const paths = [...this.#store.quotas.limited()].sort()
    return paths.map((path) => ({ path, limits: numbers(limitsPath(path)), used: numbers(statsPath(path)) }))
  }

  #add(path: string, bytes: number, count: number): void {
    const subject = this.#store.quotas.closest(path)
    if (subject === null) return
    const at = statsPath(subject)
    const node = this.#store.get(at)
    if (node === undefined) return
    const used = parseQuota(textOf(node))
    this.#store.patchData(at, node, formatUsage(used.count + count, used.bytes + bytes))
  }

  #recount(subject: string): void {
    const at = statsPath(subject)
    const statsNode = this.#store.get(at)
    if (statsNode === undefined) return
    const top = this.#store.get(subject)
    const count = top === undefined ? 0 : 1 + this.#store.descendantCount(top)
    const bytes = top === undefined ? 0 : top.dataLength + this.#store.descendantBytes(top)
    this.#store.patchData(at, statsNode, formatUsage(count, bytes))
  }
}

function compare(used: number, soft: number, hard: number): QuotaVerdict {
  if (hard > -1) return used > hard ? QuotaVerdict.aboveHard : QuotaVerdict.within
  return soft > -1 && used > soft ? QuotaVerdict.aboveSoft : QuotaVerdict.within
}

function textOf(node: Znode | undefined): string {
  const data = node?.storedData
  return typeof data === 'string' ? data : ''
}
