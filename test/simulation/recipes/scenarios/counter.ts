// Counter: every change that resolves happened once and has a share of its own; one whose end is unknown happened once or not at all.

import { Counter } from '../../../../recipes/index.ts'
import { type Actor, expectCode, inParallel, Scenario, type ScenarioWorld } from '../scenario.ts'

const PATH = '/counters/orders'
const GAVE_UP = new Error('gave up')

export class CounterScenario extends Scenario {
  readonly #tasks: number
  /** What each change that resolved was told of, by the value after it. */
  readonly #shares = new Map<bigint, bigint>()
  #done = 0n
  /** Changes whose end nobody was told, each 0 or 1 times done. */
  readonly #uncertain = new Set<{ readonly delta: bigint }>()

  constructor(world: ScenarioWorld) {
    super(world)
    this.#tasks = 1 + world.random.below(4)
    let before = 0n
    // Deltas are positive, so the value rises with each write.
    world.history.onChange.push(({ path, node, type }) => {
      if (path !== PATH || node === null || type === 'deleted') return
      const value = numberIn(node.data)
      if (value <= before && type === 'changed') world.fail(`the counter goes from ${before} to ${value}`)
      before = value
    })
  }

  async work(actor: Actor): Promise<void> {
    const counter = new Counter(actor.client, PATH)
    await inParallel(this.#tasks, async () => {
      while (!this.world.over) {
        await this.#add(actor, counter)
        if (actor.random.below(3) === 0) await actor.sleep(actor.random.below(50))
      }
      await this.#add(actor, counter)
    })
    const value = await actor.waits('get', counter.get())
    if (value < this.#done) this.world.fail(`get shows ${value}, and changes of ${this.#done} had resolved`)
  }

  async #add(actor: Actor, counter: Counter): Promise<void> {
    const { random } = actor
    const delta = BigInt(1 + random.below(5))
    const uncertain = { delta }
    const controller = new AbortController()
    const timer = random.below(5) === 0 ? setTimeout(() => controller.abort(GAVE_UP), random.below(150)) : undefined
    this.#uncertain.add(uncertain)
    try {
      const { before, after } = await actor.waits('add', counter.add(delta, timer === undefined ? {} : { signal: controller.signal }))
      this.#uncertain.delete(uncertain)
      this.#done += delta
      this.world.saw('added')
      if (after - before !== delta) this.world.fail(`adding ${delta} went from ${before} to ${after}`)
      if (this.#shares.has(after)) this.world.fail(`two changes came to ${after}`)
      this.#shares.set(after, before)
    } catch (error) {
      if (error === GAVE_UP) this.world.saw('gave up')
      else this.world.saw(`add: ${expectCode(error, 'ERR_UNKNOWN_OUTCOME', 'ERR_LOST', 'SESSION_EXPIRED')}`)
    } finally {
      clearTimeout(timer)
    }
  }

  override check(): void {
    const node = this.world.history.tree.get(PATH)
    const value = node === undefined ? 0n : numberIn(node.data)
    const most = [...this.#uncertain].reduce((sum, { delta }) => sum + delta, this.#done)
    if (value < this.#done || value > most) this.world.fail(`the counter stands at ${value}, and ${this.#done} to ${most} was added`)
    let last = 0n
    for (const [after, before] of [...this.#shares].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (before < last) this.world.fail(`the change from ${before} to ${after} overlaps with one to ${last}`)
      last = after
    }
  }
}

function numberIn(data: string): bigint {
  const number = /-?\d+/.exec(data)?.[0]
  if (number === undefined) throw new Error(`no number in ${data}`)
  return BigInt(number)
}
