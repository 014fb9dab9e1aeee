// Leaders that fall one after the other, each with entries that hardly anybody has: what it takes to see that an entry of an older term is not committed by
// counting (Raft, figure 8).
//
//   1st leads, heard by nobody   X . .        falls
//   2nd leads, heard by nobody   X Y .        falls
//   1st leads again              X Y X        the 3rd takes over X, and says so; nothing of the new term reaches it
//   2nd leads again              Y Y Y        X was never committed
//
// Or a leader whose disk stalls, while those that make a quorum with it hear it alone; then its power goes, and it leads, or follows, the others.

import type { Random } from '../../core/support/random.ts'
import type { SimServer } from './sim-server.ts'
import type { FateWorld } from './special-fates.ts'

/** A leader is given so long to be heard by its confidant, which is looked at so often. */
const MOST_HEARD_MS = 80
const LOOK_EVERY_MS = 0.3
/** The disk of one leader in so many stalls instead, so that it forgets what it leads with. */
const FORGETFUL_SHARE = 1 / 4
const STALL_MS = 100
const ALONE_MS = 500

export class DoomedLeaders {
  readonly #world: FateWorld
  readonly #random: Random
  /** Nothing happens any more once all is well. */
  readonly #after: (ms: number, run: () => void) => void
  #untilMs = 0
  #turns = 0
  #last: SimServer | null = null

  constructor(world: FateWorld, random: Random, after: (ms: number, run: () => void) => void) {
    this.#world = world
    this.#random = random
    this.#after = after
  }

  /** For a while every leader is doomed; or the one of now is, if there is one. */
  begin(): void {
    const drawn = this.#random.next()
    const leader = this.#world.servers.find(({ replica }) => replica?.role === 'leader')
    if (leader !== undefined && drawn < FORGETFUL_SHARE) this.#forget(leader, drawn / FORGETFUL_SHARE)
    else this.#untilMs = this.#world.scheduler.nowMs + 1000 + drawn * 1500
  }

  elected(leader: SimServer): void {
    if (this.#world.scheduler.nowMs < this.#untilMs) this.#doom(leader)
  }

  // `drawn`: in [0, 1), which of its followers hear it, and for how long.
  #forget(leader: SimServer, drawn: number): void {
    const { judge, network } = this.#world
    const others = this.#othersOf(leader)
    const first = Math.floor(drawn * others.length)
    const heard = (other: SimServer): boolean => (others.indexOf(other) - first + others.length) % others.length < others.length / 2
    judge.say('fate', `forgetful: server ${leader.id}`)
    leader.disk.stall(STALL_MS)
    for (const other of others) if (!heard(other)) network.links.cut(leader.id, other.id)
    this.#after(STALL_MS * (0.3 + 0.5 * drawn), () => {
      leader.losePower()
      const confidants = others.filter(heard)
      for (const confidant of confidants) network.isolate(confidant.id)
      for (const other of others) if (!heard(other)) network.links.heal(leader.id, other.id)
      leader.start()
      this.#after(ALONE_MS, () => {
        for (const confidant of confidants) this.#heal(confidant)
      })
    })
  }

  // From the moment on in which it is elected: its first entry may never leave it. Four in turn, as in Raft's figure 8: two keep to themselves what they
  // append, a third is heard by one server, and the fourth is spared, so that what it has prevails.
  #doom(leader: SimServer): void {
    const { network } = this.#world
    // The same one again: its turn begins anew.
    if (this.#turns % 4 === 1 && leader === this.#last) this.#turns -= 1
    const turn = this.#turns++ % 4
    const before = this.#last
    this.#last = leader
    if (turn === 3) return
    const others = this.#othersOf(leader).filter((other) => other !== before || this.#random.below(4) === 0)
    // One of them may still hear it for a moment, late.
    const heard = (turn === 2) === this.#random.below(4) > 0
    const confidant = heard ? others[this.#random.below(others.length)] : undefined
    this.#world.judge.say('fate', `doomed: server ${leader.id}${confidant === undefined ? '' : `, which server ${confidant.id} hears`}`)
    const { links } = network
    const alone = this.#random.below(3) > 0 ? 0 : this.#small() * 15
    this.#after(alone, () => {
      for (const other of this.#othersOf(leader)) if (other !== confidant) links.cut(leader.id, other.id)
    })
    const lateMs = this.#random.next() * 20
    if (confidant !== undefined) network.delay(leader.id, confidant.id, lateMs)
    const fall = (): void => {
      if (this.#random.below(2) === 0) leader.kill()
      else network.isolate(leader.id)
      if (confidant !== undefined) network.delay(leader.id, confidant.id, 0)
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
    const { network, scheduler } = this.#world
    const untilMs = scheduler.nowMs + MOST_HEARD_MS
    const ofFormerTerms = leader.replica?.durableIndex ?? 0
    const look = (): void => {
      const heard = (confidant.replica?.durableIndex ?? 0) >= ofFormerTerms
      if (heard) network.links.cut(leader.id, confidant.id)
      if (heard || scheduler.nowMs > untilMs) this.#after(3 + this.#random.next() * 20, fall)
      else this.#after(LOOK_EVERY_MS, look)
    }
    look()
  }

  /** In [0, 1), mostly small. */
  #small(): number {
    const drawn = this.#random.next()
    return drawn * drawn
  }

  #othersOf(server: SimServer): SimServer[] {
    return this.#world.servers.filter((other) => other !== server)
  }

  #heal(server: SimServer): void {
    const { links } = this.#world.network
    for (const other of this.#othersOf(server)) {
      links.heal(server.id, other.id)
      links.heal(other.id, server.id)
    }
  }
}
