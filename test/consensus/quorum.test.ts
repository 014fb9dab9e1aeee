import { describe, expect, it } from 'vitest'
import { isQuorum, quorumValue, voteResult } from '../../core/consensus/quorum.ts'
import type { Configuration } from '../../core/consensus/types.ts'
import { SeededRandom } from '../../core/support/random.ts'

function configuration(voters: readonly number[], outgoing: readonly number[] = []): Configuration {
  return { voters, outgoing, learners: [], learnersNext: [], context: Buffer.alloc(0) }
}

/** The definition, spelled out: the largest value that more than half of each side have reached. */
function slowQuorumValue({ voters, outgoing }: Configuration, values: ReadonlyMap<number, number>): number {
  const reached = (ids: readonly number[], least: number): boolean =>
    ids.length === 0 || ids.filter((id) => (values.get(id) ?? 0) >= least).length > ids.length / 2
  const candidates = [0, ...values.values()].filter((value) => reached(voters, value) && reached(outgoing, value))
  return Math.max(...candidates)
}

describe('a quorum', () => {
  it('has what more than half of each side have, for any sides and values', () => {
    const random = new SeededRandom(5)
    for (let round = 0; round < 5000; round++) {
      const draw = (): number[] => [1, 2, 3, 4, 5, 6, 7].filter(() => random.next() < 0.6)
      const voters = draw()
      if (voters.length === 0) continue
      const group = configuration(voters, random.next() < 0.5 ? draw() : [])
      const values = new Map([1, 2, 3, 4, 5, 6, 7].map((id) => [id, random.below(5)]))
      expect(quorumValue(group, (id) => values.get(id) ?? 0)).toBe(slowQuorumValue(group, values))
    }
  })

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
  ])('of %i is %i', (size, needed) => {
    const group = configuration(Array.from({ length: size }, (_, i) => i + 1))
    expect(isQuorum(group, (id) => id <= needed)).toBe(true)
    expect(isQuorum(group, (id) => id <= needed - 1)).toBe(false)
  })

  it('of nobody is none', () => {
    expect(isQuorum(configuration([]), () => true)).toBe(false)
  })

  it('decides an election when yes or no can no longer change', () => {
    const votes = (yes: readonly number[], no: readonly number[]): Map<number, boolean> =>
      new Map([...yes.map((id) => [id, true] as const), ...no.map((id) => [id, false] as const)])
    const group = configuration([1, 2, 3], [3, 4, 5])
    expect(voteResult(group, votes([1, 2], []))).toBe('pending')
    expect(voteResult(group, votes([1, 2, 4, 5], [3]))).toBe('won')
    expect(voteResult(group, votes([1, 2, 3], [4, 5]))).toBe('lost')
  })
})
