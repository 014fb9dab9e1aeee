// Who may form an ensemble with whom, by what servers say of themselves.
import { describe, expect, it } from 'vitest'
import { Formation, foundingDigest, type Statement } from '../../core/server/formation.ts'
import type { Founder } from '../../core/storage/server-identity.ts'

const IDS = [1, 2, 3]
const incarnation = (id: number, life = 1): string => `${id}${life}`.repeat(16)
const founder = (serverId: number, life = 1): Founder => ({ serverId, incarnation: incarnation(serverId, life) })
const NONE = Buffer.alloc(0)

function formation(id: number, { life = 1, seed = '', ids = IDS } = {}): Formation {
  return new Formation(founder(id, life), ids, seed)
}

/** What a server of that formation says as long as it belongs to no ensemble. */
function unformed(of: Formation): Statement {
  return { incarnation: of.self.incarnation, unformed: true, configurationDigest: of.configurationDigest, foundingDigest: NONE }
}

/** What a server says that formed with these. */
function formed(id: number, founders: readonly Founder[], life = 1): Statement {
  return { incarnation: incarnation(id, life), unformed: false, configurationDigest: NONE, foundingDigest: foundingDigest(founders) }
}

describe('a server without an ensemble', () => {
  it('waits until everybody has spoken, and again when one is gone', () => {
    const one = formation(1)
    expect(one.verdict).toEqual({ type: 'waiting', missing: [2, 3] })
    one.heard(2, unformed(formation(2)))
    one.heard(3, unformed(formation(3)))
    expect(one.verdict).toEqual({ type: 'formed', founders: IDS.map((id) => founder(id)) })
    one.lost(2)
    expect(one.verdict).toEqual({ type: 'waiting', missing: [2] })
  })

  it('forms with those who formed with it already', () => {
    const one = formation(1)
    one.heard(
      2,
      formed(
        2,
        IDS.map((id) => founder(id)),
      ),
    )
    one.heard(3, unformed(formation(3)))
    expect(one.verdict.type).toBe('formed')
  })

  it('does not form when it lost its data: the others know its former incarnation', () => {
    const wiped = formation(1, { life: 2 })
    const before = IDS.map((id) => founder(id))
    wiped.heard(2, formed(2, before))
    wiped.heard(3, formed(3, before))
    expect(wiped.verdict).toMatchObject({ type: 'refused', problems: [/server 2/, /server 3/].map((text) => expect.stringMatching(text)) })
  })

  it('does not form without the one that kept its data, however many lost theirs', () => {
    const wiped = formation(1, { life: 2 })
    wiped.heard(2, unformed(formation(2, { life: 2 })))
    expect(wiped.verdict).toEqual({ type: 'waiting', missing: [3] })
    wiped.heard(
      3,
      formed(
        3,
        IDS.map((id) => founder(id)),
      ),
    )
    expect(wiped.verdict.type).toBe('refused')
  })

  it.each([
    ['other servers', formation(2, { ids: [1, 2] })],
    ['other data', formation(2, { seed: '7 7 1 abc' })],
  ])('does not form with one that is configured with %s', (_, other) => {
    const one = formation(1)
    one.heard(2, unformed(other))
    one.heard(3, unformed(formation(3)))
    expect(one.verdict).toMatchObject({ type: 'refused', problems: [expect.stringMatching(/server 2 is configured with other servers/)] })
  })

  it('forms alone when nobody else is named', () => {
    expect(formation(1, { ids: [1] }).verdict).toEqual({ type: 'formed', founders: [founder(1)] })
  })
})
