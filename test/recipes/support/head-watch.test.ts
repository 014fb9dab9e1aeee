// The head of a queue, as somebody sees it who stands in no queue.

import { expect, it } from 'vitest'
import { type Stat, ZoariumError } from '../../../core/index.ts'
import type { Contestant } from '../../../recipes/support/contest.ts'
import { readHead } from '../../../recipes/support/head-watch.ts'

/** Nobody here looks at it. */
const STAT = {} as Stat

it('E-16: one that takes its place anew while it is read is still the head, not the one behind it', async () => {
  const lists = [
    ['b-0000000001', 'c-0000000002'],
    ['b-again-0000000001', 'c-0000000002'],
  ]
  const gone = new Set(['b-0000000001'])
  const contest = {
    names: async (): Promise<string[]> => lists.shift() ?? Promise.reject(new ZoariumError('ERR_CLOSED', 'listed more often than needed')),
    read: async (name: string): Promise<Contestant | null> => (gone.has(name) ? null : { path: `/e/${name}`, stat: STAT, data: null }),
  }
  expect((await readHead(contest, {}))?.path).toBe('/e/b-again-0000000001')
})
