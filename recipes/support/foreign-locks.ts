// recipes: lock nodes of Apache Curator and of kazoo: how they are named, so that all of them stand in one queue. Pure.

import { nameOf } from './own-node.ts'
import type { QueuedName } from './queue-place.ts'
import { always, parseContender, placeAmong } from './queue-place.ts'
import type { QueueRule } from './queue-rule.ts'
import { parseSequence } from './sequence.ts'

// Curator's InterProcessMutex   _c_<uuid>-lock-<sequence>      orders by what follows "lock-", whatever else lies in the folder
// kazoo's Lock                  <32 hex>__lock__<sequence>     looks at names with "__lock__" and with its extra_lock_patterns only
// this package                  <24 of 0-9a-z>-lock-<sequence>
//
// The number comes from the folder's counter, so it is one order for all. Who takes part must be seen by the others: contenders of an interop
// mutex are named as the other library names its own.

/** Whose names the contenders bear. */
export type LockInterop = 'curator' | 'kazoo'

/** What Curator's Revoker writes into the znode of a holder. */
export const CURATOR_REVOKE = '__REVOKE__' as const

const CURATOR = /^_c_[0-9a-f-]{32,36}-lock-(-?\d+)$/
const KAZOO = /^[0-9a-f]{32}(?:__lock__|-lock-)(-?\d+)$/

/** Whether a znode is one of Curator's contenders. */
export function isCurator(path: string): boolean {
  return CURATOR.test(nameOf(path))
}

/** A contender of any of the three, taken apart. */
export function parseAnyLock(name: string): QueuedName | null {
  const digits = (CURATOR.exec(name) ?? KAZOO.exec(name))?.[1]
  if (digits === undefined) return parseContender(name, 'lock')
  const sequence = parseSequence(digits)
  return sequence === null ? null : { name, kind: 'lock', sequence }
}

/** The rule of a contender that stands in one queue with those of `interop`. */
export function interopRule(interop: LockInterop): QueueRule {
  const shape = SHAPES[interop]
  return {
    ...shape,
    parse: parseAnyLock,
    place: (children, own) => placeAmong(children, own, parseAnyLock, always),
    readsFolder: false,
  }
}

const SHAPES: Readonly<Record<LockInterop, Pick<QueueRule, 'newId' | 'prefix'>>> = {
  curator: { newId: () => `_c_${crypto.randomUUID()}`, prefix: (id) => `${id}-lock-` },
  kazoo: { newId: () => crypto.randomUUID().replaceAll('-', ''), prefix: (id) => `${id}__lock__` },
}
