// recipes: a member's place at a double barrier, and under which names it may have been counted. Pure.

import type { OwnNode } from '../support/own-node.ts'

/** Somebody who wants to pass, in one generation. */
export interface Place {
  readonly generation: number
  readonly node: OwnNode
  /** How the names of znodes before it begin, whose creates were never answered: they may have existed, and may have been counted. */
  readonly lostNames: readonly string[]
}

/** Whether `name` is a znode of this member from before the one that it has. */
export function isLost(name: string, { lostNames }: Place): boolean {
  return lostNames.some((prefix) => name.startsWith(prefix))
}

/** The znode by which this member is among those who passed; `null` if it is not. */
export function countedAs(passed: readonly string[] | null, place: Place): OwnNode | null {
  const { node } = place
  const name = passed?.find((one) => one === node.name || isLost(one, place))
  if (name === undefined) return null
  return name === node.name ? node : { ...node, name, path: `${node.path.slice(0, -node.name.length)}${name}` }
}
