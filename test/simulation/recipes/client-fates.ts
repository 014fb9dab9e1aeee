// What befalls the processes that use recipes and their connections: one thing after the other, drawn from the seed.

import type { Random } from '../../../core/support/random.ts'
import type { Scheduler } from '../scheduler.ts'
import type { SimServer } from '../sim-server.ts'
import type { ClientNetwork } from './client-network.ts'
import type { History } from './history.ts'
import type { Machine } from './machine.ts'

export interface FatesWorld {
  readonly scheduler: Scheduler
  readonly history: History
  readonly network: ClientNetwork
  readonly servers: readonly SimServer[]
  /** Machines whose processes live. */
  readonly running: readonly Machine[]
  /** The process dies, and another is started in its place after so long. */
  kill(machine: Machine, downMs: number): void
}

export class ClientFates {
  readonly #world: FatesWorld
  readonly #random: Random
  readonly #meanGapMs: number
  #over = false

  constructor(world: FatesWorld, random: Random, meanGapMs: number) {
    this.#world = world
    this.#random = random
    this.#meanGapMs = meanGapMs
  }

  begin(): void {
    this.#world.scheduler.after(10 + this.#random.next() * 2 * this.#meanGapMs, () => {
      if (this.#over) return
      this.#befall()
      this.begin()
    })
  }

  /** Nothing happens any more, and everything is put right. */
  end(): void {
    this.#over = true
    this.#world.network.healAll()
    for (const machine of this.#world.running) machine.resume()
  }

  #befall(): void {
    const { network, running, servers, scheduler } = this.#world
    const machine = running[this.#random.below(running.length)]
    const server = servers[this.#random.below(servers.length)]
    if (machine === undefined || server === undefined) return
    const forMs = this.#small() * 3000
    switch (this.#random.below(11)) {
      case 0:
        this.#say('process killed', machine)
        this.#world.kill(machine, this.#small() * 2000)
        break
      case 1:
      case 2:
        this.#say('process paused', machine)
        machine.pause(this.#small() * 3000)
        break
      case 3:
        this.#isolate(machine, forMs)
        break
      case 4:
        this.#say('way cut', machine)
        this.#cut(machine, server, this.#random.below(2) === 0 ? ['up'] : ['down'], forMs)
        break
      case 5:
        this.#say('slow ways', machine)
        network.slow(5 + this.#small() * 150)
        scheduler.after(forMs, () => network.slow())
        break
      case 6:
        this.#say('ways that break', machine)
        network.breakOneOf = 4 + this.#random.below(40)
        scheduler.after(this.#small() * 1500, () => {
          network.breakOneOf = 0
        })
        break
      default: {
        const socket = network.connections[this.#random.below(network.connections.length)]
        if (socket === undefined) return
        this.#say('connection broken', socket.machine)
        socket.break()
      }
    }
  }

  #isolate(machine: Machine, forMs: number): void {
    this.#say('process isolated', machine)
    for (const server of this.#world.servers) this.#cut(machine, server, ['up', 'down'], forMs)
  }

  #cut(machine: Machine, server: SimServer, directions: readonly ('up' | 'down')[], forMs: number): void {
    const { network, scheduler } = this.#world
    for (const direction of directions) {
      network.cut(machine, server, direction)
      scheduler.after(forMs, () => network.heal(machine, server, direction))
    }
  }

  #say(what: string, machine: Machine): void {
    this.#world.history.saw(what)
    this.#world.history.say('fate', `${what}: ${machine.name}`)
  }

  /** In [0, 1), mostly small. */
  #small(): number {
    const drawn = this.#random.next()
    return drawn * drawn
  }
}
