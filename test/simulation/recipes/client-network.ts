// The way between machines and servers: connections of two directed streams, each in order, each with a delay. A way can be cut (what is sent waits, as TCP
// sends again), and a connection can break at any message: what is under way is lost, and each end hears of it at another time, or much later.

import { EventEmitter } from 'node:events'
import type { Connection } from '../../../core/replica/connection.ts'
import type { Link } from '../../../core/replica/host.ts'
import type { Random } from '../../../core/support/random.ts'
import type { Scheduler } from '../scheduler.ts'
import type { SimServer } from '../sim-server.ts'
import { currentMachine, type Machine } from './machine.ts'

const USUAL_DELAY_MS = 1.5
const LEAST_DELAY_MS = 0.03
/** Somebody who does not answer is tried again by TCP. */
const SYN_AGAIN_MS = 60

export interface NetworkWorld {
  readonly scheduler: Scheduler
  readonly servers: readonly SimServer[]
  readonly random: Random
}

type Direction = 'up' | 'down'

export class ClientNetwork {
  readonly world: NetworkWorld
  /** Directions of ways that are cut: `machine>server>up`. */
  readonly #cuts = new Set<string>()
  readonly #sockets = new Set<SimSocket>()
  #maxDelayMs = USUAL_DELAY_MS
  /** Of how many messages one breaks its connection; 0: none does. */
  breakOneOf = 0

  constructor(world: NetworkWorld) {
    this.world = world
  }

