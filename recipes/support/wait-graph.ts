// recipes: who waits for whom over several locks, and the circles in it. Pure.

import type { LockContender } from './lock-entry.ts'
import type { QueuedName } from './queue-place.ts'
import { blocksAccess, parseAccess } from './read-write-rule.ts'
import { compareSequences } from './sequence.ts'

/** A contender of one of the locks. */
export interface GraphContender {
  /** The folder of the lock. */
  readonly lock: string
  readonly entry: QueuedName
  readonly contender: LockContender
  /** Name of the upgradeable reader that becomes a writer by this one, `null` for everybody else. */
  readonly upgrades: string | null
}

/** Somebody waits for somebody else. */
export interface WaitEdge {
  readonly lock: string
  readonly waiting: LockContender
  readonly blocker: LockContender
}

/** Who contends: the task that said so, else the session, which may be several tasks. */
export function ownerOf({ owner, sessionId }: LockContender): string {
  return owner ?? `session 0x${sessionId.toString(16)}`
}

/** Who waits for whom among the contenders of one lock. */
export function edgesOf(contenders: readonly GraphContender[]): WaitEdge[] {
  return contenders.flatMap((self) =>
    contenders
      .filter((other) => compareSequences(other.entry.sequence, self.entry.sequence) < 0 && blocks(other, self, contenders))
      .map((other) => ({ lock: self.lock, waiting: self.contender, blocker: other.contender })),
  )
}

function blocks(other: GraphContender, self: GraphContender, all: readonly GraphContender[]): boolean {
  const access = parseAccess(self.entry.name)?.kind
  const before = parseAccess(other.entry.name)?.kind
  if (access === undefined || before === undefined) return access === before
  return isUpgrade(self, all) ? before === 'read' && !isOutside(other, all) : blocksAccess(before, access)
}

/** A reader behind a write waits itself. */
function isOutside(reader: GraphContender, all: readonly GraphContender[]): boolean {
  return all.some(({ entry }) => entry.kind === 'write' && compareSequences(entry.sequence, reader.entry.sequence) < 0)
}

/** The write by which an upgradeable reader becomes a writer waits for readers alone that are inside. */
function isUpgrade(self: GraphContender, all: readonly GraphContender[]): boolean {
  return self.upgrades !== null && all.some(({ entry }) => entry.name === self.upgrades)
}

/** One circle for every set of owners that wait for each other in a circle, the shortest one. */
export function circles(edges: readonly WaitEdge[]): WaitEdge[][] {
  const byOwner = new Map<string, WaitEdge[]>()
  for (const edge of edges) byOwner.set(ownerOf(edge.waiting), [...(byOwner.get(ownerOf(edge.waiting)) ?? []), edge])
  const found = new Map<string, WaitEdge[]>()
  for (const owner of byOwner.keys()) {
    const circle = shortestCircle(owner, byOwner)
    if (circle === null) continue
    const key = circle
      .map(({ waiting }) => ownerOf(waiting))
      .sort()
      .join('\n')
    if (!found.has(key)) found.set(key, circle)
  }
  return [...found.values()]
}

function shortestCircle(start: string, byOwner: ReadonlyMap<string, readonly WaitEdge[]>): WaitEdge[] | null {
  const seen = new Set<string>()
  let paths: WaitEdge[][] = [[]]
  while (paths.length > 0) {
    const longer: WaitEdge[][] = []
    for (const path of paths) {
      const last = path.at(-1)
      for (const edge of byOwner.get(last === undefined ? start : ownerOf(last.blocker)) ?? []) {
        const next = ownerOf(edge.blocker)
        if (next === start) return [...path, edge]
        if (seen.has(next)) continue
        seen.add(next)
        longer.push([...path, edge])
      }
    }
    paths = longer
  }
  return null
}
