// Who believes to hold what: asked whenever somebody is granted something, whether anybody else still believes in what excludes it.
//
// A process believes until the grant's signal aborts. One that is paused cannot be told, so of it the clock counts: beyond the deadline its first look at the
// grant says "lost". A grant whose znode somebody else deleted (a forced break) is out of it: its holder hears of that when the event comes.

import { type Actor, expectCode, type ScenarioWorld } from './scenario.ts'

/** What the recipes' grants have in common. */
export interface Believed {
  readonly path: string
  readonly token: bigint
  readonly signal: AbortSignal
  readonly deadlineMs: number
}

export interface Belief {
  readonly actor: Actor
  readonly grant: Believed
  /** How it excludes others: `write`, `read`, a number of permits. */
  readonly kind: string
  readonly weight: number
}

export class Beliefs {
  readonly #world: ScenarioWorld
  readonly #held = new Set<Belief>()
  /** By path: who asked for the deletion of another session's znode. */
  readonly #broken = new Set<string>()

  constructor(world: ScenarioWorld) {
    this.#world = world
    world.history.onChange.push((change) => {
      const before = world.history.of(change.path).at(-2)?.node
      if (change.type === 'deleted' && before != null && before.owner !== '' && before.owner !== change.session)
        this.#broken.add(change.path)
      // A forced break may come from the holder's own process: the note of it is in the same transaction.
      if (change.type === 'changed' && change.node?.data.startsWith('{"broken":') === true) {
        const gone = world.history.changes.filter(({ zxid, type }) => zxid === change.zxid && type === 'deleted')
        for (const { path } of gone) this.#broken.add(path)
      }
    })
  }

  /** Those who believe now, other than `except`. */
  now(except?: Belief): Belief[] {
    for (const belief of this.#held) if (!this.#isBelieved(belief)) this.#held.delete(belief)
    return [...this.#held].filter((belief) => belief !== except)
  }

  add(actor: Actor, grant: Believed, kind = '', weight = 1): Belief {
    const belief = { actor, grant, kind, weight }
    this.#held.add(belief)
    return belief
  }

  /** The holder lets go: it does nothing under the grant from here on. */
  end(belief: Belief): void {
    this.#held.delete(belief)
  }

  describe({ actor, grant }: Belief): string {
    return `${actor.name} (${grant.path}, token ${grant.token.toString(16)})`
  }

  #isBelieved({ actor: { machine }, grant }: Belief): boolean {
    if (machine.dead || this.#broken.has(grant.path)) return false
    // A process that runs is told by its signal, at the latest when it looks, by its own clock; of one that is paused the clock counts.
    if (machine.paused && machine.nowMs >= grant.deadlineMs) return false
    return !machine.run(() => grant.signal.aborted)
  }

  /** A grant stands for a znode that its session made, and in a queue nobody is before it. */
  checkGranted(grant: Believed & { readonly sessionId: bigint }, queued: boolean): void {
    const { history } = this.#world
    const token = Number(grant.token)
    const made = history.of(grant.path).find(({ node }) => node?.czxid === token)
    if (made === undefined) this.#world.fail(`a grant of ${grant.path} has a token ${token.toString(16)} that no znode of it ever had`)
    if (BigInt(`0x${made.node?.owner || '0'}`) !== grant.sessionId)
      this.#world.fail(`the grant of ${grant.path} is not of the znode's session`)
    if (!queued) return
    const folder = grant.path.slice(0, grant.path.lastIndexOf('/'))
    const own = sequenceOf(grant.path)
    const before = history.below(folder).filter((path) => sequenceOf(path) < own && history.tree.get(path)?.owner !== '')
    if (before.length > 0) this.#world.fail(`${grant.path} is granted, and before it stands ${before.join(', ')}`)
  }
}

/** The number that the server put behind a sequential znode's name; none: larger than all. */
export function sequenceOf(path: string): number {
  const digits = /\d{10}$/.exec(path)
  return digits === null ? Number.POSITIVE_INFINITY : Number(digits[0])
}

/** A znode that guarded writes set to their token: no older token is ever written after a newer one. */
export class Fence {
  readonly path: string

  constructor(world: ScenarioWorld, path: string) {
    this.path = path
    let highest = 0n
    world.history.onChange.push(({ path: changed, type, node }) => {
      if (changed !== path || type !== 'changed' || node === null) return
      const token = BigInt(node.data)
      if (token < highest) world.fail(`a write guarded by token ${token.toString(16)} came after one by ${highest.toString(16)}`)
      highest = token
      world.saw('guarded write')
    })
  }

  /** Tries until it is there: the session may end meanwhile. */
  async make({ client, sleep }: Actor): Promise<void> {
    for (;;) {
      try {
        await client.ensurePath(this.path)
        return
      } catch (error) {
        expectCode(error, 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED', 'ERR_LOST')
      }
      await sleep(50)
    }
  }

  op(grant: Believed): { type: 'setData'; path: string; data: string } {
    return { type: 'setData', path: this.path, data: `${grant.token}` }
  }
}
