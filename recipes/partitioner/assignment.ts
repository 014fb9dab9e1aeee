// recipes: who gets what: even shares, and no more of them change hands than must. Pure.

/** What stands in the assignment's znode, as JSON. */
export interface Assignment {
  /** Rises with every new distribution. */
  readonly generation: number
  /** Member by item. */
  readonly owners: Readonly<Record<string, string>>
}

export const NOTHING: Assignment = { generation: 0, owners: {} }

/**
 * Every item to one of `members`, none if there is nobody. Shares differ by one at most. An item stays where it was as long as its member is there and has not more
 * than its share; so of n items among m members about n / m move when one comes or goes.
 */
export function distribute(
  items: readonly string[],
  members: readonly string[],
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = new Map<string, string[]>([...members].sort().map((member) => [member, []]))
  const homeless: string[] = []
  const sorted = [...new Set(items)].sort()
  for (const item of sorted) {
    const own = kept.get(Object.hasOwn(before, item) ? (before[item] ?? '') : '')
    if (own === undefined) homeless.push(item)
    else own.push(item)
  }
  if (kept.size === 0) return {}
  // Who has most gets the larger shares: then the least has to move.
  const shares = [...kept.entries()].sort(([, a], [, b]) => b.length - a.length)
  const larger = sorted.length % kept.size
  for (const [i, [, own]] of shares.entries()) homeless.push(...own.splice(shareOf(i, sorted.length, kept.size, larger)))
  for (const [i, [, own]] of shares.entries()) own.push(...homeless.splice(0, shareOf(i, sorted.length, kept.size, larger) - own.length))
  return Object.fromEntries(shares.flatMap(([member, own]) => own.map((item) => [item, member])).sort())
}

function shareOf(index: number, items: number, members: number, larger: number): number {
  return Math.floor(items / members) + (index < larger ? 1 : 0)
}

export function encodeAssignment(assignment: Assignment): string {
  return JSON.stringify(assignment)
}

/** How many bytes the assignment of these items has when all members have names as long as this one. */
export function assignmentBytes(items: readonly string[], member: string): number {
  const owners = Object.fromEntries(items.map((item) => [item, member]))
  return Buffer.byteLength(encodeAssignment({ generation: Number.MAX_SAFE_INTEGER, owners }))
}

/** What cannot be read is nothing: the leader writes it anew. */
export function decodeAssignment(data: Buffer | null): Assignment {
  try {
    const value: unknown = JSON.parse((data ?? '').toString())
    if (typeof value !== 'object' || value === null || !('generation' in value) || !('owners' in value)) return NOTHING
    const { generation, owners } = value
    if (!Number.isSafeInteger(generation) || typeof owners !== 'object' || owners === null) return NOTHING
    if (!Object.values(owners).every((owner) => typeof owner === 'string')) return NOTHING
    return { generation: Number(generation), owners: { ...owners } }
  } catch (error) {
    if (error instanceof SyntaxError) return NOTHING
    throw error
  }
}

export function sameOwners(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
