// Fates of several blows, each of which alone is mostly survived without a scratch: what they bring about would otherwise hardly ever be seen.
//
//   slow links       what comes to a server, or what it sends, takes up to a second; the other direction may be cut
//   flapping links   a link breaks again and again, with much on it
//   out of sight     a follower hears nothing for less than it takes to elect another leader, and its links break unnoticed meanwhile
//   unheard          for longer than a session lives nothing of a follower comes to the leader, or comes late, and it hears the leader all the while
//   hand-overs       leadership goes from hand to hand, or to another while the old leader is cut off, or hears everything late
//   doomed leaders   whoever leads is cut off while its log grows, then falls, one after the other (doomed-leaders.ts)

import type { Random } from '../../core/support/random.ts'
import type { Weakness } from './character.ts'
import { DoomedLeaders } from './doomed-leaders.ts'
import type { Judge } from './judge.ts'
import type { SimNetwork } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimServer } from './sim-server.ts'

export interface FateWorld {
  readonly scheduler: Scheduler
  readonly judge: Judge
  readonly network: SimNetwork
  readonly servers: readonly SimServer[]
}

const SLOWER_EVERY_MS = 20
const SLOWER_BY_MS = 25

export class SpecialFates {
  readonly #scheduler: Scheduler
  readonly #judge: Judge
  readonly #network: SimNetwork
  readonly #servers: readonly SimServer[]
  readonly #random: Random
  readonly #quiet: boolean
  readonly #doomed: DoomedLeaders
  #over = false
  #slowUntilMs = 0

  /** `quiet`: clients say little, so that it takes long until something that was lost is missed. */
  constructor(world: FateWorld, random: Random, quiet: boolean) {
    this.#quiet = quiet
    this.#doomed = new DoomedLeaders(world, random, (ms, run) => this.#after(ms, run))
    world.judge.elected = (id) => {
      const leader = world.servers.find((server) => server.id === id)
      if (leader !== undefined && !this.#over) this.#doomed.elected(leader)
    }
    this.#scheduler = world.scheduler
    this.#judge = world.judge
    this.#network = world.network
    this.#servers = world.servers
    this.#random = random
  }

  end(): void {
    this.#over = true
  }

  befall(weakness: Weakness): void {
    if (this.#servers.length === 1) return
    this.#judge.saw(weakness)
    switch (weakness) {
      case 'slow links':
        this.#slowLinks()
        break
      case 'flapping links':
        this.#flappingLinks()
        break
      case 'out of sight':
        this.#outOfSight()
        break
      case 'unheard':
        this.#unheard()
        break
      case 'hand-overs':
        this.#handOvers()
        break
      case 'doomed leaders':
        this.#doomed.begin()
        break
      default:
        weakness satisfies never
    }
  }

  get #leader(): SimServer | undefined {
    return this.#servers.find(({ replica }) => replica?.role === 'leader')
  }

  #say(what: string): void {
    this.#judge.say('fate', what)
  }

