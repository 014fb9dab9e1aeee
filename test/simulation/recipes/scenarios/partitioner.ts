// Partitioner: an item is worked on by one process at a time, and in the end every item by somebody.

import { type Partition, Partitioner } from '../../../../recipes/index.ts'
import { Beliefs } from '../beliefs.ts'
import { type Actor, expectCode, Scenario, type ScenarioWorld } from '../scenario.ts'

const PATH = '/partitions'
const ITEMS = ['a', 'b', 'c', 'd', 'e'] as const

export class PartitionerScenario extends Scenario {
  readonly #beliefs: Beliefs
  /** Items that were worked on since faults are over. */
  readonly #served = new Set<string>()

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
  }

  async work(actor: Actor): Promise<void> {
    const { random } = actor
    while (!this.world.over) await this.#takePart(actor, 100 + random.below(1500))
    await this.#takePart(actor, 0)
  }

  // The last time it stays until all items were served by somebody.
  async #takePart(actor: Actor, forMs: number): Promise<void> {
    const partitioner = new Partitioner(actor.client, PATH, {
      items: ITEMS,
      name: actor.name,
      settleMs: 50,
      work: (partition) => this.#serve(actor, partition),
      onError: (error) =>
        this.world.saw(`error: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`),
    })
    await actor.waits('start', partitioner.start())
    if (forMs > 0) await actor.sleep(forMs)
    else while (this.#served.size < ITEMS.length) await actor.waits(`all items but ${[...this.#served]}`, actor.sleep(20))
    await actor.waits('close', partitioner.close())
  }

  async #serve(actor: Actor, { item, grant, signal }: Partition): Promise<void> {
    if (grant.signal.aborted) return
    this.world.saw('served')
    this.world.say(actor.name, `serves ${item}`)
    for (const other of this.#beliefs.now()) {
      if (other.kind === item) this.world.fail(`${actor.name} serves ${item}, and ${this.#beliefs.describe(other)} still does`)
    }
    const belief = this.#beliefs.add(actor, grant, item)
    if (this.world.over) this.#served.add(item)
    try {
      while (!signal.aborted) await actor.sleep(10)
    } finally {
      this.#beliefs.end(belief)
    }
  }

  override check(): void {
    const { history } = this.world
    const left = history.below(PATH).filter((path) => history.tree.get(path)?.owner !== '')
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
