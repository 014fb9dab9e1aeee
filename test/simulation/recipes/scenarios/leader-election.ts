// LeaderElection: candidates that campaign and that stand, hand over and resign, and observers.

import { LeaderElection, type Leadership } from '../../../../recipes/index.ts'
import { Beliefs, Fence } from '../beliefs.ts'
import { type Actor, expectCode, Scenario, type ScenarioWorld } from '../scenario.ts'

const FOLDER = '/elections/main'
const ENDED = new Error('the scenario is over')

export class LeaderElectionScenario extends Scenario {
  readonly #beliefs: Beliefs
  readonly #fence: Fence
  readonly #priorities: boolean
  #lastEpoch = 0n

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
    this.#fence = new Fence(world, '/schedule')
    this.#priorities = world.random.below(2) === 0
  }

  async work(actor: Actor): Promise<void> {
    const { client, random, onError } = actor
    await actor.waits('prepare', this.#fence.make(actor))
    const priority = this.#priorities ? random.below(3) : 0
    const election = new LeaderElection(client, FOLDER, { data: actor.name, priority, onError })
    const end = new AbortController()
    const observer = this.#observe(actor, election, end.signal)
    while (!this.world.over) {
      if (random.below(3) === 0) await this.#stand(actor, election)
      else await this.#campaign(actor, election, random.below(2) === 0 ? {} : { timeoutMs: random.below(900) })
      if (random.below(3) === 0) await actor.sleep(random.below(80))
    }
    await this.#campaign(actor, election, {})
    end.abort(ENDED)
    await observer
    await actor.waits('close', election.close())
  }

  async #campaign(actor: Actor, election: LeaderElection, options: { readonly timeoutMs?: number }): Promise<void> {
    try {
      const leadership = await actor.waits('campaign', election.campaign(options))
      await this.#lead(actor, leadership)
      if (actor.random.below(4) === 0) await this.#handOver(actor, election, leadership)
      await actor.waits('resign', leadership.resign())
    } catch (error) {
      this.world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
    }
  }

  async #stand(actor: Actor, election: LeaderElection): Promise<void> {
    const onError = (error: unknown): void => this.world.saw(`term: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'SESSION_EXPIRED')}`)
    const candidacy = election.stand({ onError })
    try {
      const controller = new AbortController()
      const timer = setTimeout(() => controller.abort(ENDED), 300 + actor.random.below(900))
      try {
        const leadership = await actor.waits('to be elected', candidacy.elected({ signal: controller.signal }))
        await this.#lead(actor, leadership)
      } finally {
        clearTimeout(timer)
      }
    } catch (error) {
      if (error !== ENDED) throw error
    } finally {
      await actor.waits('withdraw', candidacy.withdraw())
    }
  }

  async #lead(actor: Actor, leadership: Leadership): Promise<void> {
    if (leadership.signal.aborted) return
    this.world.saw('led')
    this.world.say(actor.name, `leads by ${leadership.path}, epoch ${leadership.epoch.toString(16)}`)
    this.#beliefs.checkGranted(leadership, false)
    for (const other of this.#beliefs.now()) {
      this.world.fail(
        `${actor.name} leads (epoch ${leadership.epoch.toString(16)}), and ${this.#beliefs.describe(other)} still believes to`,
      )
    }
    if (leadership.epoch <= this.#lastEpoch) {
      this.world.fail(`epoch ${leadership.epoch.toString(16)} comes after ${this.#lastEpoch.toString(16)}`)
    }
    this.#lastEpoch = leadership.epoch
    const belief = this.#beliefs.add(actor, leadership)
    try {
      for (let writes = actor.random.below(3); writes > 0; writes--) {
        const writing: Promise<unknown> =
          actor.random.below(3) === 0 ? leadership.proclaim(`${actor.name} again`) : leadership.guard([this.#fence.op(leadership)])
        await actor.waits('guarded write', writing)
      }
      await actor.sleep(actor.random.below(50))
    } catch (error) {
      this.world.saw(`guard: ${expectCode(error, 'ERR_LOST', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
    } finally {
      this.#beliefs.end(belief)
    }
  }

  async #handOver(actor: Actor, election: LeaderElection, leadership: Leadership): Promise<void> {
    try {
      const others = (await actor.waits('participants', election.participants())).filter(({ path }) => path !== leadership.path)
      const to = others[actor.random.below(others.length)]
      if (to === undefined) return
      await actor.waits('hand-over', leadership.handOver(to, { timeoutMs: actor.random.below(1000) }))
      this.world.saw('led to another')
    } catch (error) {
      this.world.saw(
        `hand-over: ${expectCode(error, 'ERR_CONFLICT', 'ERR_TIMEOUT', 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`,
      )
    }
  }

  async #observe(actor: Actor, election: LeaderElection, ended: AbortSignal): Promise<void> {
    let last = 0n
    try {
      for await (const { leader, epoch } of election.observe({ signal: ended })) {
        this.world.saw(leader === undefined ? 'vacancy observed' : 'leader observed')
        if (leader === undefined || epoch === null) continue
        if (epoch < last) this.world.fail(`${actor.name} observes epoch ${epoch.toString(16)} after ${last.toString(16)}`)
        last = epoch
        const lived = this.world.history.of(leader.path).some(({ node }) => node !== null && BigInt(node.czxid) === leader.stat.czxid)
        if (!lived) this.world.fail(`${actor.name} observes a leader that never was: ${leader.path}`)
      }
    } catch (error) {
      if (error !== ENDED) throw error
    }
  }

  override check(): void {
    const left = this.world.history.below(FOLDER)
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
