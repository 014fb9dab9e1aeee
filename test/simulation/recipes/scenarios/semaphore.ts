// Semaphore: never more permits are believed in than there are, and whoever wants many gets them in the end.

import { Semaphore } from '../../../../recipes/index.ts'
import { Beliefs } from '../beliefs.ts'
import { type Actor, expectCode, inParallel, Scenario, type ScenarioWorld } from '../scenario.ts'

const FOLDER = '/limits/uploads'

export class SemaphoreScenario extends Scenario {
  readonly #beliefs: Beliefs
  readonly #tasks: number
  readonly #permits: number

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
    this.#tasks = 1 + world.random.below(3)
    this.#permits = 1 + world.random.below(4)
  }

  async work(actor: Actor): Promise<void> {
    const { random, client, onError } = actor
    const semaphore = new Semaphore(client, FOLDER, { permits: this.#permits, label: actor.name, onError })
    await inParallel(this.#tasks, async () => {
      while (!this.world.over) {
        await this.#contend(actor, semaphore, random.below(2) === 0 ? {} : { timeoutMs: random.below(900) })
        if (random.below(3) === 0) await actor.sleep(random.below(60))
      }
      await this.#contend(actor, semaphore, {})
    })
    await actor.waits('close', semaphore.close())
  }

  async #contend(actor: Actor, semaphore: Semaphore, options: { readonly timeoutMs?: number }): Promise<void> {
    const { random } = actor
    const permits = 1 + random.below(this.#permits)
    try {
      const grant = await actor.waits(`${permits} permits`, semaphore.acquire({ ...options, permits }))
      if (!grant.signal.aborted) {
        this.world.saw('held')
        this.world.say(actor.name, `holds ${permits} permits by ${grant.path}`)
        this.#beliefs.checkGranted(grant, false)
        const others = this.#beliefs.now()
        const taken = others.reduce((sum, { weight }) => sum + weight, permits)
        if (taken > this.#permits) {
          this.world.fail(
            `${actor.name} gets ${permits} of ${this.#permits} permits, and others believe: ${others.map((other) => `${other.weight}: ${this.#beliefs.describe(other)}`).join(', ')}`,
          )
        }
        const belief = this.#beliefs.add(actor, grant, 'permits', permits)
        await actor.sleep(random.below(50))
        this.#beliefs.end(belief)
      }
      await actor.waits('release', grant.release())
    } catch (error) {
      this.world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
    }
  }

  override check(): void {
    const left = this.world.history.below(FOLDER)
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
