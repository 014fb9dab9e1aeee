// A group of 10,000 members: everybody is seen, with one watch of the follower.

import { expect, it } from 'vitest'
import { Group } from '../../recipes/group.ts'
import { Fixture } from '../client/support.ts'
import { Stage } from './behaviour/stage.ts'

const fixture = new Fixture()

it('10,000 members of a group join, are followed, and leave with their clients', { timeout: 180_000 }, async () => {
  const stage = await Stage.open(fixture, { sessionTimeoutMs: 40_000 })
  const clients = [stage.client, ...(await Promise.all(Array.from({ length: 9 }, () => stage.another({ sessionTimeoutMs: 40_000 }))))]
  const group = new Group(stage.eye, '/g')
  const seen = new Set<string>()
  const following = (async () => {
    for await (const change of group.changes()) {
      if (change.type === 'join') seen.add(change.member.name)
      if (change.type === 'leave') seen.delete(change.member.name)
      if (seen.size === 10_000) return
    }
  })()
  await Promise.all(
    clients.flatMap((client, i) => {
      const own = new Group(client, '/g')
      return Array.from({ length: 1_000 }, (_, j) => own.join(`${i}-${j}`, 'x'))
    }),
  )
  await following
  const { members, zxid } = await group.members()
  expect(members.size).toBe(10_000)
  expect([...members.values()].every(({ token }) => token <= zxid)).toBe(true)
})
