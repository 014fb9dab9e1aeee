// All lists of pitfalls: each area has a file of its own.

import { LOCK_PITFALLS } from './locks.ts'
import type { Pitfall } from './pitfall.ts'

export const PITFALLS: readonly Pitfall[] = [...LOCK_PITFALLS]
