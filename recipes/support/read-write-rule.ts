// recipes: who waits for whom in a read/write lock. Pure.

import { newId } from './ids.ts'
import type { Place, QueuedName } from './queue-place.ts'
import { contenderPrefix, entriesOf, parseName, placeAmong } from './queue-place.ts'
import type { QueueRule } from './queue-rule.ts'
import { compareSequences } from './sequence.ts'

// Names: <id>-read-<n>, <id>-write-<n>, <id>-upgrade-<n>. Only who came earlier can block:
//
//                    read    upgrade    write   <- came earlier
//   read waits for     no       no       yes
//   upgrade            no       yes      yes
//   write              yes      yes      yes
//
// To become a writer, the one holder of `upgrade` adds a write at the end of the queue. It lets no later reader in. Its holder waits for the
// readers that may be inside: those before the first write. It need not wait for writers and upgraders: they wait for its `upgrade`.
//
// A reader behind another one's write is outside only as long as that write stands there:
//
//   upgrade-1  write-2  read-3  write-4          4 belongs to 1; when 2 gives up, 3 sees nobody in its way
//
// So with one transaction that checks 2, 4 becomes write-1: a number that it shares with its `upgrade`, before all that may come in.

/** What is asked for. */
export type Access = 'read' | 'write' | 'upgrade'

/** A name taken apart, `null` if it is no contender of a read/write lock. */
export function parseAccess(name: string): (QueuedName & { readonly kind: Access }) | null {
  const parsed = parseName(name)
  return parsed !== null && isAccess(parsed.kind) ? { ...parsed, kind: parsed.kind } : null
}

function isAccess(kind: string): kind is Access {
  return kind === 'read' || kind === 'write' || kind === 'upgrade'
}

const BLOCKED_BY: Readonly<Record<Access, ReadonlySet<string>>> = {
  read: new Set(['write']),
  upgrade: new Set(['write', 'upgrade']),
  write: new Set(['read', 'write', 'upgrade']),
}

/** Whether somebody who came `before` keeps waiting who asks for `access`. */
export function blocksAccess(before: Access, access: Access): boolean {
  return BLOCKED_BY[access].has(before)
}

/** The rule of a contender that asks for `access`. */
export function accessRule(access: Access): QueueRule {
  return {
    newId,
    prefix: (id) => contenderPrefix(id, access),
    parse: parseAccess,
    place: (children, own) => placeAmong(children, own, parseAccess, (other) => BLOCKED_BY[access].has(other.kind)),
    readsFolder: false,
  }
}

/** The rule of the write by which the holder of `upgrade` becomes a writer. */
export function upgradeRule(upgrade: string): QueueRule {
  return { ...accessRule('write'), place: (children, own) => placeOfUpgrade(children, own, upgrade) }
}

function placeOfUpgrade(children: readonly string[], own: string, upgrade: string): Place {
  if (!children.includes(upgrade)) return { type: 'missing' }
  const firstWrite = firstWriteOf(children)
  if (firstWrite === undefined) return { type: 'missing' }
  const inside = (other: QueuedName): boolean => other.kind === 'read' && compareSequences(other.sequence, firstWrite.sequence) < 0
  return placeAmong(children, own, parseAccess, inside)
}

/** The write that stands before all others: readers behind it are outside. */
export function firstWriteOf(children: readonly string[]): QueuedName | undefined {
  return entriesOf(children, parseAccess).find(({ kind }) => kind === 'write')
}

/**
 * Whether each of `entries`, first come first, may hold what it asks for, by the table above. `upgrades` says of each write which `upgrade` it belongs to, if it
 * does.
 */
export function holdersOf(entries: readonly QueuedName[], upgrades: readonly (string | null)[] = []): boolean[] {
  const before = { read: 0, upgrade: 0, write: 0 }
  const names = new Set(entries.map(({ name }) => name))
  const numbersOf = (wanted: Access): Set<number> => new Set(entries.filter(({ kind }) => kind === wanted).map(({ sequence }) => sequence))
  const [upgrade, write] = [numbersOf('upgrade'), numbersOf('write')]
  return entries.map(({ kind, sequence }, i) => {
    if (!isAccess(kind)) return false
    // Who was upgraded stands behind its own `upgrade`, or has both under one number.
    const own = upgrades[i] ?? null
    const upgraded = (own !== null && names.has(own) && before.read + before.write === 0) || (upgrade.has(sequence) && write.has(sequence))
    const free = kind === 'read' ? before.write === 0 : before.write + before.upgrade === 0 && (kind === 'upgrade' || before.read === 0)
    before[kind]++
    return free || upgraded
  })
}
