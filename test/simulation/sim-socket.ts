// A connection between a simulated client and a server, with a delay in each direction. What was sent comes in order, or not at all.

import type { Connection } from '../../core/replica/connection.ts'
import type { Link } from '../../core/replica/host.ts'
import type { Random } from '../../core/support/random.ts'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimServer } from './sim-server.ts'

/** Who holds the client's end. */
export interface SocketOwner {
  frame(socket: Socket, r: Reader): void
  closedBy(socket: Socket): void
}

export class Socket implements Link {
  readonly server: SimServer
  /** Of its client's connections. */
  readonly number: number
  readonly bufferedBytes = 0
  /** The session is there. */
  open = false
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #owner: SocketOwner
  readonly #maxDelayMs: number
  readonly #decoder = new FrameDecoder(1 << 26)
  #connection: Connection | null = null
  #ended = false
  #upDueMs = 0
  #downDueMs = 0

  constructor(scheduler: Scheduler, random: Random, server: SimServer, owner: SocketOwner, number: number, maxDelayMs: number) {
    this.#scheduler = scheduler
    this.#random = random
    this.server = server
    this.#owner = owner
    this.number = number
    this.#maxDelayMs = maxDelayMs
  }

  /** Whether somebody answers. */
  connect(address: string): boolean {
    this.#connection = this.server.open(this, address)
    return this.#connection !== null
  }

  // The client's end.

  write(bytes: Buffer): void {
    this.#upDueMs = this.#after(this.#upDueMs, () => {
      if (this.#connection !== null) this.server.bytes(this.#connection, bytes)
    })
  }

  /** The client looks at it no more; the server hears of it when what was sent before has come, and `lingerMs` later. */
  end(lingerMs = 0): void {
    if (this.#ended) return
    this.#ended = true
    this.#upDueMs = this.#after(this.#upDueMs + lingerMs, () => {
      if (this.#connection !== null) this.server.gone(this.#connection)
    })
  }

  // The server's end.

  send(bytes: Buffer): boolean {
    this.server.answers()
    const copy = Buffer.from(bytes)
    this.#downDueMs = this.#after(this.#downDueMs, () => {
      if (this.#ended) return
      this.#decoder.push(copy, (frame, start, end) => {
        if (!this.#ended) this.#owner.frame(this, new Reader(frame, start, end))
        return true
      })
    })
    return true
  }

  close(): void {
    this.#connection = null
    this.#downDueMs = this.#after(this.#downDueMs, () => {
      if (!this.#ended) this.#owner.closedBy(this)
    })
  }

  destroy(): void {
    this.close()
  }
  pause(): void {}
  resume(): void {}
  fourLetterWord(): void {}

  #after(lastDueMs: number, run: () => void): number {
    const due = Math.max(lastDueMs, this.#scheduler.nowMs + 0.02 + this.#random.next() * this.#maxDelayMs)
    this.#scheduler.after(due - this.#scheduler.nowMs, run)
    return due
  }
}
