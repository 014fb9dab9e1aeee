// Fates of several blows, each of which alone is mostly survived without a scratch: what they bring about would otherwise hardly ever be seen.
//
//   slow links       what comes to a server, or what it sends, takes up to a second; the other direction may be cut
//   flapping links   a link breaks again and again, with much on it
//   out of sight     a follower hears nothing for less than it takes to elect another leader, and its links break unnoticed meanwhile
//   unheard          for longer than a session lives nothing of a follower comes to the leader, or comes late, and it hears the leader all the while
//   hand-overs       leadership goes from hand to hand, or to another while the old leader is cut off, or hears everything late
//   doomed leaders   whoever leads is cut off while its log grows, then falls, one after the other

import type { Random } from '../../core/support/random.ts'
import type { Weakness } from './character.ts'
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
/** A doomed leader is given so long to be heard, and is looked at so often. */
const MOST_HEARD_MS = 80
const LOOK_EVERY_MS = 0.3

export class SpecialFates {
  readonly #scheduler: Scheduler
  readonly #judge: Judge
  readonly #network: SimNetwork
  readonly #servers: readonly SimServer[]
  readonly #random: Random
  readonly #quiet: boolean
  #over = false
  #doomedUntilMs = 0
  #doomed = 0
  #lastDoomed: SimServer | null = null
  #slowUntilMs = 0

  /** `quiet`: clients say little, so that it takes long until something that was lost is missed. */
  constructor(world: FateWorld, random: Random, quiet: boolean) {
    this.#quiet = quiet
    world.judge.elected = (id) => {
      const leader = world.servers.find((server) => server.id === id)
      if (leader !== undefined && !this.#over && this.#scheduler.nowMs < this.#doomedUntilMs) this.#doom(leader)
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
        this.#doomedUntilMs = this.#scheduler.nowMs + 1000 + this.#random.next() * 1500
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

  /** In [0, 1), mostly small. */
  #small(): number {
    const drawn = this.#random.next()
    return drawn * drawn
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

  // From the moment on in which it is elected: its first entry may never leave it. Four in turn, as in Raft's figure 8: two keep to themselves what they
  // append, a third is heard by one server, and the fourth is spared, so that what it has prevails.
  #doom(leader: SimServer): void {
    // The same one again: its turn begins anew.
    if (this.#doomed % 4 === 1 && leader === this.#lastDoomed) this.#doomed -= 1
    const turn = this.#doomed++ % 4
    const before = this.#lastDoomed
    this.#lastDoomed = leader
    if (turn === 3) return
    const others = this.#othersOf(leader).filter((other) => other !== before || this.#random.below(4) === 0)
    // One of them may still hear it for a moment, late.
    const heard = (turn === 2) === this.#random.below(4) > 0
    const confidant = heard ? others[this.#random.below(others.length)] : undefined
    this.#say(`doomed: server ${leader.id}${confidant === undefined ? '' : `, which server ${confidant.id} hears`}`)
    const { links } = this.#network
    const alone = this.#random.below(3) > 0 ? 0 : this.#small() * 15
    this.#after(alone, () => {
      for (const other of this.#othersOf(leader)) if (other !== confidant) links.cut(leader.id, other.id)
    })
    const lateMs = this.#random.next() * 20
    if (confidant !== undefined) this.#network.delay(leader.id, confidant.id, lateMs)
    const fall = (): void => {
      if (this.#random.below(2) === 0) leader.kill()
      else this.#network.isolate(leader.id)
      if (confidant !== undefined) this.#network.delay(leader.id, confidant.id, 0)
      // The first is back in time for the third election, the second for the fourth.
      this.#after((turn === 0 ? 150 : 350) + this.#random.next() * 150, () => {
        this.#heal(leader)
        leader.start()
      })
    }
    if (turn === 2 && confidant !== undefined) this.#whenHeard(leader, confidant, fall)
    else this.#after(confidant === undefined ? 10 + this.#random.next() * 30 : 2 + (0.5 + 2.5 * this.#random.next()) * lateMs, fall)
  }

  // The confidant's disk has what the leader had before its election: it can still say so, and nothing more comes to it.
  #whenHeard(leader: SimServer, confidant: SimServer, fall: () => void): void {
    const untilMs = this.#scheduler.nowMs + MOST_HEARD_MS
    const ofFormerTerms = leader.replica?.durableIndex ?? 0
    const look = (): void => {
      const heard = (confidant.replica?.durableIndex ?? 0) >= ofFormerTerms
      if (heard) this.#network.links.cut(leader.id, confidant.id)
      if (heard || this.#scheduler.nowMs > untilMs) this.#after(3 + this.#random.next() * 20, fall)
      else this.#after(LOOK_EVERY_MS, look)
    }
    look()
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
