// testing: one direction of a connection: bytes leave in order, later if it is delayed, not at all while it is held.

import type { Socket } from 'node:net'

interface Waiting {
  readonly bytes: Buffer
  readonly dueMs: number
  readonly sent: (() => void) | null
}

export class Lane {
  readonly #socket: Socket
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  #held = false
  #closed = false
  #extraMs = 0
  /** Added to the way of everything that is sent from now on. */
  delayMs = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  set held(held: boolean) {
    this.#held = held
    this.#flush()
  }

  /** What is sent next, and so all that follows it, is late by that much more. */
  delayOnce(ms: number): void {
    this.#extraMs = ms
  }

  send(bytes: Buffer): void {
    this.#queue(bytes, this.delayMs + this.#extraMs, null)
    this.#extraMs = 0
    this.#flush()
  }

  /** Sends, and calls `sent` when the system has taken it. */
  sendLast(bytes: Buffer, sent: () => void): void {
    this.#queue(bytes, this.delayMs, sent)
    this.#flush()
  }

  /** Sends byte by byte. */
  drip(bytes: Buffer, gapMs: number): void {
    for (let i = 0; i < bytes.length; i++) this.#queue(bytes.subarray(i, i + 1), this.delayMs + (i + 1) * gapMs, null)
    this.#flush()
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting = []
  }

  #queue(bytes: Buffer, delayMs: number, sent: (() => void) | null): void {
    this.#waiting.push({ bytes, dueMs: performance.now() + delayMs, sent })
  }

  #flush(): void {
    if (this.#held || this.#closed || this.#timer !== null) return
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const leftMs = first.dueMs - performance.now()
      if (leftMs > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = null
          this.#flush()
        }, Math.ceil(leftMs))
        return
      }
      this.#waiting.shift()
      const { bytes, sent } = first
      if (sent === null) this.#socket.write(bytes)
      else this.#socket.write(bytes, () => sent())
    }
  }
}
