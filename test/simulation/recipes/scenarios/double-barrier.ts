// DoubleBarrier: nobody passes before all are there, nobody has left before all have.

import { DoubleBarrier } from '../../../../recipes/index.ts'
import { type Actor, expectCode, Scenario } from '../scenario.ts'

const PATH = '/barriers/round'
/** Where everybody meets once more, when no one can die any more. */
const LAST_PATH = '/barriers/last'

export class DoubleBarrierScenario extends Scenario {
  async work(actor: Actor): Promise<void> {
    const { machines } = this.world
    const { random, client, onError } = actor
    const members = Math.max(2, machines - 1)
    const barrier = new DoubleBarrier(client, PATH, { members, name: actor.name, onError })
    while (!this.world.over) {
      await this.#round(actor, barrier, members, { timeoutMs: random.below(1200) })
      if (random.below(3) === 0) await actor.sleep(random.below(60))
    }
    await actor.waits('close', barrier.close())
    const last = new DoubleBarrier(client, LAST_PATH, { members: machines, name: actor.name, onError })
    if (!(await this.#round(actor, last, machines, {}))) this.world.fail(`${actor.name} does not pass the last barrier`)
    await actor.waits('close', last.close())
  }

  async #round(actor: Actor, barrier: DoubleBarrier, members: number, options: { readonly timeoutMs?: number }): Promise<boolean> {
    const { world } = this
    try {
      const pass = await actor.waits(`enter ${barrier.path}`, barrier.enter(options))
      world.saw('passed')
      world.say(actor.name, `passes generation ${pass.generation} by ${pass.path}`)
      this.#checkAllThere(actor, pass.path, members)
      await actor.sleep(actor.random.below(40))
      await actor.waits('leave', pass.leave(options))
      this.#checkAllLeft(actor, pass.path)
      world.saw('left')
      return true
    } catch (error) {
      world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
      return false
    }
  }

  /** Names of those who passed with `node`, and when; `null`: nobody has. */
  #passedWith(node: string): { readonly paths: readonly string[]; readonly zxid: number } | null {
    const folder = node.slice(0, node.lastIndexOf('/'))
    // An unused barrier's znodes are reaped, and generations begin again: the newest one counts.
    const ready = this.world.history.of(`${folder}-ready`).findLast((change) => change.type === 'created' && change.node !== null)
    return ready === undefined ? null : { zxid: ready.zxid, paths: (ready.node?.data ?? '').split('\n').map((name) => `${folder}/${name}`) }
  }

  // They were all there at the one moment in which all passed, this one among them.
  #checkAllThere(actor: Actor, node: string, members: number): void {
    const { history } = this.world
    const passed = this.#passedWith(node)
    if (passed === null || !passed.paths.includes(node)) this.world.fail(`${actor.name} passes by ${node}, which nobody named`)
    const missing = passed.paths.filter((path) => history.at(path, passed.zxid) === null)
    if (passed.paths.length !== members || missing.length > 0) {
      this.world.fail(`${actor.name} passes by ${node} with ${passed.paths.length} of ${members}, of whom ${missing.length} were not there`)
    }
  }

  // Nobody of them is left: their znodes are gone.
  #checkAllLeft(actor: Actor, node: string): void {
    const left = this.#passedWith(node)?.paths.filter((path) => this.world.history.tree.has(path)) ?? []
    if (left.length > 0) this.world.fail(`${actor.name} has left by ${node}, and there still are ${left.join(', ')}`)
  }

  override check(): void {
    const { history } = this.world
    const left = [PATH, LAST_PATH].flatMap((path) => history.below(path)).filter((path) => history.tree.get(path)?.owner !== '')
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