  /** Connections that stand or are being opened. */
  get connections(): readonly SimSocket[] {
    return [...this.#sockets]
  }

  /** In place of net.connect: to `server-<id>`, by the machine whose code calls. */
  open({ host, onread }: OpenOptions): SimSocket {
    const machine = currentMachine()
    const server = this.world.servers.find(({ id }) => host === `server-${id}`)
    if (machine === undefined || server === undefined || onread === undefined) throw new Error(`nobody is at ${host}`)
    const socket = new SimSocket(this, machine, server, onread)
    this.#sockets.add(socket)
    return socket
  }

  delayMs(): number {
    const drawn = this.world.random.next()
    return LEAST_DELAY_MS + drawn * drawn * this.#maxDelayMs
  }

  /** Messages take up to so long; left out: as usual. */
  slow(maxDelayMs: number = USUAL_DELAY_MS): void {
    this.#maxDelayMs = maxDelayMs
  }

  cut(machine: Machine, server: SimServer, direction: Direction): void {
    this.#cuts.add(`${machine.name}>${server.id}>${direction}`)
  }

  heal(machine: Machine, server: SimServer, direction: Direction): void {
    this.#cuts.delete(`${machine.name}>${server.id}>${direction}`)
    for (const socket of this.#sockets) if (socket.machine === machine && socket.server === server) socket.pump(direction)
  }

  healAll(): void {
    this.slow()
    this.breakOneOf = 0
    this.#cuts.clear()
    for (const socket of this.#sockets) {
      socket.pump('up')
      socket.pump('down')
    }
  }

  isCut(machine: Machine, server: SimServer, direction: Direction): boolean {
    return this.#cuts.has(`${machine.name}>${server.id}>${direction}`)
  }

  forget(socket: SimSocket): void {
    this.#sockets.delete(socket)
  }
}

export interface OpenOptions {
  readonly host?: string
  readonly onread?: OnRead
}

export interface OnRead {
  readonly buffer: Buffer
  readonly callback: (length: number, buffer: Buffer) => boolean
}

/** What is on its way in one direction, in order. */
class Stream {
  readonly #network: ClientNetwork
  readonly #isCut: () => boolean
  #messages: { readonly dueMs: number; readonly run: () => void }[] = []
  #lastDueMs = 0

  constructor(network: ClientNetwork, isCut: () => boolean) {
    this.#network = network
    this.#isCut = isCut
  }

  push(run: () => void): void {
    const { scheduler } = this.#network.world
    const dueMs = Math.max(this.#lastDueMs, scheduler.nowMs + this.#network.delayMs())
    this.#lastDueMs = dueMs
    this.#messages.push({ dueMs, run })
    scheduler.after(dueMs - scheduler.nowMs, () => this.pump())
  }

  pump(): void {
    const { scheduler } = this.#network.world
    for (let first = this.#messages[0]; first !== undefined && !this.#isCut(); first = this.#messages[0]) {
      // Times are whole microseconds.
      if (first.dueMs > scheduler.nowMs + 0.001) return
      this.#messages.shift()
      first.run()
    }
  }

  lose(): void {
    this.#messages = []
  }
}

/** The client's end: a socket as far as core/client/transport.ts needs one. */
export class SimSocket extends EventEmitter {
  readonly machine: Machine
  readonly server: SimServer
  readonly #network: ClientNetwork
  readonly #onread: OnRead
  readonly #up: Stream
  readonly #down: Stream
  /** At the server, until it knows of the end. */
  #connection: Connection | null = null
  /** The client's end is closed. */
  #ended = false
  #broken = false
  readonly #died = (): void => this.#endClient()
  /** The server's end. */
  readonly #link: Link = {
    bufferedBytes: 0,
    send: (bytes) => this.#sent(Buffer.from(bytes)),
    close: () => this.#closedByServer(),
    destroy: () => this.#closedByServer(),
    pause: () => {},
    resume: () => {},
    fourLetterWord: () => {},
  }

  constructor(network: ClientNetwork, machine: Machine, server: SimServer, onread: OnRead) {
    super()
    this.#network = network
    this.machine = machine
    this.server = server
    this.#onread = onread
    this.#up = new Stream(network, () => network.isCut(machine, server, 'up'))
    this.#down = new Stream(network, () => network.isCut(machine, server, 'down'))
    machine.onDeath.add(this.#died)
    this.#after(network.delayMs(), () => this.#dial())
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#broken) return true
    const copy = Buffer.from(bytes)
    this.#push(this.#up, () => {
      if (this.#connection !== null) this.server.bytes(this.#connection, copy)
    })
    return true
  }

  /** The client looks at it no more. */
  destroy(): void {
    if (this.#ended) return
    this.#endClient()
    this.#after(0, () => this.machine.deliver(() => this.emit('close')))
  }

  /** What is under way is lost. Each end hears of it later, the server sometimes much later. */
  break(): void {
    if (this.#broken) return
    const { random } = this.#network.world
    this.#broken = true
    this.#up.lose()
    this.#down.lose()
    const lateMs = random.below(4) === 0 ? 1000 : 20
    this.#after(random.next() * lateMs, () => this.#tellServer())
    this.#after(random.next() * 5, () => this.#closeClient(new Error('reset')))
  }

  pump(direction: Direction): void {
    if (direction === 'up') this.#up.pump()
    else this.#down.pump()
  }

  // The connection may break at any message: before it arrives or right behind it.
  #push(stream: Stream, arrives: () => void): void {
    const { breakOneOf, world } = this.#network
    const breaks = breakOneOf > 0 && world.random.below(breakOneOf) === 0
    if (breaks && world.random.below(2) === 0) {
      this.break()
      return
    }
    stream.push(() => {
      arrives()
      if (breaks) this.break()
    })
  }

  #sent(bytes: Buffer): boolean {
    if (!this.#broken) this.#push(this.#down, () => this.#read(bytes))
    return true
  }

  #closedByServer(): void {
    this.#connection = null
    if (this.#ended) this.#network.forget(this)
    if (!this.#broken) this.#down.push(() => this.#closeClient(null))
  }

  #dial(): void {
    if (this.#ended || this.#broken) return
    const { machine, server } = this
    if (this.#network.isCut(machine, server, 'up') || this.#network.isCut(machine, server, 'down') || server.paused) {
      this.#after(SYN_AGAIN_MS, () => this.#dial())
      return
    }
    this.#connection = server.open(this.#link, machine.name)
    if (this.#connection === null) this.#closeClient(new Error('refused'))
    else machine.deliver(() => this.#ended || this.emit('connect'))
  }

  #read(bytes: Buffer): void {
    this.machine.deliver(() => {
      const { buffer, callback } = this.#onread
      for (let at = 0; at < bytes.length && !this.#ended; at += buffer.length) {
        callback(bytes.copy(buffer, 0, at, Math.min(bytes.length, at + buffer.length)), buffer)
      }
    })
  }

  #closeClient(error: Error | null): void {
    this.machine.deliver(() => {
      if (this.#ended) return
      this.#endClient()
      if (error === null) this.emit('end')
      else this.emit('error', error)
      this.emit('close')
    })
  }

  // The system tells the server when what was sent before has come.
  #endClient(): void {
    this.#ended = true
    this.machine.onDeath.delete(this.#died)
    if (this.#connection === null) this.#network.forget(this)
    else if (!this.#broken) this.#up.push(() => this.#tellServer())
  }

  #tellServer(): void {
    const connection = this.#connection
    this.#connection = null
    if (connection !== null) this.server.gone(connection)
    if (this.#ended) this.#network.forget(this)
  }

  #after(ms: number, run: () => void): void {
    this.#network.world.scheduler.after(ms, run)
  }
}
