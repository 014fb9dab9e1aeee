// Leader election, cut at every message.

import { describe, expect, it } from 'vitest'
import { LeaderElection } from '../../../recipes/leader-election.ts'
import { cutAtEveryMessage } from './cuts.ts'
import type { Scenario } from './stage.ts'
import { background, tolerate } from './stage.ts'

const CAMPAIGN: Scenario = {
  name: 'a campaign, a proclamation and a resignation',
  async run(stage) {
    const { client, other, path, signal } = stage
    const before = await new LeaderElection(other, path).campaign()
    await stage.enter(before)
    await using election = new LeaderElection(client, path, { data: 'me' })
    const campaign = background(election.campaign({ signal }))
    await stage.until(async () => (await stage.children()).length === 2, 'it stands')
    await before.resign()
    const leadership = await campaign
    await stage.enter(leadership)
    await tolerate(stage, leadership.proclaim('me, ready', { signal }))
    await leadership.resign()
    const after = await new LeaderElection(other, path).campaign()
    await stage.enter(after)
    await after.resign()
  },
}

const SUCCESSOR: Scenario = {
  name: 'a successor that is named and takes over',
  async run(stage) {
    const { client, other, path, signal } = stage
    const leader = await new LeaderElection(other, path).campaign()
    await stage.enter(leader)
    const between = background(new LeaderElection(other, path).campaign())
    await stage.until(async () => (await stage.children()).length === 2, 'one waits')
    await using election = new LeaderElection(client, path, { data: 'heir' })
    const campaign = background(election.campaign({ signal }))
    await stage.until(async () => (await stage.children()).length === 3, 'two wait')
    await tolerate(stage, leader.handOver('heir', { timeoutMs: 2_000 })).catch((error: unknown) => {
      // In a new session the heir stands under another name.
      if (!stage.disturbed) throw error
    })
    await leader.resign()
    const one = Promise.race([campaign, between])
    for (const leading of [await one]) {
      await stage.enter(leading)
      await leading.resign()
    }
    const [heir, other2] = await Promise.all([campaign, between])
    for (const last of [heir, other2].sort((a, b) => Number(a.epoch - b.epoch))) {
      if (last.lostReason === 'released') continue
      await stage.enter(last)
      await last.resign()
    }
    if (!stage.disturbed) expect(other2.epoch).toBeGreaterThan(heir.epoch)
  },
}

const LEADER_HANDS_OVER: Scenario = {
  name: 'a leader that hands over',
  async run(stage) {
    const { client, other, path, signal } = stage
    await using election = new LeaderElection(client, path, { data: 'me' })
    const leader = await election.campaign({ signal })
    await stage.enter(leader)
    const campaign = background(new LeaderElection(other, path, { data: 'heir' }).campaign())
    await stage.until(async () => (await stage.children()).length === 2 || !leader.isHeld, 'one waits')
    await leader.handOver('heir', { timeoutMs: 2_000 }).catch((error: unknown) => {
      if (!stage.disturbed) throw error
    })
    await leader.resign()
    const heir = await campaign
    await stage.enter(heir)
    await heir.resign()
  },
}

const PREFERRED: Scenario = {
  name: 'a candidate that yields to one of a higher priority',
  async run(stage) {
    const { client, other, path, signal } = stage
    const leader = await new LeaderElection(other, path).campaign()
    await stage.enter(leader)
    await using election = new LeaderElection(client, path)
    const low = background(election.campaign({ signal }))
    await stage.until(async () => (await stage.children()).length === 2, 'one waits')
    const high = background(new LeaderElection(other, path, { priority: 5 }).campaign())
    await stage.until(async () => (await stage.children()).length === 3, 'two wait')
    await leader.resign()
    const first = await Promise.race([low, high])
    await stage.enter(first)
    await first.resign()
    for (const campaign of [high, low]) {
      const leadership = await campaign
      if (leadership.lostReason === 'released') continue
      await stage.enter(leadership)
      await leadership.resign()
    }
  },
}

describe('E-01, E-04, E-10, G-03, G-04, G-05, G-06, G-08, G-14, G-15: elections, cut at every message', () => {
  for (const scenario of [CAMPAIGN, SUCCESSOR, LEADER_HANDS_OVER, PREFERRED]) {
    it(scenario.name, { timeout: 600_000 }, async () => {
      const { messages, cells, struck } = await cutAtEveryMessage(scenario)
      expect(messages).toBeGreaterThanOrEqual(5)
      expect(struck).toBeGreaterThan(cells / 2)
    })
  }
})
