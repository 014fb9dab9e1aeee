// Mutex: contenders that wait, give up, time out, hold for long, are asked to let go and are thrown out.

import { type LockGrant, Mutex } from '../../../../recipes/index.ts'
import { Beliefs, Fence } from '../beliefs.ts'
import { type Actor, expectCode, inParallel, Scenario, type ScenarioWorld } from '../scenario.ts'

const FOLDER = '/locks/report'
const GAVE_UP = new Error('gave up')

export class MutexScenario extends Scenario {
  readonly #beliefs: Beliefs
  readonly #fence: Fence
  readonly #tasks: number
  readonly #longHolds: boolean
  #lastToken = 0n

  constructor(world: ScenarioWorld) {
    super(world)
    this.#beliefs = new Beliefs(world)
    this.#fence = new Fence(world, '/report')
    this.#tasks = 1 + world.random.below(3)
    this.#longHolds = world.random.below(3) === 0
  }

  async work(actor: Actor): Promise<void> {
    const { client, random, onError } = actor
    await actor.waits('prepare', this.#fence.make(actor))
    const stepDown = random.below(3) === 0
    const reject = random.below(3) === 0
    const mutex = new Mutex(client, FOLDER, {
      label: actor.name,
      onError,
      onSuspended: stepDown ? 'stepDown' : 'keepUntilDeadline',
      onSessionLoss: reject ? 'reject' : 'requeue',
    })
    await inParallel(this.#tasks, async (task) => {
      while (!this.world.over) {
        await this.#contend(actor, mutex, stepDown)
        if (task === 0 && random.below(12) === 0) await this.#revoke(actor, mutex)
        if (random.below(3) === 0) await actor.sleep(random.below(60))
      }
      await this.#lastTurn(actor, mutex, stepDown, reject)
    })
    await actor.waits('mutex.close', mutex.close())
  }

  // Everybody gets a turn once nothing goes wrong any more.
  async #lastTurn(actor: Actor, mutex: Mutex, stepDown: boolean, reject: boolean): Promise<void> {
    for (;;) {
      try {
        const grant = await actor.waits('the last acquire', mutex.acquire())
        await this.#hold(actor, grant, stepDown, 5)
        return
      } catch (error) {
        if (!reject) throw error
        expectCode(error, 'ERR_LOST', 'SESSION_EXPIRED')
      }
    }
  }

  async #contend(actor: Actor, mutex: Mutex, stepDown: boolean): Promise<void> {
    const { random } = actor
    const holdMs = this.#longHolds && random.below(4) === 0 ? random.below(900) : random.below(40)
    const revoked = { asked: false }
    const onRevoke = (): void => {
      revoked.asked = true
    }
    try {
      switch (random.below(5)) {
        case 0: {
          const grant = await actor.waits('tryAcquire', mutex.tryAcquire({ onRevoke }))
          if (grant !== null) await this.#hold(actor, grant, stepDown, holdMs)
          else this.world.saw('not free')
          break
        }
        case 1:
          await actor.waits(
            'run',
            mutex.run((grant) => this.#work(actor, grant, stepDown, holdMs), { onRevoke, timeoutMs: 50 + random.below(1500) }),
          )
          break
        case 2: {
          const controller = new AbortController()
          const timer = setTimeout(() => controller.abort(GAVE_UP), random.below(400))
          try {
            const grant = await actor.waits('acquire that is aborted', mutex.acquire({ signal: controller.signal, onRevoke }))
            await this.#hold(actor, grant, stepDown, holdMs)
          } finally {
            clearTimeout(timer)
          }
          break
        }
        case 3:
          await this.#hold(
            actor,
            await actor.waits('acquire in time', mutex.acquire({ timeoutMs: random.below(1000), onRevoke })),
            stepDown,
            holdMs,
          )
          break
        default:
          await this.#hold(actor, await actor.waits('acquire', mutex.acquire({ onRevoke })), stepDown, holdMs)
      }
    } catch (error) {
      if (error !== GAVE_UP) this.world.saw(`rejected: ${expectCode(error, 'ERR_TIMEOUT', 'ERR_LOST', 'SESSION_EXPIRED')}`)
      else this.world.saw('gave up waiting')
    }
  }

  async #hold(actor: Actor, grant: LockGrant, stepDown: boolean, holdMs: number): Promise<void> {
    try {
      await this.#work(actor, grant, stepDown, holdMs)
    } finally {
      await actor.waits('release', grant.release())
    }
  }

  async #work(actor: Actor, grant: LockGrant, stepDown: boolean, holdMs: number): Promise<void> {
    const { world } = this
    const { client, random } = actor
    if (grant.signal.aborted) {
      world.saw('lost at once')
      return
    }
    world.saw('held')
    world.say(actor.name, `holds ${grant.path}`)
    this.#beliefs.checkGranted(grant, true)
    for (const other of this.#beliefs.now()) {
      world.fail(
        `${actor.name} is granted ${grant.path} (token ${grant.token.toString(16)}), and ${this.#beliefs.describe(other)} still believes`,
      )
    }
    if (grant.token <= this.#lastToken) world.fail(`token ${grant.token} is granted after ${this.#lastToken}`)
    this.#lastToken = grant.token
    const belief = this.#beliefs.add(actor, grant)
    const told = ({ type }: { readonly type: string }): void => {
      if (type === 'suspended' && stepDown && !grant.signal.aborted)
        world.fail(`${actor.name} holds ${grant.path} on, though it is disconnected`)
    }
    client.on('status', told)
    try {
      for (let writes = random.below(3); writes > 0; writes--) await this.#write(actor, grant)
      if (holdMs > 0) await actor.sleep(holdMs)
      if (this.#longHolds && random.below(10) === 0) await this.#untilLost(actor, grant)
      if (random.below(2) === 0) await this.#write(actor, grant)
    } finally {
      client.off('status', told)
      this.#beliefs.end(belief)
    }
    if (grant.signal.aborted) world.saw(`lost: ${grant.lostReason}`)
  }

  // Works on for as long as it believes, up to a time in which a session can end.
  async #untilLost(actor: Actor, grant: LockGrant): Promise<void> {
    for (let slices = 150; slices > 0 && !this.world.over && !grant.signal.aborted; slices--) await actor.sleep(20)
  }

  async #write(actor: Actor, grant: LockGrant): Promise<void> {
    try {
      await actor.waits('guarded write', grant.guard([this.#fence.op(grant)]))
    } catch (error) {
      this.world.saw(`guard: ${expectCode(error, 'ERR_LOST', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED')}`)
    }
  }

  async #revoke(actor: Actor, mutex: Mutex): Promise<void> {
    const { random } = actor
    try {
      const outcome = await actor.waits(
        'revoke',
        mutex.revoke({ by: actor.name, graceMs: random.below(2) * random.below(200), force: random.below(2) === 0 }),
      )
      this.world.saw(`revoked: ${outcome}`)
    } catch (error) {
      this.world.saw(`revoke: ${expectCode(error, 'ERR_LOST', 'SESSION_EXPIRED')}`)
    }
  }

  override check(): void {
    const left = this.world.history.below(FOLDER)
    if (left.length > 0) this.world.fail(`orphans: ${left.join(', ')}`)
  }
}