  #anybody(): SimServer {
    return this.#servers[this.#random.below(this.#servers.length)] as SimServer
  }

  #othersOf(server: SimServer): SimServer[] {
    return this.#servers.filter((other) => other !== server)
  }

  #after(ms: number, run: () => void): void {
    this.#scheduler.after(ms, () => {
      if (!this.#over) run()
    })
  }

  #slowLinks(): void {
    if (this.#scheduler.nowMs < this.#slowUntilMs) return
    const leader = this.#leader
    const server = leader !== undefined && this.#random.below(2) === 0 ? leader : this.#anybody()
    const inwards = this.#random.below(4) > 0
    const ms = 20 + this.#random.next() * (this.#random.below(2) === 0 ? 80 : 600)
    this.#say(`slow links: ${inwards ? 'to' : 'from'} server ${server.id}, by ${ms.toFixed(0)} ms`)
    const slowMs = this.#slowDown(server, inwards, ms, 0)
    const struckMs = slowMs + this.#random.next() * 50
    const forMs = struckMs + ms + this.#random.next() * 200
    this.#slowUntilMs = this.#scheduler.nowMs + forMs + 200
    this.#after(struckMs, () => this.#strikeWhileSlow(server, !inwards, forMs - struckMs + 100))
    this.#after(forMs, () => this.#delay(server, inwards, 0))
  }

  // Little by little: whoever waits for what is on its way hears of something all the while. Says how long it takes.
  #slowDown(server: SimServer, inwards: boolean, ms: number, slowMs: number): number {
    this.#delay(server, inwards, Math.min(slowMs, ms))
    if (slowMs >= ms) return 0
    this.#after(SLOWER_EVERY_MS, () => this.#slowDown(server, inwards, ms, slowMs + SLOWER_BY_MS))
    return (Math.ceil((ms - slowMs) / SLOWER_BY_MS) + 1) * SLOWER_EVERY_MS
  }

  // While much is under way to the server, or from it, the other direction is cut, or another leads.
  #strikeWhileSlow(server: SimServer, inwards: boolean, forMs: number): void {
    const leader = this.#leader
    switch (this.#random.below(5)) {
      case 0:
      case 1:
        if (server !== leader) leader?.handOver(false, 0)
        else this.#cut(server, inwards)
        this.#after(forMs, () => this.#heal(server))
        break
      case 2:
        leader?.handOver(false, 0)
        break
      case 3:
        if (leader === undefined) break
        leader.kill()
        this.#after(forMs, () => leader.start())
        break
      default:
    }
  }

  #flappingLinks(): void {
    const to = this.#leader ?? this.#anybody()
    for (const from of this.#othersOf(to)) this.#flap(from, to)
  }

  #flap(from: SimServer, to: SimServer): void {
    const { links } = this.#network
    const [there, back] = [this.#random.next() * 60, this.#random.below(2) === 0 ? 0 : this.#random.next() * 300]
    let breaks = this.#quiet ? 10 + this.#random.below(40) : 1 + this.#random.below(3)
    const everyMs = this.#quiet ? 60 : 300
    this.#say(`flapping link: from server ${from.id} to ${to.id}, ${breaks} times`)
    this.#network.delay(from.id, to.id, there)
    this.#network.delay(to.id, from.id, back)
    const flap = (): void => {
      if (this.#random.below(2) === 0) this.#overtake(from, to, there, back)
      links.break(from.id, to.id)
      breaks -= 1
      this.#after(10 + this.#random.next() * everyMs, () => {
        if (breaks > 0) flap()
        else {
          this.#network.delay(from.id, to.id, 0)
          this.#network.delay(to.id, from.id, 0)
        }
      })
    }
    this.#after(2 * there, flap)
  }

  // The next link is fast: it stands, and is used, while what was sent on this one is still under way. Soon everything is as slow as before.
  #overtake(from: SimServer, to: SimServer, there: number, back: number): void {
    this.#network.delay(from.id, to.id, 0)
    this.#network.delay(to.id, from.id, 0)
    this.#after(3 + this.#random.next() * 6, () => {
      this.#network.delay(from.id, to.id, there)
      this.#network.delay(to.id, from.id, back)
    })
  }

  #outOfSight(): void {
    const leader = this.#leader
    const server = this.#anybody()
    if (leader === undefined || server === leader) return
    const forMs = 80 + this.#random.next() * 400
    this.#say(`out of sight: server ${server.id}, for ${forMs.toFixed(0)} ms`)
    this.#network.isolate(server.id)
    const { links } = this.#network
    // What the leader says is lost at once, so that it is seen again when its link is made anew; what the server says, while it looks for another leader.
    this.#after(this.#random.next() * 5, () => links.break(leader.id, server.id))
    this.#after((0.3 + 0.7 * this.#random.next()) * forMs, () => links.break(server.id, leader.id))
    this.#after(forMs, () => this.#heal(server))
  }

  #unheard(): void {
    const leader = this.#leader
    const server = this.#anybody()
    if (leader === undefined || server === leader) return
    switch (this.#random.below(3)) {
      case 0:
        this.#reportedLate(server, leader)
        break
      case 1:
        this.#fallsUnheard(server, leader)
        break
      default:
        this.#heardLate(server, leader)
    }
  }

  #heardLate(server: SimServer, leader: SimServer): void {
    const forMs = 300 + this.#random.next() * 1500
    const lateMs = this.#random.below(2) === 0 ? 0 : 500 + this.#random.next() * 1000
    this.#say(`unheard: server ${server.id}, for ${forMs.toFixed(0)} ms${lateMs > 0 ? `, late by ${lateMs.toFixed(0)} ms` : ''}`)
    if (lateMs > 0) this.#network.delay(server.id, leader.id, lateMs)
    else this.#network.links.cut(server.id, leader.id)
    this.#after(forMs, () => {
      this.#network.delay(server.id, leader.id, 0)
      this.#network.links.heal(server.id, leader.id)
    })
  }

  // A follower answers, falls before it has told the leader whom, and is back at once, with nothing to tell.
  #fallsUnheard(server: SimServer, leader: SimServer): void {
    const { links } = this.#network
    this.#say(`unheard: server ${server.id}, which then falls`)
    links.cut(server.id, leader.id)
    this.#after(20 + this.#random.next() * 100, () => {
      server.kill()
      links.heal(server.id, leader.id)
      this.#scheduler.after(5 + this.#random.next() * 50, () => server.start())
    })
  }

  // The last reports of a follower come when they are old, without those that were sent after them, and then nothing of it again: all the while nobody
  // knows whom it has heard and answered since.
  #reportedLate(server: SimServer, leader: SimServer): void {
    const { links } = this.#network
    const lateMs = 600 + this.#random.next() * 500
    this.#say(`unheard: server ${server.id}, then heard for a moment, ${lateMs.toFixed(0)} ms late`)
    links.cut(server.id, leader.id)
    this.#after(20 + this.#random.next() * 130, () => links.break(server.id, leader.id))
    this.#after(lateMs, () => {
      links.heal(server.id, leader.id)
      this.#after(this.#random.next() * 5, () => links.cut(server.id, leader.id))
    })
    this.#after(lateMs + 300, () => links.heal(server.id, leader.id))
  }

  #handOvers(): void {
    const leader = this.#leader
    if (leader === undefined) return
    this.#say(`hand-overs: from server ${leader.id} on`)
    switch (this.#random.below(5)) {
      case 0:
        leader.handOver(false, 0)
        this.#after(this.#random.next() * 12, () => this.#strand(leader))
        break
      case 1: {
        const ms = 10 + this.#random.next() * 80
        this.#delay(leader, true, ms)
        this.#after(this.#random.next() * ms, () => leader.handOver(false, 0))
        this.#after(2 * ms + 100, () => this.#delay(leader, true, 0))
        break
      }
      case 2: {
        leader.handOver(false, 0)
        const unreached = this.#othersOf(leader).filter(() => this.#random.below(2) === 0)
        for (const other of unreached) this.#network.links.cut(leader.id, other.id)
        this.#after(60 + this.#random.next() * 200, () => this.#heal(leader))
        break
      }
      default: {
        const slow = this.#anybody()
        this.#network.delay(slow.id, leader.id, this.#random.next() * 300)
        this.#passOn(this.#scheduler.nowMs + this.#random.next() * 800)
        this.#after(1000, () => this.#network.delay(slow.id, leader.id, 0))
      }
    }
  }

  /** The old leader is cut off from most, sometimes with another one. */
  #strand(leader: SimServer): void {
    const others = this.#othersOf(leader)
    const companion = others.length > 2 ? others[this.#random.below(others.length)] : undefined
    const { links } = this.#network
    for (const there of others) {
      if (there === companion) continue
      for (const here of companion === undefined ? [leader] : [leader, companion]) {
        links.cut(here.id, there.id)
        links.cut(there.id, here.id)
      }
    }
    this.#say(`stranded: server ${leader.id}${companion === undefined ? '' : `, ${companion.id}`}`)
    this.#after(100 + this.#random.next() * 400, () => {
      this.#heal(leader)
      if (companion !== undefined) this.#heal(companion)
    })
  }

  #passOn(untilMs: number): void {
    if (this.#scheduler.nowMs > untilMs) return
    this.#leader?.handOver(false, 0)
    this.#after(20 + this.#random.next() * 100, () => this.#passOn(untilMs))
  }

  /** What comes to the server, or what it sends, is under way for so much longer. */
  #delay(server: SimServer, inwards: boolean, ms: number): void {
    for (const other of this.#othersOf(server)) {
      if (inwards) this.#network.delay(other.id, server.id, ms)
      else this.#network.delay(server.id, other.id, ms)
    }
  }

  #cut(server: SimServer, inwards: boolean): void {
    for (const other of this.#othersOf(server)) {
      if (inwards) this.#network.links.cut(other.id, server.id)
      else this.#network.links.cut(server.id, other.id)
    }
  }

  #heal(server: SimServer): void {
    const { links } = this.#network
    const others = this.#othersOf(server)
    for (const other of others) {
      links.heal(server.id, other.id)
      links.heal(other.id, server.id)
    }
  }
}
