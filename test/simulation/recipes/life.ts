// One simulated life of a recipe, from a seed: three servers, a few processes with the real client and the real recipe, and what befalls all of them.
//
//   trouble            healed                     over                        end
//   fates, work        work goes on               everybody ends its work     nothing is left: no znode, watch, session, timer, connection
//
// Servers are synchronous; processes live in promises. So after each event that let code of a process run, all that it caused is run to its end (one turn of
// the real event loop) before the next event comes: one seed is one life.

import { connect } from '../../../core/index.ts'
import type { ReplicaOptions } from '../../../core/replica/host.ts'
import type { Logger } from '../../../core/support/logger.ts'
import { SeededRandom } from '../../../core/support/random.ts'
import { expectClean } from '../../../recipes/audit.ts'
import { Fates } from '../fates.ts'
import { hex, Violation } from '../judge.ts'
import { SimNetwork } from '../network.ts'
import { Scheduler } from '../scheduler.ts'
import { SimServer } from '../sim-server.ts'
import { SimActor } from './actor.ts'
import { ClientFates } from './client-fates.ts'
import { ClientNetwork } from './client-network.ts'
import { History } from './history.ts'
import { Machine } from './machine.ts'
import type { Scenario, ScenarioWorld } from './scenario.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'
import { forgetDrawnIds, realSetImmediate, route } from './virtual-node.ts'

export interface LifeOptions {
  readonly seed: number
  /** How long trouble lasts, in virtual milliseconds. */
  readonly troubleMs: number
  /** Left out: drawn from the seed. */
  readonly scenario?: ScenarioName
}

const SERVERS = 3
const HEALED_MS = 400
/** From then on everybody gets its turn and ends within this time. */
const BOUND_MS = 25_000
const LONGEST_TIMEOUT_MS = 1800
/** Whoever is silent is gone after E + timeout and a little, of a leader that may be new. */
const GONE_MS = LONGEST_TIMEOUT_MS + 1000
const E = 100
const H = 20
const MAX_DRIFT_PPM = 450
const LOWER = 0xffff_ffffn

export class Life {
  readonly seed: number
  readonly scenarioName: ScenarioName
  readonly history: History
  readonly scheduler: Scheduler = new Scheduler()
  readonly servers: SimServer[] = []
  readonly #random: SeededRandom
  readonly #troubleMs: number
  readonly #network: SimNetwork
  readonly #clients: ClientNetwork
  readonly #serverFates: Fates | null
  readonly #fates: ClientFates
  readonly #scenario: Scenario
  readonly #actors: SimActor[] = []
  /** Whether code of a process ran since the last turn of the real event loop. */
  #ran = false
  #failure: unknown = null
  #over = false
  #processes = 0
  /** Processes that are to be started. */
  #starting = 0

