// server: a client's socket, plain or TLS, as the replica sees it.

import type { Socket } from 'node:net'
import type { Link } from '../replica/host.ts'

/** A peer that neither reads nor closes is cut this long after the orderly end was sent. */
const LINGER_MS = 2000

export class SocketLink implements Link {
  readonly #socket: Socket
  readonly #onWord: (word: string) => void
  readonly #onWritten: () => void
  #waiting = false
  #paused = false

  /** `onDrain`: everything that a `send` could not hand on at once has left. */
  constructor(socket: Socket, onWord: (link: SocketLink, word: string) => void, onDrain: () => void) {
    this.#socket = socket
    this.#onWord = (word) => onWord(this, word)
    this.#onWritten = () => {
      if (!this.#waiting || socket.writableLength > 0) return
      this.#waiting = false
      if (!socket.destroyed) onDrain()
    }
  }

  send(bytes: Buffer): boolean {
    const socket = this.#socket
    if (socket.destroyed) return true
    // 'drain' comes only after more than the high-water mark; the callback comes always.
    socket.write(bytes, this.#onWritten)
    // The kernel took everything during the call: nobody refers to the bytes any more.
    if (socket.writableLength === 0) return true
    this.#waiting = true
    return false
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

  destroy(): void {
    this.#socket.destroy()
  }

  fourLetterWord(word: string): void {
    this.#onWord(word)
  }

  /** Answers a four-letter word and closes. */
  answer(text: string): void {
    if (!this.#socket.destroyed) this.#socket.end(text, () => this.#socket.destroySoon())
  }
}
