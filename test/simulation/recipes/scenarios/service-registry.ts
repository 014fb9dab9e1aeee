// ServiceRegistry: instances that come, change and go, under ids of their own and under one that several want, one of each process that stays over all its
// sessions; directories that follow them.

import { type Registration, type ServiceDirectory, ServiceRegistry } from '../../../../recipes/index.ts'
import { type Actor, expectCode, Scenario } from '../scenario.ts'

const ROOT = '/services'
const SERVICE = 'mail'
const FOLDER = `${ROOT}/${SERVICE}`

export class ServiceRegistryScenario extends Scenario {
  async work(actor: Actor): Promise<void> {
    const registry = new ServiceRegistry(actor.client, ROOT, { onError: actor.onError })
    const directory = await this.#discover(actor, registry)
    const resident = await this.#settle(actor, registry)
    while (!this.world.over) {
      await this.#serve(actor, registry)
      this.#look(actor, directory)
      if (actor.random.below(3) === 0) await actor.sleep(actor.random.below(80))
    }
    await actor.waits('the resident, over every session', this.#untilThere(actor, resident))
    await actor.waits('a directory that is equal to the tree', this.#untilEqual(actor, directory))
    await actor.waits('close', registry.close())
  }

  async #discover(actor: Actor, registry: ServiceRegistry): Promise<ServiceDirectory> {
    for (;;) {
      try {
        return await actor.waits('discover', registry.discover(SERVICE))
      } catch (error) {
        this.world.saw(`discover: ${expectCode(error, 'SESSION_EXPIRED', 'ERR_LOST')}`)
      }
      await actor.sleep(50)
    }
  }

  /** An instance that stays until the end. */
  async #settle(actor: Actor, registry: ServiceRegistry): Promise<Registration> {
    for (;;) {
      try {
        const description = { service: SERVICE, id: `${actor.name}-resident`, address: actor.name }
        return await actor.waits('register for good', registry.register(description))
      } catch (error) {
        this.world.saw(`resident: ${expectCode(error, 'ERR_LOST', 'SESSION_EXPIRED', 'ERR_UNKNOWN_OUTCOME')}`)
      }
      await actor.sleep(50)
    }
  }

  async #untilThere(actor: Actor, { path, generation }: Registration): Promise<void> {
    while (!this.world.history.tree.has(path)) await actor.sleep(30)
    if (generation > 1) this.world.saw('resident over several sessions')
  }

  async #serve(actor: Actor, registry: ServiceRegistry): Promise<void> {
    const { random } = actor
    const id = random.below(4) === 0 ? 'shared' : `${actor.name}-${random.below(3)}`
    const onTaken = random.below(2) === 0 ? 'replace' : 'reject'
    try {
      const me = await actor.waits(`register ${id}`, registry.register({ service: SERVICE, id, address: actor.name, onTaken }))
      this.world.saw('registered')
      for (let i = random.below(3); i > 0; i--) {
        await actor.sleep(random.below(80))
        await this.#change(actor, me)
      }
      if (random.below(4) === 0) await actor.sleep(random.below(900))
      if (me.generation > 1) this.world.saw('registered again by itself')
      await actor.waits('take out', me.close())
    } catch (error) {
      this.world.saw(`rejected: ${expectCode(error, 'NODE_EXISTS', 'ERR_LOST', 'SESSION_EXPIRED', 'ERR_UNKNOWN_OUTCOME')}`)
    }
  }

  async #change(actor: Actor, me: Registration): Promise<void> {
    try {
      await actor.waits('setPayload', me.setPayload(actor.random.below(1000)))
    } catch (error) {
      this.world.saw(`setPayload: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
    }
  }

  // Whatever a directory shows was so once, all of it at the same time or not.
  #look(actor: Actor, directory: ServiceDirectory): void {
    const picked = directory.pick()
    if (picked !== null && picked !== undefined) this.world.saw('picked')
    for (const { id, address, payload } of directory.instances()) {
      const was = this.world.history.of(`${FOLDER}/${id}`).some(({ node }) => {
        if (node === null) return false
        const there = JSON.parse(node.data) as { address: unknown; payload: unknown }
        return there.address === address && there.payload === payload
      })
      if (!was) this.world.fail(`${actor.name} is shown ${id} at ${address} with ${String(payload)}, which never was`)
    }
  }

  async #untilEqual(actor: Actor, directory: ServiceDirectory): Promise<void> {
    for (;;) {
      const there = this.world.history.below(FOLDER).map((path) => path.slice(FOLDER.length + 1))
      const shown = directory.instances().map(({ id }) => id)
      if (String(shown.sort()) === String(there)) return
      await actor.sleep(30)
    }
  }

  override check(): void {
    const left = this.world.history.below(FOLDER)
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
