import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newId } from '../../../recipes/support/ids.ts'
import { contenderPrefix, parseContender, placeInQueue, queueOf } from '../../../recipes/support/queue-place.ts'

function printed(counter: number): string {
  return counter < 0 ? `-${String(-counter).padStart(9, '0')}` : String(counter).padStart(10, '0')
}

function contender(counter: number, kind = 'lock'): string {
  return contenderPrefix(newId(), kind) + printed(counter)
}

const FOREIGN = [
  'x',
  'lock-0000000000',
  '_c_2e1c9e2b-7a3f-4a9e-8a52-0f6a6d7d1c11-lock-0000000000',
  'd41d8cd98f00b204e9800998ecf8427e__lock__0000000000',
  `${newId()}-lock-`,
  `${newId()}-lock-000000000`,
  `${newId()}-leader-0000000000`,
  `${newId().toUpperCase()}-lock-0000000000`,
  `${newId()}-lock-0000000000-x`,
]

describe('the queue in a folder', () => {
  it('G-20: ignores every name that is no contender of its kind', () => {
    for (const name of FOREIGN) expect(parseContender(name, 'lock'), name).toBeNull()
    const own = contender(5)
    expect(placeInQueue([...FOREIGN, own], own, 'lock')).toEqual({ type: 'first' })
    expect(queueOf([...FOREIGN, own], 'lock')).toEqual([own])
  })

  it('G-20: a dash before the number is a separator once and a sign once', () => {
    expect(parseContender(contender(1_234_567_890), 'lock')?.sequence).toBe(1_234_567_890)
    expect(parseContender(contender(-1_234_567_890), 'lock')?.sequence).toBe(-1_234_567_890)
  })

  it('G-20: finds the predecessor and the head across the seam of the counter, in any order of the list', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.uniqueArray(fc.nat(1_000_000), { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (start, steps, picks) => {
          const order = steps.sort((a, b) => a - b).map((step) => contender((start + step) | 0))
          const shuffled = order
            .map((name) => ({ name, key: picks.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ name }) => name)
          expect(queueOf(shuffled, 'lock')).toEqual(order)
          order.forEach((name, index) => {
            const expected =
              index === 0 ? { type: 'first' } : { type: 'behind', predecessor: order[index - 1], head: order[0], ahead: index }
            expect(placeInQueue(shuffled, name, 'lock')).toEqual(expected)
          })
        },
      ),
    )
  })

  it('L-04: says when the own name is not in the list', () => {
    expect(placeInQueue([contender(1)], contender(0), 'lock')).toEqual({ type: 'missing' })
    expect(placeInQueue([], contender(0), 'lock')).toEqual({ type: 'missing' })
    expect(placeInQueue(['odd'], 'odd', 'lock')).toEqual({ type: 'missing' })
  })
})
