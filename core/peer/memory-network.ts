// peer: links between servers of one process, with the contract of PeerLinks and with everything that can go wrong on a network, on whatever clock is
// given. The simulator breaks it; an ensemble in one process just uses it.
//
//   link 1 -> 2   lanes of messages under way, each in order, due after a delay
//   cut(1, 2)     nothing of 1 reaches 2, and nobody is told: what is under way waits. Links between the two are silent at their diallers, then break
//   break(1, 2)   the link breaks at its dialler: of each lane any suffix is lost, the rest still comes
//   leave(2)      the process is gone: its links break, dialling it is refused
//
// A link is made anew by its dialler after each break; accepting it fences the former one. PURE but for what the clock does.

import { assert } from '../support/assert.ts'
import type { Random } from '../support/random.ts'
import { readFrame } from './frame.ts'
import type { PeerIdentity } from './identity.ts'
import { decodeMessage } from './message-decoder.ts'
import { AppendBodies, encodeMessage } from './message-encoder.ts'
import type { PeerClock } from './peer-clock.ts'
import type { CloseReason } from './peer-counters.ts'
import { type LaneName, laneOf, type PeerMessage } from './peer-messages.ts'
import type { PeerTransport, PeerTransportListener } from './peer-transport.ts'

export interface MemoryNetworkOptions {
  readonly clock: PeerClock
  readonly random: Random
  /** How long a message is under way. */
  readonly delayMs: (from: number, to: number) => number
  /** Every message is encoded and decoded. Default false: it is handed on as it is. */
  readonly encode?: boolean
  /** A link on which nothing comes back for so long breaks. Default 1,500. */
  readonly silenceMs?: number
  /** Wait before dialling again. Default 50. */
  readonly redialMs?: number
}

interface Flight {
  readonly message: PeerMessage
  readonly bytes: number
  /** It has travelled long enough. */
  due: boolean
}

type Lanes = Record<LaneName, Flight[]>

/** What the receiving end holds of the newest link of a server. */
interface Arrival {
  readonly from: number
  readonly lanes: Lanes
  open: boolean
}

export class MemoryNetwork {
  readonly options: Required<MemoryNetworkOptions>
  readonly #servers = new Map<number, MemoryLinks>()
  readonly #cuts = new Set<string>()

  constructor(options: MemoryNetworkOptions) {
    this.options = { encode: false, silenceMs: 1_500, redialMs: 50, ...options }
  }

