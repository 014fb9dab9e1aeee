// Queue: every item that was put is completed once; nobody else believes to have an item that somebody has.

import { Queue, type QueuedItem } from '../../../../recipes/index.ts'
import { Beliefs } from '../beliefs.ts'
import { type Actor, expectCode, inParallel, Scenario, type ScenarioWorld } from '../scenario.ts'

const PATH = '/queues/mails'
const DONE = '/done'
const GAVE_UP = new Error('gave up')

export class QueueScenario extends Scenario {
  readonly #beliefs: Beliefs
  readonly #takers: number
  /** Items whose putting was resolved. */
  readonly #put = new Set<string>()
  readonly #completed = new Set<string>()

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
    this.#takers = 1 + world.random.below(2)
    const made = new Map<string, string>()
    world.history.onChange.push(({ path, type, node }) => {
      if (type !== 'created' || node === null || !path.startsWith(`${PATH}/items/`)) return
      // The path has a number of its own, so a second znode with this data is a second item: allowed only where the first one could not be found any more.
      const before = made.get(node.data)
      if (before !== undefined && world.history.tree.has(before)) world.fail(`${node.data} is put in twice: ${before} and ${path}`)
      if (before !== undefined) world.saw('put again after its completion')
      made.set(node.data, path)
    })
  }

  async work(actor: Actor): Promise<void> {
    const { client, random, onError } = actor
    await actor.waits('prepare', prepare(actor))
    const queue = new Queue(client, PATH, { onError })
    let number = 0
    const putting = inParallel(1, async () => {
      while (!this.world.over) {
        const name = `${actor.name}.${++number}`
        try {
          await actor.waits('put', queue.put(name, random.below(4) === 0 ? { timeoutMs: random.below(300) } : {}))
          this.#put.add(name)
          this.world.saw('put')
        } catch (error) {
          this.world.saw(`put: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
        }
        await actor.sleep(random.below(60))
      }
    })
    const taking = inParallel(this.#takers, async () => {
      while (!this.world.over) await this.#take(actor, queue)
    })
    await Promise.all([putting, taking])
    // What is left is emptied by all together.
    while (this.world.history.below(`${PATH}/items`).length > 0) await this.#take(actor, queue)
    await actor.waits('close', queue.close())
  }

  async #take(actor: Actor, queue: Queue): Promise<void> {
    const { random } = actor
    try {
      if (random.below(4) === 0) {
        const item = await actor.waits('tryTake', queue.tryTake())
        if (item !== null) await this.#handle(actor, item)
        return
      }
      const controller = new AbortController()
      const timer = random.below(4) === 0 ? setTimeout(() => controller.abort(GAVE_UP), random.below(200)) : undefined
      try {
        await this.#handle(actor, await actor.waits('take', queue.take({ signal: controller.signal, timeoutMs: 30 + random.below(500) })))
      } finally {
        clearTimeout(timer)
      }
    } catch (error) {
      if (error !== GAVE_UP) this.world.saw(`take: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
    }
  }

  async #handle(actor: Actor, item: QueuedItem): Promise<void> {
    const { world } = this
    const name = item.data?.toString() ?? ''
    if (item.signal.aborted) return
    world.say(actor.name, `takes ${item.path}, attempt ${item.attempt}`)
    for (const other of this.#beliefs.now()) {
      if (other.kind === item.path) world.fail(`${actor.name} takes ${item.path}, and ${other.actor.name} still has it`)
    }
    const session = actor.client.session
    const believed = { path: item.path, token: item.token, signal: item.signal, deadlineMs: session.deadlineMs }
    const belief = this.#beliefs.add(actor, believed, item.path)
    try {
      await actor.sleep(actor.random.below(40))
      if (actor.random.below(5) === 0) {
        await actor.waits('release', item.release())
        world.saw('given back')
        return
      }
      await actor.waits('complete', this.#complete(item, name))
      world.saw('completed')
      this.#completed.add(name)
    } catch (error) {
      world.saw(`complete: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
      await actor.waits('release', item.release())
    } finally {
      this.#beliefs.end(belief)
    }
  }

  // The znode that is made in the same transaction is made once.
  async #complete(item: QueuedItem, name: string): Promise<void> {
    try {
      await item.complete([{ type: 'create', path: `${DONE}/${name}` }])
    } catch (error) {
      if (expectCode(error, 'NODE_EXISTS', 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED') !== 'NODE_EXISTS')
        throw error
      await item.complete()
    }
  }

  override check(): void {
    const { history } = this.world
    for (const name of this.#put) if (!history.tree.has(`${DONE}/${name}`)) this.world.fail(`${name} was put in and never completed`)
    for (const name of this.#completed)
      if (!history.tree.has(`${DONE}/${name}`)) this.world.fail(`${name} was completed, but not its transaction`)
    for (const folder of ['items', 'taken', 'dead', 'clocks']) {
      const left = history.below(`${PATH}/${folder}`)
      if (left.length > 0) this.world.fail(`left in ${folder}: ${left.join(', ')}`)
    }
  }
}

async function prepare({ client, sleep }: Actor): Promise<void> {
  for (;;) {
    try {
      await client.ensurePath(DONE)
      return
    } catch (error) {
      expectCode(error, 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED', 'ERR_LOST')
    }
    await sleep(50)
  }
}
