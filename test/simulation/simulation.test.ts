// A few lives of simulated ensembles. Many more: npm run simulate.

import { describe, expect, test } from 'vitest'
import { FAILED_ONCE, RECORDED } from './seeds.ts'
import { live, World } from './world.ts'

const SEEDS = 12

describe('simulated ensembles', () => {
  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('seed %i', (seed) => {
    const { entries } = live({ seed, troubleMs: 2500 })
    expect(entries).toBeGreaterThan(20)
  })

  test.each(FAILED_ONCE)('seed $seed, which failed once: $why', ({ seed }) => {
    expect(live({ seed, troubleMs: 3000 }).entries).toBeGreaterThan(20)
  })

  test('a seed is one life: two runs of it are equal to the last event', () => {
    const first = live(RECORDED)
    const second = live(RECORDED)
    expect(second.fingerprint).toBe(first.fingerprint)
    expect(second.steps).toBe(first.steps)
  })

  // Whoever changes what servers or the simulation do, changes the life: then the new value belongs into seeds.ts. Whoever did not mean to, has found something.
  test('the recorded life is the same here as where it was recorded', () => {
    expect(live(RECORDED).fingerprint).toBe(RECORDED.fingerprint)
  })

  test('a life that goes wrong says so, with what happened before', () => {
    const world = new World({ seed: 2, troubleMs: 1000 })
    world.scheduler.after(500, () => world.judge.fail('enough'))
    expect(() => world.live()).toThrow('enough')
    expect(world.judge.timeline.at(-1)).toContain('enough')
  })
})
