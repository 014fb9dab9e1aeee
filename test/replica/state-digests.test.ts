// Who is right when the states of servers differ: words of made-up digests, compared at equal indices.
import { describe, expect, it } from 'vitest'
import { MARK_ENTRIES, MOST_MARKS, StateDigests } from '../../core/replica/state-digests.ts'
import type { StateMachine } from '../../core/tree/state-machine.ts'

/** The server of `servers` that is asked; its state after an entry has the digest that `at` gives it. */
class Asked {
  readonly digests: StateDigests
  applied: number
  readonly #at: (index: number) => string

  constructor(servers: number, at: (index: number) => string = String, applied = 0) {
    this.digests = new StateDigests(servers, applied)
    this.applied = applied
    this.#at = at
  }

  get tree(): StateMachine {
    return { lastZxid: 2 ** 32 + this.applied, runningDigest: this.#at(this.applied) } as StateMachine
  }

  apply(until: number): this {
    while (this.applied < until) {
      this.applied += 1
      if (this.applied >= this.digests.nextIndex) this.digests.applied(this.applied, this.tree)
    }
    return this
  }

  hear(from: number, index: number, digest: string, agreeing = 1): this {
    this.digests.heard({ from, index, digest, agreeing }, this.applied, this.tree)
    return this
  }

  get verdict(): string {
    const { type, differing } = this.digests.verdict
    return `${type} ${differing.join()}`.trim()
  }
}

describe('where states are compared', () => {
  it('at the applied index, when both are at rest', () => {
    expect(new Asked(3).apply(5).hear(2, 5, '5').digests.sameAs(2)).toBe(true)
    expect(new Asked(3).apply(5).hear(2, 5, 'x').digests.sameAs(2)).toBe(false)
  })

  it('at a mark that was passed', () => {
    const asked = new Asked(3).apply(3 * MARK_ENTRIES + 7)
    expect(asked.hear(2, 2 * MARK_ENTRIES, 'x').digests.sameAs(2)).toBe(false)
    expect(asked.hear(3, 2 * MARK_ENTRIES, String(2 * MARK_ENTRIES)).digests.sameAs(3)).toBe(true)
  })

  it('at an index that is still to come, once it has', () => {
    const asked = new Asked(3).apply(5).hear(2, 9, 'x').hear(3, 8, '8')
    expect([asked.digests.sameAs(2), asked.digests.sameAs(3)]).toEqual([null, null])
    asked.apply(8)
    expect([asked.digests.sameAs(2), asked.digests.sameAs(3)]).toEqual([null, true])
    expect(asked.apply(9).digests.sameAs(2)).toBe(false)
  })

  it('nowhere else', () => {
    expect(new Asked(3).apply(9).hear(2, 5, 'x').digests.sameAs(2)).toBe(null)
    const later = new Asked(3, String, 2 * MARK_ENTRIES + 3).apply(3 * MARK_ENTRIES + 1)
    expect(later.hear(2, 2 * MARK_ENTRIES, 'x').digests.sameAs(2)).toBe(null)
  })

  it('keeps a mark for every 128 entries, the newest 1,024', () => {
    const asked = new Asked(3).apply((MOST_MARKS + 3) * MARK_ENTRIES)
    const { marks } = asked.digests
    expect(marks.length).toBe(MOST_MARKS)
    expect(marks[0]).toEqual({ index: 4 * MARK_ENTRIES, zxid: 2 ** 32 + 4 * MARK_ENTRIES, digest: String(4 * MARK_ENTRIES) })
    expect(asked.hear(2, 4 * MARK_ENTRIES, 'x').digests.sameAs(2)).toBe(false)
  })

  it('takes no older comparison for a newer one, nor more words for later than it has room for', () => {
    const asked = new Asked(3)
      .apply(2 * MARK_ENTRIES)
      .hear(2, 2 * MARK_ENTRIES, 'x')
      .hear(2, MARK_ENTRIES, String(MARK_ENTRIES))
    expect(asked.digests.sameAs(2)).toBe(false)
    for (let index = 300; index < 400; index++) asked.hear(3, index, index === 300 ? '300' : 'x')
    expect(asked.apply(400).digests.sameAs(3)).toBe(false)
    expect(asked.digests.mismatches).toBe(1 + 7)
  })
})

describe('who is right', () => {
  it('nobody is wrong while nobody is known to differ', () => {
    expect(new Asked(3).apply(5).verdict).toBe('agreed')
    expect(new Asked(3).apply(5).hear(2, 5, '5').hear(3, 5, '5').verdict).toBe('agreed')
  })

  it('this server, when a quorum agrees with it', () => {
    expect(new Asked(3).apply(5).hear(2, 5, '5').hear(3, 5, 'x').verdict).toBe('agreed 3')
  })

  it('not this server, when one that differs speaks for a quorum', () => {
    expect(new Asked(3).apply(5).hear(2, 5, 'x', 2).verdict).toBe('astray 2')
    expect(new Asked(5).apply(5).hear(2, 5, '5').hear(3, 5, 'x', 3).verdict).toBe('astray 3')
  })

  it('nobody can tell, when neither has a quorum', () => {
    expect(new Asked(3).apply(5).hear(2, 5, 'x', 1).verdict).toBe('undecided 2')
    // Three states of three servers.
    expect(new Asked(3).apply(5).hear(2, 5, 'x', 1).hear(3, 5, 'y', 1).verdict).toBe('undecided 2,3')
    expect(new Asked(2).apply(5).hear(2, 5, 'x', 1).verdict).toBe('undecided 2')
  })

  it('it is told later: by the number of those who agree, and by a third server', () => {
    expect(new Asked(3).apply(5).hear(2, 5, 'x', 1).hear(2, 5, 'x', 2).verdict).toBe('astray 2')
    expect(new Asked(3).apply(5).hear(2, 5, 'x', 1).hear(3, 5, '5', 1).verdict).toBe('agreed 2')
  })

  it('the one that is told does not count among those who agree', () => {
    const asked = new Asked(3).apply(5).hear(2, 5, '5').hear(3, 5, 'x')
    expect([asked.digests.agreeing(0), asked.digests.agreeing(2), asked.digests.agreeing(3)]).toEqual([2, 1, 2])
  })

  it('what was known goes with the link, and with the state', () => {
    const asked = new Asked(3).apply(5).hear(2, 5, 'x')
    asked.digests.lost(2)
    expect(asked.verdict).toBe('agreed')
    asked.hear(2, 5, 'x').hear(3, 20, 'x').hear(3, 900, '900')
    asked.applied = 500
    asked.digests.replaced(500)
    expect(asked.verdict).toBe('agreed')
    expect(asked.apply(899).digests.sameAs(3)).toBe(null)
    expect(asked.apply(900).digests.sameAs(3)).toBe(true)
  })
})
