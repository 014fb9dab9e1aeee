// A few lives of simulated ensembles. Many more: npm run simulate.

import { describe, expect, test } from 'vitest'
import { live } from './world.ts'

const SEEDS = 20

describe('simulated ensembles', () => {
  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('seed %i', (seed) => {
    const { entries } = live({ seed, troubleMs: 4000 })
    expect(entries).toBeGreaterThan(50)
  })

  test('a seed is one life: two runs of it are equal to the last event', () => {
    const first = live({ seed: 4711, troubleMs: 3000 })
    const second = live({ seed: 4711, troubleMs: 3000 })
    expect(second.fingerprint).toBe(first.fingerprint)
    expect(second.steps).toBe(first.steps)
  })
})
