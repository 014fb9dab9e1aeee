// MultiLock: several of three locks as one, named in any order, held and lost together; nobody waits for each other for ever.

import { type MultiGrant, MultiLock } from '../../../../recipes/index.ts'
import { type Belief, Beliefs, Fence } from '../beliefs.ts'
import { type Actor, expectCode, inParallel, Scenario, type ScenarioWorld } from '../scenario.ts'

const FOLDERS = ['/locks/a', '/locks/b', '/locks/c'] as const
const GAVE_UP = new Error('gave up')

export class MultiLockScenario extends Scenario {
  readonly #beliefs: Beliefs
  /** A znode for each lock, written under it. */
  readonly #fences: ReadonlyMap<string, Fence>
  readonly #tasks: number
  readonly #longHolds: boolean

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
    this.#fences = new Map(FOLDERS.map((folder) => [folder, new Fence(world, folder.replace('/locks', '/written'))]))
    this.#tasks = 1 + world.random.below(2)
    this.#longHolds = world.random.below(2) === 0
  }

  async work(actor: Actor): Promise<void> {
    for (const fence of this.#fences.values()) await actor.waits('prepare', fence.make(actor))
    await inParallel(this.#tasks, async () => {
      while (!this.world.over) {
        await this.#contend(actor, false)
        if (actor.random.below(3) === 0) await actor.sleep(actor.random.below(60))
      }
      await this.#contend(actor, true)
    })
  }

  /** `last`: waits for as long as it takes, and gets its turn. */
  async #contend(actor: Actor, last: boolean): Promise<void> {
    const { client, random, onError } = actor
    const paths = someOf(random)
    const locks = new MultiLock(client, paths, { label: actor.name, onError })
    try {
      await this.#take(actor, locks, last ? 3 : random.below(4))
    } catch (error) {
      if (error === GAVE_UP) this.world.saw('gave up waiting')
      else this.world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
    } finally {
      await actor.waits('close', locks.close())
    }
  }

  async #take(actor: Actor, locks: MultiLock, how: number): Promise<void> {
    const { random } = actor
    const timeoutMs = random.below(1500)
    switch (how) {
      case 0: {
        const grant = await actor.waits('tryAcquire', locks.tryAcquire())
        if (grant === null) this.world.saw('not free')
        else await this.#hold(actor, grant)
        break
      }
      case 1: {
        const controller = new AbortController()
        const timer = setTimeout(() => controller.abort(GAVE_UP), random.below(600))
        try {
          await this.#hold(actor, await actor.waits('acquire that is aborted', locks.acquire({ signal: controller.signal })))
        } finally {
          clearTimeout(timer)
        }
        break
      }
      case 2:
        await actor.waits(
          'run',
          locks.run((grant) => this.#work(actor, grant), { timeoutMs }),
        )
        break
      default:
        await this.#hold(actor, await actor.waits('acquire', locks.acquire(how === 3 ? {} : { timeoutMs })))
    }
  }

  async #hold(actor: Actor, grant: MultiGrant): Promise<void> {
    try {
      await this.#work(actor, grant)
    } finally {
      await actor.waits('release', grant.release())
    }
  }

  async #work(actor: Actor, multi: MultiGrant): Promise<void> {
    const { world } = this
    // One may be lost while the next one is waited for: then acquire has rejected, or this is the first word of it.
    if (multi.signal.aborted) return
    world.saw(`held: ${multi.grants.length}`)
    const beliefs = multi.grants.map((grant) => this.#believe(actor, multi, grant))
    try {
      if (this.#longHolds && actor.random.below(4) === 0) await actor.sleep(actor.random.below(3000))
      else if (actor.random.below(2) === 0) await actor.sleep(actor.random.below(50))
      await this.#write(actor, multi)
    } finally {
      for (const belief of beliefs) this.#beliefs.end(belief)
    }
  }

  #believe(actor: Actor, multi: MultiGrant, { path, token, sessionId }: MultiGrant['grants'][number]): Belief {
    const { world } = this
    const folder = folderOf(path)
    world.say(actor.name, `holds ${path}, token ${token.toString(16)}`)
    this.#beliefs.checkGranted({ path, token, sessionId, signal: multi.signal, deadlineMs: multi.deadlineMs }, true)
    for (const other of this.#beliefs.now()) {
      if (other.kind === folder) world.fail(`${actor.name} holds ${path}, and ${this.#beliefs.describe(other)} still believes`)
    }
    // Held together: the first loss ends the belief in all of them.
    return this.#beliefs.add(actor, { path, token, signal: multi.signal, deadlineMs: multi.deadlineMs }, folder)
  }

  async #write(actor: Actor, multi: MultiGrant): Promise<void> {
    const ops = multi.grants.flatMap(
      (grant) => this.#fences.get(folderOf(grant.path))?.op({ ...grantOf(grant), signal: multi.signal }) ?? [],
    )
    try {
      await actor.waits('guarded write', multi.guard(ops))
    } catch (error) {
      this.world.saw(`guard: ${expectCode(error, 'ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
    }
  }

  override check(): void {
    for (const folder of FOLDERS) {
      const left = this.world.history.below(folder)
      if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
    }
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function grantOf({ path, token, deadlineMs }: MultiGrant['grants'][number]): { path: string; token: bigint; deadlineMs: number } {
  return { path, token, deadlineMs }
}

/** One to all of the locks, in any order. */
function someOf(random: Actor['random']): string[] {
  const left: string[] = [...FOLDERS]
  const count = 1 + random.below(left.length)
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0] as string)
}
