// The links between simulated servers: what A says to B travels on the connection that A dialled, in order; a connection that breaks loses an unknown suffix
// of what was on it.
//
//   up       delivers after a delay
//   muted    delivers nothing and says nothing: a cut in one direction, or a peer that hangs. What was sent waits; it comes when the wire
//            is healed, or is lost when the connection breaks
//   down     the dialler knows, and tries again until somebody answers

import type { ReplicaMessage } from '../../core/replica/member.ts'
import type { Random } from '../../core/support/random.ts'
import type { Scheduler } from './scheduler.ts'

/** A process at an end of a link. */
export interface Station {
  readonly id: number
  /** Whether its process runs, be it paused. */
  readonly listening: boolean
  receive(message: ReplicaMessage): void
  peerUp(peer: number): void
  peerDown(peer: number, refused: boolean): void
}

const RETRY_MS = 20
/** A connection on which nothing gets through is given up after this time by keep-alive. */
const HALF_OPEN_MS = 2000

class Wire {
  state: 'up' | 'down' = 'down'
  muted = false
  /** Connections of this direction so far: what is under way belongs to one of them. */
  epoch = 0
  lastDueMs = 0
  waiting: ReplicaMessage[] = []
  mutedAtMs = 0
}

export class Network {
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #stations = new Map<number, Station>()
  readonly #wires = new Map<string, Wire>()
  /** Largest delay of a message. */
  maxDelayMs = 2
  delivered = 0
  lost = 0

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler
    this.#random = random
  }

  add(station: Station): void {
    for (const other of this.#stations.keys()) {
      this.#wires.set(`${other}>${station.id}`, new Wire())
      this.#wires.set(`${station.id}>${other}`, new Wire())
    }
    this.#stations.set(station.id, station)
  }

  /** The process of `id` has begun: it dials everybody, and they find it. */
  started(id: number): void {
    for (const peer of this.#stations.keys()) if (peer !== id) this.#dial(id, peer)
  }

  /** The process of `id` is gone: its connections are reset, and connecting to it is refused. */
  stopped(id: number): void {
    for (const peer of this.#stations.keys()) {
      if (peer === id) continue
      this.#lose(this.#wire(id, peer))
      this.break(peer, id)
    }
  }

  send(message: ReplicaMessage): void {
    const wire = this.#wire(message.from, message.to)
    if (wire.state === 'down') {
      this.lost += 1
      return
    }
    if (wire.muted) {
      wire.waiting.push(message)
      return
    }
    this.#travel(wire, message)
  }

  /** The connection from `from` to `to` breaks. `toldMs`: how long the dialler takes to notice. */
  break(from: number, to: number, toldMs = 0): void {
    const wire = this.#wire(from, to)
    if (wire.state === 'down') return
    this.#lose(wire)
    const told = (): void => {
      const station = this.#stations.get(from)
      if (station?.listening === true) station.peerDown(to, this.#stations.get(to)?.listening !== true)
      this.#scheduler.after(RETRY_MS * this.#random.next(), () => this.#dial(from, to))
    }
    if (toldMs === 0) told()
    else this.#scheduler.after(toldMs, told)
  }

  /** Nothing gets from `from` to `to` any more, and neither end is told. */
  mute(from: number, to: number): void {
    const wire = this.#wire(from, to)
    if (wire.muted) return
    wire.muted = true
    wire.mutedAtMs = this.#scheduler.nowMs
    const { epoch } = wire
    this.#scheduler.after(HALF_OPEN_MS, () => {
      if (wire.muted && wire.epoch === epoch && wire.state === 'up') this.break(from, to)
    })
  }

  heal(from: number, to: number): void {
    const wire = this.#wire(from, to)
    if (!wire.muted) return
    wire.muted = false
    const { waiting } = wire
    wire.waiting = []
    for (const message of waiting) this.#travel(wire, message)
  }

  healAll(): void {
    for (const from of this.#stations.keys()) for (const to of this.#stations.keys()) if (from !== to) this.heal(from, to)
  }

  #dial(from: number, to: number): void {
    const wire = this.#wire(from, to)
    const dialler = this.#stations.get(from)
    if (dialler?.listening !== true || wire.state === 'up') return
    const answered = !wire.muted && this.#stations.get(to)?.listening === true
    if (!answered) {
      if (!wire.muted) dialler.peerDown(to, true)
      this.#scheduler.after(RETRY_MS * (1 + this.#random.next()), () => this.#dial(from, to))
      return
    }
    wire.state = 'up'
    wire.epoch += 1
    dialler.peerUp(to)
  }

  #travel(wire: Wire, message: ReplicaMessage): void {
    const { epoch } = wire
    const drawn = this.#random.next()
    const dueMs = Math.max(wire.lastDueMs, this.#scheduler.nowMs + 0.05 + drawn * drawn * drawn * this.maxDelayMs)
    wire.lastDueMs = dueMs
    this.#scheduler.after(dueMs - this.#scheduler.nowMs, () => {
      const station = this.#stations.get(message.to)
      if (wire.epoch !== epoch || wire.state === 'down' || station?.listening !== true) {
        this.lost += 1
        return
      }
      if (wire.muted) {
        wire.waiting.push(message)
        return
      }
      this.delivered += 1
      station.receive(message)
    })
  }

  #lose(wire: Wire): void {
    wire.state = 'down'
    wire.epoch += 1
    this.lost += wire.waiting.length
    wire.waiting = []
  }

  #wire(from: number, to: number): Wire {
    const wire = this.#wires.get(`${from}>${to}`)
    if (wire === undefined) throw new Error(`no wire from ${from} to ${to}`)
    return wire
  }
}