  /** A process starts. */
  join(identity: PeerIdentity, listener: PeerTransportListener): MemoryLinks {
    assert(!this.#servers.has(identity.serverId), `server ${identity.serverId} runs already`)
    const links = new MemoryLinks(this, identity, listener)
    this.#servers.set(identity.serverId, links)
    return links
  }

  /** A process is gone, in an instant. What it sent may still come, in part. */
  leave(serverId: number): void {
    this.#servers.get(serverId)?.vanish()
    this.#servers.delete(serverId)
    for (const other of this.#servers.values()) if (!this.isCut(serverId, other.id)) other.peerVanished(serverId)
  }

  server(serverId: number): MemoryLinks | undefined {
    return this.#servers.get(serverId)
  }

  /** One way. */
  cut(from: number, to: number): void {
    this.#cuts.add(`${from} ${to}`)
    this.#servers.get(from)?.pathChanged(to)
    this.#servers.get(to)?.pathChanged(from)
  }

  heal(from: number, to: number): void {
    this.#cuts.delete(`${from} ${to}`)
    this.#servers.get(to)?.deliver(from)
    // A process that ended behind the cut could not tell: the first thing that gets through again is answered by a reset.
    this.#servers.get(from)?.resetIfDead(to)
    this.#servers.get(to)?.resetIfDead(from)
  }

  break(from: number, to: number): void {
    this.#servers.get(from)?.breakLink(to, 'reset')
  }

  isCut(from: number, to: number): boolean {
    return this.#cuts.has(`${from} ${to}`)
  }
}

/** One server's links on a {@link MemoryNetwork}. */
export class MemoryLinks implements PeerTransport {
  readonly id: number
  readonly #network: MemoryNetwork
  readonly #identity: PeerIdentity
  readonly #listener: PeerTransportListener
  /** Links that stand, by peer: what the other end holds of them. */
  readonly #outgoing = new Map<number, Arrival>()
  readonly #arrivals = new Map<number, Arrival>()
  readonly #peers = new Set<number>()
  readonly #paused = new Set<number>()
  readonly #brokenUntold = new Set<number>()
  readonly #timers = new Map<string, () => void>()
  readonly #bodies = new AppendBodies()
  #gone = false

  constructor(network: MemoryNetwork, identity: PeerIdentity, listener: PeerTransportListener) {
    this.id = identity.serverId
    this.#network = network
    this.#identity = identity
    this.#listener = listener
  }

  setPeers(peers: readonly number[]): void {
    for (const peer of this.#peers) if (!peers.includes(peer)) this.#forget(peer)
    for (const peer of peers) {
      if (this.#peers.has(peer) || peer === this.id) continue
      this.#peers.add(peer)
      this.#dialAfter(peer, 0)
    }
  }

  send(message: PeerMessage): boolean {
    const arrival = this.#outgoing.get(message.to)
    if (arrival === undefined || this.#gone) return false
    const lane = arrival.lanes[laneOf(message)]
    const flight = this.#flight(message)
    lane.push(flight)
    const { clock, delayMs } = this.#network.options
    clock.after(delayMs(this.id, message.to), () => {
      flight.due = true
      if (arrival.open) this.#network.server(message.to)?.deliver(this.id)
    })
    return true
  }

  isUp(peer: number): boolean {
    return this.#outgoing.has(peer)
  }

  bufferedBytes(peer: number): number {
    const lanes = this.#outgoing.get(peer)?.lanes
    return lanes === undefined ? 0 : [...lanes.control, ...lanes.bulk].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  pause(peer: number): void {
    this.#paused.add(peer)
  }

  resume(peer: number): void {
    if (this.#paused.delete(peer)) this.#later(`resume ${peer}`, 0, () => this.deliver(peer))
  }

  reject(peer: number): void {
    const arrival = this.#arrivals.get(peer)
    if (arrival === undefined) return
    this.#end(arrival, 'badBytes')
    this.#network.server(peer)?.breakLink(this.id, 'reset')
  }

  /** The process ends: no timer is left and nothing is called any more. */
  vanish(): void {
    this.#gone = true
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    for (const arrival of this.#arrivals.values()) arrival.open = false
    for (const arrival of this.#outgoing.values()) this.#loseSuffixes(arrival)
    this.#outgoing.clear()
  }

  /** The process at the other end is gone, and this end is told by a reset. */
  peerVanished(peer: number): void {
    this.breakLink(peer, 'reset')
    this.#later(`lost ${peer}`, this.#network.options.delayMs(peer, this.id), () => {
      const arrival = this.#arrivals.get(peer)
      if (arrival !== undefined && this.#network.server(peer)?.isUp(this.id) !== true) this.#end(arrival, 'reset')
    })
  }

  /** Something between the two was cut: who hears nothing breaks what it dialled. */
  pathChanged(peer: number): void {
    if (!this.#outgoing.has(peer)) return
    this.#later(`silence ${peer}`, this.#network.options.silenceMs, () => {
      if (this.#blocked(peer)) this.breakLink(peer, 'silent')
    })
  }

  resetIfDead(peer: number): void {
    if (this.#outgoing.get(peer)?.open === false && !this.#blocked(peer)) this.breakLink(peer, 'reset')
  }

  breakLink(peer: number, reason: CloseReason): void {
    const arrival = this.#outgoing.get(peer)
    if (arrival === undefined || this.#gone) return
    this.#outgoing.delete(peer)
    this.#loseSuffixes(arrival)
    this.#brokenUntold.add(peer)
    this.#later(`down ${peer}`, 0, () => {
      this.#listener.down(peer, reason)
      this.#dialAfter(peer, 0)
    })
  }

  /** Hands on what is due of the newest link of a server, in the order of each lane. */
  deliver(from: number): void {
    const arrival = this.#arrivals.get(from)
    if (arrival === undefined || this.#gone) return
    for (const lane of ['control', 'bulk'] as const) {
      const flights = arrival.lanes[lane]
      while (
        arrival.open &&
        flights[0]?.due === true &&
        !this.#network.isCut(from, this.id) &&
        !(lane === 'bulk' && this.#paused.has(from))
      ) {
        this.#listener.message((flights.shift() as Flight).message)
      }
    }
  }

  #blocked(peer: number): boolean {
    return this.#network.isCut(this.id, peer) || this.#network.isCut(peer, this.id)
  }

  #dialAfter(peer: number, ms: number): void {
    this.#later(`dial ${peer}`, ms, () => this.#dial(peer))
  }

  #dial(peer: number): void {
    const { redialMs, delayMs } = this.#network.options
    if (!this.#peers.has(peer) || this.#outgoing.has(peer)) return
    const target = this.#network.server(peer)
    if (this.#blocked(peer)) {
      this.#dialAfter(peer, redialMs)
    } else if (target?.knows(this.id) !== true) {
      this.#dialAfter(peer, redialMs)
      if (target === undefined && this.#brokenUntold.delete(peer)) this.#listener.refused(peer)
    } else {
      this.#later(`connect ${peer}`, delayMs(this.id, peer) + delayMs(peer, this.id), () => this.#connected(peer))
    }
  }

  #connected(peer: number): void {
    const target = this.#network.server(peer)
    if (target?.knows(this.id) !== true || this.#blocked(peer) || this.#outgoing.has(peer)) {
      this.#dialAfter(peer, this.#network.options.redialMs)
      return
    }
    const arrival: Arrival = { from: this.id, lanes: { control: [], bulk: [] }, open: true }
    this.#outgoing.set(peer, arrival)
    this.#brokenUntold.delete(peer)
    target.accept(arrival, this.#identity)
    this.#listener.up(peer)
  }

  knows(peer: number): boolean {
    return !this.#gone && this.#peers.has(peer)
  }

  accept(arrival: Arrival, identity: PeerIdentity): void {
    const former = this.#arrivals.get(arrival.from)
    if (former !== undefined) this.#end(former, 'fenced')
    this.#arrivals.set(arrival.from, arrival)
    this.#listener.accepted(identity)
  }

  #end(arrival: Arrival, reason: CloseReason): void {
    if (!arrival.open) return
    arrival.open = false
    this.#listener.lost(arrival.from, reason)
  }

  #forget(peer: number): void {
    this.#peers.delete(peer)
    this.#outgoing.delete(peer)
    const arrival = this.#arrivals.get(peer)
    if (arrival !== undefined) arrival.open = false
    this.#arrivals.delete(peer)
    this.#network.server(peer)?.breakLink(this.id, 'reset')
  }

  #loseSuffixes({ lanes }: Arrival): void {
    for (const flights of [lanes.control, lanes.bulk]) flights.length = this.#network.options.random.below(flights.length + 1)
  }

  #flight(message: PeerMessage): Flight {
    if (!this.#network.options.encode) return { message, bytes: 0, due: false }
    const { buffers, bytes } = encodeMessage(message, this.#bodies)
    const decoded = decodeMessage(readFrame(Buffer.concat(buffers)), { from: this.id, to: message.to })
    return { message: decoded, bytes, due: false }
  }

  /** One timer of each name; a later one takes its place. */
  #later(name: string, ms: number, call: () => void): void {
    this.#timers.get(name)?.()
    const cancel = this.#network.options.clock.after(ms, () => {
      this.#timers.delete(name)
      call()
    })
    this.#timers.set(name, cancel)
  }
}
