import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAssignment, distribute, encodeAssignment, NOTHING } from '../../recipes/partitioner/assignment.ts'

const names = (prefix: string, max: number) =>
  fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: max }).map((ns) => ns.map((n) => `${prefix}${n}`))

describe('a distribution', () => {
  it('T-01: gives every item to one member, evenly, whatever was before', () => {
    fc.assert(
      fc.property(
        names('i', 40),
        names('m', 8),
        fc.dictionary(fc.constantFrom('i1', 'i2', 'i3', 'gone'), fc.constantFrom('m1', 'm2', 'left')),
        (items, members, before) => {
          const owners = distribute(items, members, before)
          if (members.length === 0) {
            expect(owners).toEqual({})
            return
          }
          expect(Object.keys(owners).sort()).toEqual([...items].sort())
          const counts = members.map((member) => Object.values(owners).filter((owner) => owner === member).length)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(items.length)
        },
      ),
    )
  })

  it('T-01: moves what must move and nothing else, when a member comes and when one goes', () => {
    fc.assert(
      fc.property(names('i', 60), fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 9 }), (items, ids) => {
        const members = ids.map((id) => `m${id}`)
        const [newcomer = '', ...old] = members
        const before = distribute(items, old, {})
        const after = distribute(items, members, before)
        const moved = items.filter((item) => before[item] !== after[item])
        // Only to who came, and no more than its share.
        expect(moved.every((item) => after[item] === newcomer)).toBe(true)
        expect(moved.length).toBeLessThanOrEqual(Math.ceil(items.length / members.length))
        const back = distribute(items, old, after)
        const returned = items.filter((item) => back[item] !== after[item])
        expect(returned.every((item) => after[item] === newcomer)).toBe(true)
        // The same again changes nothing.
        expect(distribute(items, members, after)).toEqual(after)
      }),
    )
  })

  it('is read as it was written; what is none counts as nothing', () => {
    const assignment = { generation: 3, owners: { a: 'x' } }
    expect(decodeAssignment(Buffer.from(encodeAssignment(assignment)))).toEqual(assignment)
    for (const text of ['', '{', '[]', '{"generation":1}', '{"generation":"1","owners":{}}', '{"generation":1,"owners":{"a":1}}']) {
      expect(decodeAssignment(Buffer.from(text))).toBe(NOTHING)
    }
    expect(decodeAssignment(null)).toBe(NOTHING)
  })
})
