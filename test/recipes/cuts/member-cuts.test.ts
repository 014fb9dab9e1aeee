// Groups, persistent nodes, partitions and services, cut at every message.

import { describe, expect, it } from 'vitest'
import { ZoariumError } from '../../../core/index.ts'
import type { GroupChange } from '../../../recipes/group.ts'
import { Group } from '../../../recipes/group.ts'
import type { Partition } from '../../../recipes/partitioner/jobs.ts'
import { Partitioner } from '../../../recipes/partitioner/partitioner.ts'
import { PersistentNode } from '../../../recipes/persistent-node.ts'
import { ServiceRegistry } from '../../../recipes/registry/service-registry.ts'
import { cutAtEveryMessage } from './cuts.ts'
import type { Scenario, Stage } from './stage.ts'
import { background, tolerate } from './stage.ts'

const GROUP: Scenario = {
  name: 'a member that joins, follows the others, writes and leaves',
  async run(stage) {
    const { client, other, path, signal } = stage
    const theirs = new Group(other, path)
    const them = await theirs.join('them', '1')
    await using group = new Group(client, path)
    const seen = new Map<string, string>()
    const following = background(follow(group.changes({ signal }), seen))
    const me = await group.join('me', '1', { signal })
    await tolerate(stage, me.setData('2', { signal }))
    await them.setData('2')
    await stage.until(() => seen.get('them') === '2' && seen.has('me'), 'both are seen')
    // Somebody may have spoiled it since.
    if (stage.fate !== 'own data spoiled') await stage.until(() => seen.get('me') === '2', 'its own change is seen')
    expect((await theirs.members()).members.get('me')?.self ?? false).toBe(false)
    await me.leave({ signal })
    await them.leave()
    await stage.until(() => seen.size === 0, 'nobody is there')
    await group.close()
    await expect(following).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  },
}

async function follow(changes: AsyncIterable<GroupChange>, seen: Map<string, string>): Promise<void> {
  for await (const change of changes) {
    if (change.type === 'synced') continue
    if (change.type === 'leave') seen.delete(change.member.name)
    else seen.set(change.member.name, `${change.member.data}`)
  }
}

const NODE: Scenario = {
  name: 'a persistent node that is made, changed and closed',
  async run(stage) {
    const { client, other, path, signal } = stage
    await using node = new PersistentNode(client, `${path}/node`, { data: '1' })
    await node.start({ signal })
    await tolerate(stage, node.setData('2', { signal }))
    const data = (): Promise<string> => other.getData(`${path}/node`).then(({ data }) => `${data}`, missing)
    if (stage.fate !== 'own data spoiled') await stage.until(async () => (await data()) === '2', 'it is there, with its data')
    await node.close()
    // With its client closed at the same time it goes with the session.
    await stage.until(async () => (await data()) === 'missing', 'it is gone')
  },
}

function missing(error: unknown): string {
  if (ZoariumError.is(error, 'NO_NODE')) return 'missing'
  throw error
}

const ITEMS = ['a', 'b', 'c', 'd']

const PARTITIONS: Scenario = {
  name: 'a member that takes its share of the items and gives it back',
  folders: (path) => [`${path}/members`, `${path}/leader`, ...ITEMS.map((item) => `${path}/items/${item}`)],
  mostMessages: 200,
  async run(stage) {
    const { client, other, path, signal } = stage
    const floor = new Floor(stage)
    await using theirs = new Partitioner(other, path, floor.options('them'))
    await theirs.start()
    await stage.until(() => theirs.owned.length === ITEMS.length, 'they have all')
    await using ours = new Partitioner(client, path, floor.options('us'))
    await ours.start({ signal })
    await stage.until(() => ours.owned.length === 2 && theirs.owned.length === 2, 'both have their share')
    await ours.close({ signal })
    await stage.until(() => theirs.owned.length === ITEMS.length, 'they have all again')
    await theirs.close()
    expect(floor.wrong).toEqual([])
  },
}

/** Who works on what: nobody beside a holder, unless the servers took the item from that one. */
class Floor {
  readonly wrong: string[] = []
  readonly #stage: Stage
  readonly #working = new Map<string, Partition>()
  readonly #tokens = new Map<string, bigint>()

  constructor(stage: Stage) {
    this.#stage = stage
  }

  options(name: string): ConstructorParameters<typeof Partitioner>[2] {
    return { items: ITEMS, name, settleMs: 5, work: (partition) => this.#work(partition), onError: () => {} }
  }

  /** Whose session or znode somebody ends may learn it after the next one has begun: there the tokens count. */
  get #isTakenAway(): boolean {
    return this.#stage.fate === 'own znodes deleted' || this.#stage.fate === 'new session'
  }

  async #work(partition: Partition): Promise<void> {
    const { item, grant, signal } = partition
    const before = this.#working.get(item)
    if (before?.grant.isHeld === true && grant.isHeld && !this.#isTakenAway) this.wrong.push(`two work on ${item}`)
    if (grant.token < (this.#tokens.get(item) ?? 0n)) this.wrong.push(`the token of ${item} went back`)
    this.#tokens.set(item, grant.token)
    this.#working.set(item, partition)
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    if (this.#working.get(item) === partition) this.#working.delete(item)
  }
}

const SERVICE: Scenario = {
  name: 'a service that is registered, found, changed and taken out',
  folders: (path) => [`${path}/mail`],
  async run(stage) {
    const { client, other, path, signal } = stage
    await using theirs = new ServiceRegistry(other, path, { onError: () => {} })
    await theirs.register({ service: 'mail', address: 'there', id: 'b' })
    await using ours = new ServiceRegistry(client, path, { onError: () => {} })
    const registration = await ours.register({ service: 'mail', address: 'here', id: 'a', payload: { load: 1 } }, { signal })
    const [fromHere, fromThere] = [await ours.discover('mail', { signal }), await theirs.discover('mail')]
    await tolerate(stage, registration.setPayload({ load: 2 }, { signal }))
    for (const directory of [fromHere, fromThere]) {
      // What somebody spoiled is left out until its owner writes again.
      const wanted = stage.fate === 'own data spoiled' ? ['a:2 b:undefined', 'b:undefined'] : ['a:2 b:undefined']
      await stage.until(() => wanted.includes(ids(directory.instances())), 'both are found')
    }
    await registration.close({ signal })
    for (const directory of [fromHere, fromThere]) await stage.until(() => ids(directory.instances()) === 'b:undefined', 'it is gone')
    await theirs.close()
  },
}

function ids(instances: readonly { readonly id: string; readonly payload: unknown }[]): string {
  const load = (payload: unknown): unknown =>
    typeof payload === 'object' && payload !== null && 'load' in payload ? payload.load : undefined
  return instances
    .map(({ id, payload }) => `${id}:${load(payload)}`)
    .sort()
    .join(' ')
}

describe('G-03, G-05, G-08, G-14, G-15, P-03, T-01, T-04: members, cut at every message', () => {
  for (const scenario of [GROUP, NODE, PARTITIONS, SERVICE]) {
    it(scenario.name, { timeout: 900_000 }, async () => {
      const { messages, cells, struck } = await cutAtEveryMessage(scenario)
      expect(messages).toBeGreaterThanOrEqual(5)
      expect(struck).toBeGreaterThan(cells / 2)
    })
  }
})
