// Who may form an ensemble with whom, by what servers say of themselves.
import { describe, expect, it } from 'vitest'
import { Formation, foundingDigest, LEFT_OUT, type Statement } from '../../core/server/formation.ts'
import type { Founder } from '../../core/storage/server-identity.ts'

const IDS = [1, 2, 3]
const incarnation = (id: number, life = 1): string => `${id}${life}`.repeat(16)
const founder = (serverId: number, life = 1): Founder => ({ serverId, incarnation: incarnation(serverId, life) })
const NONE = Buffer.alloc(0)

function formation(id: number, { life = 1, seed = '', ids = IDS, initialize = false } = {}): Formation {
  return new Formation(founder(id, life), ids, seed, initialize)
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

  it('is told by others that they do not let it in, until they do', () => {
    const wiped = formation(1, { life: 2 })
    wiped.heard(2, unformed(formation(2)))
    wiped.turnedAway(3, 'server 3 knows another')
    expect(wiped.verdict).toEqual({ type: 'refused', problems: ['server 3 knows another'] })
    wiped.turnedAway(3, '')
    expect(wiped.verdict).toEqual({ type: 'waiting', missing: [3] })
  })

  it('forms alone when nobody else is named', () => {
    expect(formation(1, { ids: [1] }).verdict).toEqual({ type: 'formed', founders: [founder(1)] })
  })
})

describe('when somebody vouches for it that nothing was lost', () => {
  const without3 = [founder(1), founder(2), { serverId: 3, incarnation: LEFT_OUT }]

  it('a quorum is enough, and the others are left out', () => {
    const one = formation(1, { initialize: true })
    expect(one.verdict).toEqual({ type: 'waiting', missing: [2, 3] })
    one.heard(2, unformed(formation(2)))
    expect(one.verdict).toEqual({ type: 'formed', founders: without3 })
  })

  it('another joins who was not left out, whatever it sees by now', () => {
    const two = formation(2)
    two.heard(1, formed(1, without3))
    expect(two.verdict).toEqual({ type: 'waiting', missing: [3] })
    two.heard(3, unformed(formation(3)))
    expect(two.verdict).toEqual({ type: 'formed', founders: without3 })
    const vouched = formation(2, { initialize: true })
    vouched.heard(1, formed(1, without3))
    expect(vouched.verdict).toEqual({ type: 'formed', founders: without3 })
  })

  it('who was left out does not join, and who lost its data neither', () => {
    const three = formation(3, { initialize: true })
    three.heard(1, formed(1, without3))
    three.heard(2, formed(2, without3))
    expect(three.verdict.type).toBe('refused')
    const wiped = formation(2, { life: 2, initialize: true })
    wiped.heard(1, formed(1, without3))
    expect(wiped.verdict.type).toBe('refused')
  })
})