  constructor({ seed, troubleMs, scenario }: LifeOptions) {
    this.seed = seed
    this.#troubleMs = troubleMs
    const random = new SeededRandom(seed)
    this.#random = random
    this.history = new History(this.scheduler)
    const names = Object.keys(SCENARIOS) as ScenarioName[]
    const drawn = names[random.below(names.length)] as ScenarioName
    this.scenarioName = scenario ?? drawn
    const voters = Array.from({ length: SERVERS }, (_, i) => i + 1)
    this.#network = new SimNetwork(this.scheduler, new SeededRandom(seed + 1e6), voters)
    const options: Partial<ReplicaOptions> = {
      timing: { electionMs: E, heartbeatMs: H, staggerMs: 5 },
      limits: random.below(2) === 0 ? { retainBytes: 4 << 10, retainForPeersBytes: 64 << 10 } : {},
      snapshotEveryEntries: [50, 300, 100_000][random.below(3)] as number,
      minSessionTimeoutMs: 1200,
      containerCheckIntervalMs: 500,
      ...(random.below(4) === 0 ? { watchHistoryEntries: 20 } : {}),
    }
    const serverWorld = {
      scheduler: this.scheduler,
      network: this.#network,
      judge: this.history,
      serverOf: (id: number) => this.servers[id - 1] as SimServer,
    }
    const faults = random.below(6) === 0 ? { fsync: 1 / 1500, write: 1 / 3000, short: 1 / 3000, failing: 1 / 3000 } : {}
    for (const id of voters) this.servers.push(new SimServer(id, voters, options, serverWorld, seed, { faults, driftPpm: this.#drift() }))
    this.#clients = new ClientNetwork({ scheduler: this.scheduler, servers: this.servers, random: new SeededRandom(seed + 2e6) })
    const machines = 2 + random.below(3)
    this.#serverFates =
      random.below(4) === 0
        ? null
        : new Fates(
            { scheduler: this.scheduler, judge: this.history, network: this.#network, servers: this.servers },
            new SeededRandom(seed + 3e6),
          )
    const world = this
    const fatesWorld = {
      scheduler: this.scheduler,
      history: this.history,
      network: this.#clients,
      servers: this.servers,
      get running(): readonly Machine[] {
        return world.#actors.filter(({ state, machine }) => state === 'working' && !machine.dead).map(({ machine }) => machine)
      },
      kill: (machine: Machine, downMs: number) => this.#kill(machine, downMs),
    }
    this.#fates = new ClientFates(fatesWorld, new SeededRandom(seed + 4e6), [60, 150, 400][random.below(3)] as number)
    this.#scenario = new SCENARIOS[this.scenarioName](this.#scenarioWorld(machines))
    for (let i = 0; i < machines; i++) this.#startLater(random.next() * 300)
  }

  /** Rejects with a Violation if something that must hold does not. */
  async live(): Promise<void> {
    route(
      (options) => this.#clients.open(options),
      (warning) => this.#failed(warning),
    )
    const failed = (error: unknown): void => this.#failed(error)
    process.on('uncaughtException', failed).on('unhandledRejection', failed)
    try {
      new Machine('seed', { scheduler: this.scheduler, entered: () => {} }, new SeededRandom(this.seed + 5e6), 0).run(forgetDrawnIds)
      for (const server of this.servers) server.start()
      this.#serverFates?.begin()
      this.#fates.begin()
      await this.#run(this.#troubleMs, () => false)
      this.#serverFates?.end()
      this.#fates.end()
      await this.#run(this.#troubleMs + HEALED_MS, () => false)
      this.#over = true
      await this.#run(this.scheduler.nowMs + BOUND_MS, () => this.#starting === 0 && this.#working().length === 0)
      this.#checkEnded()
      await this.#run(this.scheduler.nowMs + GONE_MS, () => false)
      this.#checkNothingLeft()
      this.#scenario.check()
    } finally {
      process.off('uncaughtException', failed).off('unhandledRejection', failed)
      for (const { machine } of this.#actors) if (!machine.dead) machine.kill()
    }
  }

  async #run(untilMs: number, done: () => boolean): Promise<void> {
    while (!done() && this.scheduler.runNext(untilMs)) {
      if (this.#ran) {
        this.#ran = false
        await new Promise<void>((resolve) => realSetImmediate(resolve))
      }
      const failure = this.history.failure ?? this.#failure
      if (failure !== null) throw failure
    }
    if (!done()) this.scheduler.clock.advanceTo(untilMs * 1000)
  }

  #failed(error: unknown): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.history.say('LIFE', error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }

  #drift(): number {
    return (this.#random.next() - 0.5) * 2 * MAX_DRIFT_PPM
  }

  #working(): SimActor[] {
    return this.#actors.filter(({ state, machine }) => state === 'working' && !machine.dead)
  }

  // ---- processes

  #startLater(ms: number): void {
    this.#starting += 1
    this.scheduler.after(ms, () => {
      this.#starting -= 1
      this.#startProcess()
    })
  }

  #startProcess(): void {
    const number = ++this.#processes
    const random = new SeededRandom(this.seed * 31 + number)
    const machine = new Machine(`p${number}`, { scheduler: this.scheduler, entered: () => this.#entered() }, random, this.#drift())
    const actor = new SimActor(machine, this.history, (error) => this.#failed(error))
    this.#actors.push(actor)
    machine.run(() => {
      this.#live(actor, LONGEST_TIMEOUT_MS - random.below(3) * 300).then(
        () => actor.ended(),
        (error: unknown) => this.#failed(error),
      )
    })
  }

  async #live(actor: SimActor, sessionTimeoutMs: number): Promise<void> {
    const { machine, random } = actor
    const hosts = this.servers.map(({ id }) => `server-${id}:2181`)
    const client = await actor.waits('connect', connect(hosts, { sessionTimeoutMs, random, logger: this.#loggerOf(machine.name) }))
    actor.client = client
    this.#believes(actor)
    await this.#scenario.work(actor)
    await actor.waits('expectClean', expectClean(client))
    await actor.waits('client.close', client.close())
    // What a socket's end causes comes behind this.
    await new Promise<void>((resolve) => setImmediate(resolve))
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (machine.timers > 0) throw new Violation(`${machine.name} has ${machine.timers} timers when everything is closed`)
  }

  // The judge asks whoever believes in a session when it expires.
  #believes(actor: SimActor): void {
    const { machine, client } = actor
    this.history.believers.push({
      name: machine.name,
      get believes(): string {
        const { id, deadlineMs } = client.session
        // The look at the signal reads a clock: it must be this machine's.
        if (machine.dead || machine.nowMs >= deadlineMs || machine.run(() => client.session.signal.aborted)) return ''
        return hex(Number((id >> 32n) & LOWER), Number(id & LOWER))
      },
    })
  }

  #loggerOf(name: string): Logger {
    const say = (_fields: Readonly<Record<string, unknown>>, message: string): void => this.history.say(name, message)
    return { debug: () => {}, info: say, warn: say, error: say }
  }

  #entered(): void {
    this.#ran = true
  }

  #kill(machine: Machine, downMs: number): void {
    machine.kill()
    this.#startLater(downMs)
  }

  // ---- the end

  #checkEnded(): void {
    for (const { machine, doing } of this.#working()) {
      this.history.fail(
        `${machine.name} still waits, ${BOUND_MS} ms after all is well: ${[...doing].join(', ') || 'for nothing in particular'}`,
      )
    }
  }

  #checkNothingLeft(): void {
    const owned = [...this.history.tree].filter(([, { owner }]) => owner !== '').map(([path]) => path)
    if (owned.length > 0) this.history.fail(`znodes of sessions that are gone: ${owned.join(', ')}`)
    if (this.#clients.connections.length > 0) this.history.fail(`${this.#clients.connections.length} connections are left`)
    for (const { id, replica, damaged } of this.servers) {
      if (damaged) continue
      if (replica === null || !replica.serving) this.history.fail(`server ${id} does not serve at the end`)
      if (replica.tree.sessions.size > 0) this.history.fail(`server ${id} has ${replica.tree.sessions.size} sessions at the end`)
      const { size } = replica.connections
      if (size > 0) this.history.fail(`server ${id} has ${size} connections at the end`)
    }
  }

  #scenarioWorld(machines: number): ScenarioWorld {
    const life = this
    return {
      history: this.history,
      random: new SeededRandom(this.seed + 6e6),
      machines,
      get nowMs() {
        return life.scheduler.nowMs
      },
      get over() {
        return life.#over
      },
      get actors() {
        return life.#actors
      },
      fail: (what) => this.history.fail(what),
      say: (who, what) => this.history.say(who, what),
      saw: (what) => this.history.saw(what),
    }
  }
}
