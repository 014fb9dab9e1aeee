import { describe, expect, it } from 'vitest'
import { simulateSeed } from './campaign/simulation.ts'

/** Seeds that failed once, with what they found. */
const FOUND: readonly (readonly [number, string])[] = [
  [14, 'a heartbeat was answered behind an acknowledgement that waited for entries'],
  [2486, 'a leader that had removed itself had the longest log and did not stand for election'],
  [2947, 'the same, with two configurations'],
  [5526, 'a snapshot was kept while its entries were still to replace others (the simulated host)'],
]

describe('groups in all weathers', () => {
  it('keep what Raft promises, and come to rest', () => {
    const failures: string[] = []
    let committed = 0
    for (let seed = 1; seed <= 40; seed++) {
      const { failure, counts } = simulateSeed(seed)
      if (failure !== null) failures.push(`seed ${seed}: ${failure}`)
      committed += counts['committed'] ?? 0
    }
    expect(failures).toEqual([])
    expect(committed).toBeGreaterThan(5000)
  }, 120_000)

  it('do the same for the same seed', () => {
    expect(simulateSeed(7)).toEqual(simulateSeed(7))
  })

  it.each(FOUND)('seed %i: %s', (seed) => {
    expect(simulateSeed(seed).failure).toBeNull()
  })
})
