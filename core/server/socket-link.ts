// server: a client's TCP socket as the replica sees it.

import type { Socket } from 'node:net'
import type { Link } from '../replica/host.ts'

/** A peer that neither reads nor closes is cut this long after the orderly end was sent. */
const LINGER_MS = 2000

export class SocketLink implements Link {
  readonly #socket: Socket
  readonly #onWord: (word: string) => void
  #paused = false

  constructor(socket: Socket, onWord: (link: SocketLink, word: string) => void) {
    this.#socket = socket
    this.#onWord = (word) => onWord(this, word)
  }

  send(bytes: Buffer): boolean {
    if (this.#socket.destroyed) return true
    this.#socket.write(bytes)
    // The kernel took everything during the call: nobody refers to the bytes any more.
    return this.#socket.writableLength === 0
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  close(): void {
    const socket = this.#socket
    if (socket.destroyed) return
    // Half-closing first lets the last reply arrive; what the peer still sends is thrown away.
    this.resume()
    socket.end()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    timer.unref()
    socket.once('finish', () => socket.destroySoon())
    socket.once('close', () => clearTimeout(timer))
  }

  fourLetterWord(word: string): void {
    this.#onWord(word)
  }

  /** Answers a four-letter word and closes. */
  answer(text: string): void {
    if (!this.#socket.destroyed) this.#socket.end(text, () => this.#socket.destroySoon())
  }
}
