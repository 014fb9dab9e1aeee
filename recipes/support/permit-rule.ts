// recipes: whose turn it is at a semaphore, and what its folder says about the number of permits. Pure.

import { ZoariumError } from '../../core/index.ts'
import { newId } from './ids.ts'
import type { Place, QueuedName } from './queue-place.ts'
import { contenderPrefix, entriesOf, parseName } from './queue-place.ts'
import type { QueueRule } from './queue-rule.ts'
import { compareSequences } from './sequence.ts'

// Names: <id>-permit<weight>-<n>. Data of the folder: { "permits": 8, "configured": 5 }; after fewer permits also "upTo": <n>.
//
// Whoever stands so far in front that all weights up to and with its own fit into the permits may go. Nobody is overtaken: who asks for much is
// not starved by those who ask for little.
//
//   permits 5      [2] [1] [3] [1] [1]
//                   go  go  ^ first waiter: watches the folder (list and data), anybody's leaving and any resizing can matter to it
//                               ^   ^ each watches the znode before it
//
// Nobody tells the second waiter when the first one went ahead without leaving: so who goes while others stand behind it writes to its own
// znode. Who sees nobody behind it need not: every later list shows more than its own, and the permits it had read before that list.

const KIND = /^permit([1-9]\d{0,8})$/

/** Most permits and the largest weight. */
export const MAX_PERMITS = 999_999_999 as const

/** A contender of a semaphore. */
export interface PermitName extends QueuedName {
  readonly weight: number
}

/** A name taken apart, `null` if it is no contender of a semaphore. */
export function parsePermit(name: string): PermitName | null {
  const parsed = parseName(name)
  const weight = parsed === null ? null : KIND.exec(parsed.kind)
  return parsed === null || weight === null ? null : { ...parsed, weight: Number(weight[1]) }
}

/** What the folder says. */
export interface PermitCount {
  /** How many there are now. */
  readonly permits: number
  /** How many the first user was configured with: what others must be configured with, too. */
  readonly configured: number
  /** The last contender that held permits when they were made fewer: it and who came before keep theirs. `null`: they never were. */
  readonly upTo: number | null
}

export function encodePermitCount(count: PermitCount): string {
  const { upTo, ...rest } = count
  return JSON.stringify(upTo === null ? rest : { ...rest, upTo })
}

/** `null` if there is no count. */
export function decodePermitCount(folder: Buffer | null): PermitCount | null {
  if (folder === null || folder.length === 0) return null
  try {
    const value: unknown = JSON.parse(folder.toString())
    if (typeof value !== 'object' || value === null || !('permits' in value) || !('configured' in value)) return null
    const { permits, configured } = value
    const upTo = 'upTo' in value && typeof value.upTo === 'number' ? value.upTo : null
    return isCount(permits) && isCount(configured) ? { permits, configured, upTo } : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PERMITS
}

/** Whether each of `entries`, first come first, has its permits. */
export function insiders(entries: readonly PermitName[], { permits, upTo }: PermitCount): boolean[] {
  let sum = 0
  return entries.map(({ weight, sequence }) => {
    sum += weight
    return sum <= permits || (upTo !== null && compareSequences(sequence, upTo) <= 0)
  })
}

/** Whether all who kept their permits when they were made fewer have left. The mark must then go: after 2^31 more contenders it would let everybody in. */
export function isSpent(entries: readonly PermitName[], { upTo }: PermitCount): boolean {
  return upTo !== null && entries.every(({ sequence }) => compareSequences(sequence, upTo) > 0)
}

/** The contenders among `children`, first come first. */
export function permitsOf(children: readonly string[]): PermitName[] {
  return entriesOf(children, parsePermit).flatMap(({ name }) => parsePermit(name) ?? [])
}

/**
 * The rule of a contender that asks for `weight` permits. Its place throws `ERR_TOO_LARGE` when there are fewer, and `ERR_CONFIG` when the
 * folder does not say how many there are.
 */
export function permitRule(weight: number): QueueRule {
  return {
    newId,
    prefix: (id) => contenderPrefix(id, `permit${weight}`),
    parse: parsePermit,
    place: (children, own, folder) => placeAmongPermits(children, own, decodePermitCount(folder), weight),
    readsFolder: true,
  }
}

function placeAmongPermits(children: readonly string[], own: string, count: PermitCount | null, weight: number): Place {
  const entries = permitsOf(children)
  const at = entries.findIndex(({ name }) => name === own)
  if (at < 0) return { type: 'missing' }
  if (count === null) throw new ZoariumError('ERR_CONFIG', 'the folder of the semaphore says no number of permits')
  const inside = insiders(entries, count)
  if (inside[at] === true) return { type: 'first', followed: at < entries.length - 1, outdated: isSpent(entries, count) }
  if (weight > count.permits && count.permits > 0) throw new ZoariumError('ERR_TOO_LARGE', `${weight} of ${count.permits} permits`)
  const isFirstWaiter = at === 0 || inside[at - 1] === true
  const predecessor = isFirstWaiter ? own : (entries[at - 1]?.name ?? own)
  return { type: 'behind', predecessor, head: entries[0]?.name ?? own, ahead: at, watchFolder: isFirstWaiter }
}
