// Group: members that come and go, and observers who are told of every coming and going.

import { Group, type GroupChange, type Member, type Membership } from '../../../../recipes/index.ts'
import { type Actor, expectCode, Scenario } from '../scenario.ts'

const FOLDER = '/groups/workers'
const NAMES = ['alpha', 'beta', 'gamma'] as const
const ENDED = new Error('the scenario is over')

export class GroupScenario extends Scenario {
  async work(actor: Actor): Promise<void> {
    const group = new Group(actor.client, FOLDER, { onError: actor.onError })
    const end = new AbortController()
    const known = new Map<string, Member>()
    const observer = this.#observe(actor, group, known, end.signal)
    while (!this.world.over) {
      await this.#takePart(actor, group)
      if (actor.random.below(3) === 0) await actor.sleep(actor.random.below(80))
    }
    await actor.waits('a view that is equal to the tree', this.#untilEqual(actor, known))
    end.abort(ENDED)
    await observer
    await actor.waits('close', group.close())
  }

  async #takePart(actor: Actor, group: Group): Promise<void> {
    const { random } = actor
    // A name of its own, or one that others want, too.
    const name = random.below(3) === 0 ? (NAMES[random.below(NAMES.length)] as string) : actor.name
    const onTaken = (['wait', 'replace', 'reject'] as const)[random.below(3)] as 'wait'
    try {
      const me = await actor.waits(`join as ${name}`, group.join(name, 'new', { onTaken, timeoutMs: 100 + random.below(1500) }))
      this.world.saw('joined')
      for (let i = random.below(3); i > 0; i--) {
        await actor.sleep(random.below(60))
        await this.#update(actor, me)
      }
      if (random.below(4) === 0) await actor.sleep(random.below(900))
      await actor.waits('leave', me.leave())
      if (me.generation > 1) this.world.saw('joined again by itself')
    } catch (error) {
      this.world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'NODE_EXISTS', 'ERR_LOST', 'SESSION_EXPIRED')}`)
    }
  }

  async #update(actor: Actor, me: Membership): Promise<void> {
    try {
      await actor.waits('setData', me.setData(`${actor.name} ${actor.random.below(1000)}`))
    } catch (error) {
      this.world.saw(`setData: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
    }
  }

  async #observe(actor: Actor, group: Group, known: Map<string, Member>, ended: AbortSignal): Promise<void> {
    try {
      for await (const change of group.changes({ signal: ended })) {
        this.#follow(actor, known, change)
        if (actor.random.below(8) === 0) await actor.sleep(actor.random.below(100))
      }
    } catch (error) {
      if (error !== ENDED) throw error
    }
  }

  // What is told of a member follows from what was told before, and was so.
  #follow(actor: Actor, known: Map<string, Member>, change: GroupChange): void {
    const { world } = this
    world.saw(`observed: ${change.type}`)
    if (change.type === 'synced') {
      const told = [...known.values()].map(({ name, token }) => `${name} ${token}`).sort()
      const synced = [...change.members.values()].map(({ name, token }) => `${name} ${token}`).sort()
      if (String(told) !== String(synced)) world.fail(`${actor.name} was told of ${told}, and then that there are ${synced}`)
      return
    }
    const { member } = change
    const before = known.get(member.name)
    world.say(actor.name, `is told ${change.type} of ${member.name}, token ${member.token.toString(16)}, ${change.zxid.toString(16)}`)
    const wrong = (what: string): never => world.fail(`${actor.name} is told "${change.type}" of ${member.name}: ${what}`)
    if (change.type === 'join' ? before !== undefined : before?.token !== member.token)
      wrong(`it knows ${before?.token.toString(16) ?? 'nobody'}`)
    if (change.type === 'update' && (before?.stat.mzxid ?? 0n) >= member.stat.mzxid) wrong('it is no newer than before')
    if (change.type === 'leave') known.delete(member.name)
    else {
      known.set(member.name, member)
      const was = world.history
        .of(`${FOLDER}/${member.name}`)
        .some(
          ({ node }) =>
            node?.mzxid === Number(member.stat.mzxid) &&
            node.czxid === Number(member.token) &&
            node.data === (member.data?.toString() ?? ''),
        )
      if (!was) wrong('it never was like that')
    }
  }

  async #untilEqual(actor: Actor, known: ReadonlyMap<string, Member>): Promise<void> {
    const { history } = this.world
    const tokenOf = (path: string): string => `${path} ${history.tree.get(path)?.czxid} ${history.tree.get(path)?.mzxid}`
    for (;;) {
      const there = history.below(FOLDER).map(tokenOf)
      const told = [...known.values()].map(({ name, token, stat }) => `${FOLDER}/${name} ${token} ${stat.mzxid}`).sort()
      if (String(there.sort()) === String(told)) return
      await actor.sleep(30)
    }
  }

  override check(): void {
    const left = this.world.history.below(FOLDER)
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
