// What befalls a simulated ensemble: one thing after the other, drawn from the seed.

import { type Random, SeededRandom } from '../../core/support/random.ts'
import { type Character, WEAKNESSES, type Weakness } from './character.ts'
import type { Judge } from './judge.ts'
import type { SimNetwork } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimServer } from './sim-server.ts'
import { type FateWorld, SpecialFates } from './special-fates.ts'

const MEAN_GAP_MS = 200
/** One fate in so many is a special one: of a life with a weakness, and of any other. */
const WEAK_SHARE = 2
const STRONG_SHARE = 20
/** Where what a fate has broken is to stay broken for a while, they are seldom, and mostly special. */
const USUAL_SHARE = 4
const SELDOM_GAP_MS = 450
const LASTING: readonly Weakness[] = ['flapping links', 'out of sight', 'doomed leaders']

export class Fates {
  readonly #scheduler: Scheduler
  readonly #judge: Judge
  readonly #network: SimNetwork
  readonly #servers: readonly SimServer[]
  readonly #random: Random
  readonly #character: Pick<Character, 'weakness' | 'quiet'>
  readonly #special: SpecialFates
  #over = false

  constructor(world: FateWorld, random: Random, character: Pick<Character, 'weakness' | 'quiet'> = { weakness: null, quiet: false }) {
    this.#character = character
    this.#special = new SpecialFates(world, new SeededRandom(random.below(2 ** 31)), character.quiet)
    this.#scheduler = world.scheduler
    this.#judge = world.judge
    this.#network = world.network
    this.#servers = world.servers
    this.#random = random
  }

  begin(): void {
    this.#scheduler.after(20 + this.#small() * 3 * (this.#seldom ? SELDOM_GAP_MS : MEAN_GAP_MS), () => {
      if (this.#over) return
      this.#befall()
      this.begin()
    })
  }

  /** Nothing happens any more, and everything is put right but what was damaged. */
  end(): void {
    this.#over = true
    this.#special.end()
    this.#judge.say('fate', 'all is well')
    this.#network.healAll()
    for (const server of this.#servers) {
      server.disk.calm()
      server.resume()
      server.start()
    }
  }

  #befall(): void {
    const special = this.#specialFate()
    if (special !== null) {
      this.#special.befall(special)
      return
    }
    const server = this.#one()
    const other = this.#one()
    const forMs = this.#small() * 3000
    switch (this.#random.below(16)) {
      case 0:
        this.#say('kill', server)
        this.#down(server, forMs)
        break
      case 1:
        this.#say('power loss', server)
        server.losePower()
        this.#rot(server)
        this.#scheduler.after(forMs, () => server.start())
        break
      case 2:
        this.#say('pause', server)
        server.pause(this.#small() * 2500)
        break
      case 3:
      case 4:
      case 5:
        if (server !== other) this.#break(server, other)
        break
      case 6:
        if (server !== other) this.#cut(server, other, forMs)
        break
      case 7:
        this.#isolate(server, forMs)
        break
      case 8:
        this.#say('slow network', server)
        this.#network.slow(1 + this.#small() * 120)
        this.#scheduler.after(forMs, () => this.#network.slow())
        break
      case 9:
        this.#say('disk stall', server)
        server.disk.stall(this.#small() * 1500)
        break
      case 10:
        this.#say('disk full', server)
        server.disk.fill(this.#random.below(this.#random.below(2) === 0 ? 1 << 13 : 1 << 17), forMs)
        break
      case 11:
        this.#say('wall clock moved', server)
        server.clocks.moveWall((this.#random.next() - 0.5) * 20_000)
        break
      default:
        this.#strikeLeader(forMs)
    }
    if (this.#random.below(80) === 0) this.#losePowerEverywhere()
  }

  get #seldom(): boolean {
    const { weakness, quiet } = this.#character
    return quiet || (weakness !== null && LASTING.includes(weakness))
  }

  #specialFate(): Weakness | null {
    const { weakness } = this.#character
    if (weakness === null) return this.#random.below(STRONG_SHARE) > 0 ? null : (WEAKNESSES[this.#random.below(WEAKNESSES.length)] ?? null)
    const special = this.#seldom ? this.#random.below(USUAL_SHARE) > 0 : this.#random.below(WEAK_SHARE) === 0
    return special ? weakness : null
  }

  #say(what: string, server: SimServer, other?: SimServer): void {
    this.#judge.saw(what)
    this.#judge.say('fate', `${what}: server ${server.id}${other === undefined ? '' : `, ${other.id}`}`)
  }

  /** In [0, 1), mostly small. Not with `**`, whose last bit differs between machines. */
  #small(): number {
    const drawn = this.#random.next()
    return drawn * drawn
  }

  #one(): SimServer {
    return this.#servers[this.#random.below(this.#servers.length)] as SimServer
  }

  #down(server: SimServer, forMs: number): void {
    server.kill()
    this.#rot(server)
    this.#scheduler.after(forMs, () => server.start())
  }

  #break(from: SimServer, to: SimServer): void {
    this.#say('break', from, to)
    this.#network.links.break(from.id, to.id)
  }

  #cut(from: SimServer, to: SimServer, forMs: number): void {
    this.#say('one-way cut', from, to)
    this.#network.links.cut(from.id, to.id)
    this.#scheduler.after(forMs, () => this.#network.links.heal(from.id, to.id))
  }

  #isolate(server: SimServer, forMs: number): void {
    this.#say('isolation', server)
    this.#network.isolate(server.id)
    this.#scheduler.after(forMs, () => this.#network.healAll())
  }

  #strikeLeader(forMs: number): void {
    const leader = this.#servers.find(({ replica }) => replica?.role === 'leader')
    if (leader === undefined) return
    const other = this.#one()
    switch (this.#random.below(5)) {
      case 0:
        this.#judge.say('fate', `hand-over: server ${leader.id}`)
        leader.handOver(this.#random.below(2) === 0, forMs)
        break
      case 1:
        this.#say('leader killed', leader)
        this.#down(leader, forMs)
        break
      case 2:
        this.#say('leader paused', leader)
        leader.pause(this.#small() * 2500)
        break
      case 3:
        this.#judge.saw('leader isolated')
        this.#isolate(leader, forMs)
        break
      default:
        if (other !== leader) this.#break(other, leader)
    }
  }

  // At most one server, and only where the others are a quorum without it: what it held, they hold.
  #rot(server: SimServer): void {
    if (this.#servers.length < 3 || this.#servers.some(({ rotten }) => rotten) || this.#random.below(3) > 0) return
    if (server.rot(this.#random)) this.#judge.saw('rot')
  }

  #losePowerEverywhere(): void {
    this.#judge.saw('power loss of all')
    for (const each of this.#servers) {
      each.losePower()
      this.#scheduler.after(this.#random.next() * 500, () => each.start())
    }
  }
}
