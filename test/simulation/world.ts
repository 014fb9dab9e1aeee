// One simulated life of an ensemble, from a seed: servers, clients, and what befalls them. At the end everything is healed, and all must agree.

import type { ReplicaOptions } from '../../core/replica/host.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { Judge } from './judge.ts'
import { Network } from './network.ts'
import { Scheduler } from './scheduler.ts'
import { SimClient } from './sim-client.ts'
import { SimServer } from './sim-server.ts'

export interface LifeOptions {
  readonly seed: number
  /** How long trouble lasts, in virtual milliseconds. */
  readonly troubleMs: number
}

export interface LifeResult {
  readonly seed: number
  readonly entries: number
  readonly seen: ReadonlyMap<string, number>
  readonly fingerprint: number
  readonly steps: number
}

/** Work goes on when everything is healed, and then ends. */
const HEALED_MS = 1500
const CALM_MS = 2000

const E = 100
const H = 20

export class World {
  readonly seed: number
  readonly scheduler: Scheduler = new Scheduler()
  readonly judge: Judge
  readonly network: Network
  readonly servers: SimServer[] = []
  readonly clients: SimClient[] = []
  readonly #random: SeededRandom
  readonly #troubleMs: number
  #troubled = true

  constructor({ seed, troubleMs }: LifeOptions) {
    this.seed = seed
    this.#troubleMs = troubleMs
    this.#random = new SeededRandom(seed)
    this.judge = new Judge(this.scheduler)
    this.network = new Network(this.scheduler, new SeededRandom(seed + 1e6))
    const count = [1, 3, 3, 3, 5][this.#random.below(5)] as number
    const voters = Array.from({ length: count }, (_, i) => i + 1)
    const options: Partial<ReplicaOptions> = {
      timing: { electionMs: E, heartbeatMs: H, staggerMs: 5 },
      limits: this.#random.below(2) === 0 ? { retainBytes: 4 << 10, retainForPeersBytes: 64 << 10 } : {},
      snapshotEveryEntries: [50, 300, 100_000][this.#random.below(3)] as number,
      minSessionTimeoutMs: 1200,
      containerCheckIntervalMs: 500,
    }
    const world = { scheduler: this.scheduler, network: this.network, judge: this.judge, serverOf: (id: number) => this.#serverOf(id) }
    for (const id of voters) {
      const server = new SimServer(id, voters, options, world, seed)
      this.servers.push(server)
      this.network.add(server)
    }
    for (let i = 1; i <= 4; i++) {
      const random = new SeededRandom(seed * 7 + i)
      const timeoutMs = 1200 + random.below(3) * 600
      const clientOptions = { timeoutMs, electionMs: E, heartbeatMs: H }
      this.clients.push(
        new SimClient(`client ${i}`, { scheduler: this.scheduler, judge: this.judge, servers: this.servers }, random, clientOptions),
      )
    }
  }

  /** Throws a Violation if something that must hold does not. */
  live(): LifeResult {
    for (const server of this.servers) server.start()
    for (const client of this.clients) client.start()
    this.#trouble()
    this.scheduler.runUntil(this.#troubleMs)
    this.#heal()
    this.scheduler.runUntil(this.#troubleMs + HEALED_MS)
    for (const client of this.clients) client.calm()
    this.scheduler.runUntil(this.#troubleMs + HEALED_MS + CALM_MS)
    for (const client of this.clients) if (!client.attached) this.judge.fail(`${client.name} has no session, long after all is well`)
    this.#agree()
    const { entries, seen, fingerprint } = this.judge
    return { seed: this.seed, entries, seen, fingerprint, steps: this.scheduler.steps }
  }

  #agree(): void {
    const digests = this.servers.map(({ id, replica }) => {
      if (replica === null) return this.judge.fail(`server ${id} does not run at the end`)
      if (!replica.serving) this.judge.fail(`server ${id} does not serve at the end`)
      return `${replica.appliedIndex}:${replica.tree.lastZxid}:${replica.tree.digest()}`
    })
    if (new Set(digests).size !== 1) this.judge.fail(`the states differ: ${digests.join(' ')}`)
    if (this.servers[0]?.replica?.tree.lastZxid !== this.judge.lastZxid)
      this.judge.fail('something that was applied is not there at the end')
  }

  #trouble(): void {
    this.scheduler.after(20 + this.#random.next() ** 2 * 800, () => {
      if (!this.#troubled) return
      this.#befall()
      this.#trouble()
    })
  }

  #befall(): void {
    const server = this.servers[this.#random.below(this.servers.length)] as SimServer
    const other = this.servers[this.#random.below(this.servers.length)] as SimServer
    const say = (what: string): void => {
      this.judge.saw(what)
      this.judge.say('fate', `${what}: server ${server.id}${other === server ? '' : `, ${other.id}`}`)
    }
    const downMs = this.#random.next() ** 2 * 3000
    switch (this.#random.below(9)) {
      case 0:
        say('kill')
        server.kill()
        this.scheduler.after(downMs, () => server.start())
        break
      case 1:
        say('power loss')
        server.losePower()
        this.scheduler.after(downMs, () => server.start())
        break
      case 2:
        say('pause')
        server.pause(this.#random.next() ** 2 * 2500)
        break
      case 3:
      case 4:
        if (server === other) break
        say('break')
        this.network.break(server.id, other.id, this.#random.below(2) === 0 ? 0 : this.#random.next() * 300)
        break
      case 5:
        if (server === other) break
        say('one-way cut')
        this.network.mute(server.id, other.id)
        this.scheduler.after(downMs, () => this.network.heal(server.id, other.id))
        break
      case 6:
        say('isolation')
        for (const { id } of this.servers) {
          if (id === server.id) continue
          this.network.mute(id, server.id)
          this.network.mute(server.id, id)
        }
        this.scheduler.after(downMs, () => this.network.healAll())
        break
      case 7:
        say('slow network')
        this.network.maxDelayMs = 1 + this.#random.next() ** 2 * 120
        this.scheduler.after(downMs, () => {
          this.network.maxDelayMs = 2
        })
        break
      default: {
        const leader = this.servers.find(({ replica }) => replica?.role === 'leader')
        if (leader === undefined) break
        this.judge.saw('leader killed')
        this.judge.say('fate', `kill of the leader: server ${leader.id}`)
        leader.kill()
        this.scheduler.after(downMs, () => leader.start())
      }
    }
    if (this.#random.below(60) === 0) {
      this.judge.saw('power loss of all')
      for (const each of this.servers) {
        each.losePower()
        this.scheduler.after(this.#random.next() * 500, () => each.start())
      }
    }
  }

  #heal(): void {
    this.#troubled = false
    this.judge.say('fate', 'all is well')
    this.network.maxDelayMs = 2
    this.network.healAll()
    for (const server of this.servers) server.start()
  }

  #serverOf(id: number): SimServer {
    const server = this.servers[id - 1]
    if (server === undefined) throw new Error(`no server ${id}`)
    return server
  }
}

export function live(options: LifeOptions): LifeResult {
  return new World(options).live()
}
