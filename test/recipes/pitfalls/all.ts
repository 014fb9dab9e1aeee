// All pitfalls, by area, and how many ids each area has: a list from which one is missing is noticed.

import { CACHE_PITFALLS } from './caches.ts'
import { LOCK_PITFALLS } from './locks.ts'
import type { Pitfall } from './pitfall.ts'
import { QUEUE_PITFALLS } from './queues.ts'
import { SHARED_PITFALLS } from './shared.ts'

export interface Area {
  /** What stands before the dash of an id. */
  readonly letters: string
  readonly title: string
  /** Ids run from 01 to this. */
  readonly last: number
  /** Ids beside those. */
  readonly also?: readonly string[]
}

export const AREAS: readonly Area[] = [
  { letters: 'G', title: 'Sessions, connections, watches', last: 30 },
  { letters: 'L', title: 'Locks', last: 22 },
  { letters: 'RW', title: 'Read/write locks', last: 7 },
  { letters: 'S', title: 'Semaphores', last: 9 },
  { letters: 'M', title: 'Multi-locks', last: 3 },
  { letters: 'E', title: 'Leader election', last: 16 },
  { letters: 'P', title: 'Presence and groups', last: 10 },
  { letters: 'B', title: 'Barriers', last: 9, also: ['B-01b'] },
  { letters: 'V', title: 'Counters and shared values', last: 7 },
  { letters: 'C', title: 'Caches', last: 13 },
  { letters: 'Q', title: 'Queues', last: 10, also: ['Q-03b'] },
  { letters: 'T', title: 'Partitions, leases, registries, migrations', last: 5 },
  { letters: 'J', title: 'Task queues', last: 12 },
]

export const PITFALLS: readonly Pitfall[] = [...LOCK_PITFALLS, ...SHARED_PITFALLS, ...CACHE_PITFALLS, ...QUEUE_PITFALLS]

/** Every id that there must be. */
export function idsOf({ letters, last, also = [] }: Area): string[] {
  const numbered = Array.from({ length: last }, (_, i) => `${letters}-${String(i + 1).padStart(2, '0')}`)
  return [...numbered, ...also].sort()
}
