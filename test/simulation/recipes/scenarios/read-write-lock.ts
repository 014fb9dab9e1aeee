// ReadWriteLock: many readers or one writer, writers that become readers, readers that ask for more.

import { type LockGrant, ReadWriteLock } from '../../../../recipes/index.ts'
import { type Belief, Beliefs, Fence } from '../beliefs.ts'
import { type Actor, expectCode, inParallel, Scenario, type ScenarioWorld } from '../scenario.ts'

const FOLDER = '/locks/index'
type Kind = 'read' | 'write' | 'upgradeable'

export class ReadWriteLockScenario extends Scenario {
  readonly #beliefs: Beliefs
  readonly #fence: Fence
  readonly #tasks: number

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
    this.#fence = new Fence(world, '/index')
    this.#tasks = 1 + world.random.below(3)
  }

  async work(actor: Actor): Promise<void> {
    await actor.waits('prepare', this.#fence.make(actor))
    const lock = new ReadWriteLock(actor.client, FOLDER, { label: actor.name, onError: actor.onError })
    await inParallel(this.#tasks, async () => {
      while (!this.world.over) {
        await this.#contend(actor, lock, actor.random.below(2) === 0 ? {} : { timeoutMs: actor.random.below(900) })
        if (actor.random.below(3) === 0) await actor.sleep(actor.random.below(60))
      }
      await this.#contend(actor, lock, {})
    })
    await actor.waits('close', lock.close())
  }

  async #contend(actor: Actor, lock: ReadWriteLock, options: { readonly timeoutMs?: number }): Promise<void> {
    try {
      switch (actor.random.below(4)) {
        case 0: {
          const grant = await actor.waits('write', lock.write(options))
          const readsOn = await this.#inside(actor, grant, 'write', async (belief) => {
            await this.#write(actor, grant)
            if (actor.random.below(3) > 0) return null
            // From here on it writes no more; others may read as soon as the servers say so.
            this.#beliefs.end(belief)
            const reader = await actor.waits('downgrade', grant.downgrade())
            if (reader.token !== grant.token) this.world.fail('a downgrade changes the token')
            this.world.saw('downgraded')
            return reader
          })
          await actor.waits('release', (readsOn ?? grant).release())
          break
        }
        case 1:
          await this.#upgradeable(actor, lock, options)
          break
        default: {
          const grant = await actor.waits('read', lock.read(options))
          await this.#inside(actor, grant, 'read', async () => null)
          await actor.waits('release', grant.release())
        }
      }
    } catch (error) {
      this.world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_CONFLICT', 'SESSION_EXPIRED')}`)
    }
  }

  async #upgradeable(actor: Actor, lock: ReadWriteLock, options: { readonly timeoutMs?: number }): Promise<void> {
    const grant = await actor.waits('upgradeable', lock.upgradeable(options))
    await this.#inside(actor, grant, 'upgradeable', async (belief) => {
      if (actor.random.below(2) === 0) return null
      try {
        const writer = await actor.waits('upgrade', grant.upgrade({ timeoutMs: actor.random.below(2) * 300 }))
        await this.#inside(
          actor,
          writer,
          'write',
          async () => {
            this.world.saw('upgraded')
            await this.#write(actor, writer)
            return null
          },
          belief,
        )
        await actor.waits('release of the upgrade', writer.release())
      } catch (error) {
        this.world.saw(`upgrade: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_CONFLICT', 'ERR_LOST', 'ERR_NOT_HELD', 'SESSION_EXPIRED')}`)
      }
      return null
    }).finally(() => actor.waits('release', grant.release()))
  }

  async #inside(
    actor: Actor,
    grant: LockGrant,
    kind: Kind,
    work: (belief: Belief) => Promise<LockGrant | null>,
    under?: Belief,
  ): Promise<LockGrant | null> {
    if (grant.signal.aborted) return null
    this.world.say(actor.name, `holds ${grant.path} to ${kind}`)
    this.world.saw(`held: ${kind}`)
    for (const other of this.#beliefs.now(under)) {
      if (excludes(kind, other.kind))
        this.world.fail(`${actor.name} may ${kind}, and ${this.#beliefs.describe(other)} still may ${other.kind}`)
    }
    const belief = this.#beliefs.add(actor, grant, kind)
    try {
      if (actor.random.below(2) === 0) await actor.sleep(actor.random.below(50))
      return await work(belief)
    } finally {
      this.#beliefs.end(belief)
    }
  }

  async #write(actor: Actor, grant: LockGrant): Promise<void> {
    try {
      await actor.waits('guarded write', grant.guard([this.#fence.op(grant)]))
    } catch (error) {
      this.world.saw(`guard: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
    }
  }

  override check(): void {
    const left = this.world.history.below(FOLDER)
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}

function excludes(kind: Kind, other: string): boolean {
  return kind === 'write' || other === 'write' || (kind === 'upgradeable' && other === 'upgradeable')
}
