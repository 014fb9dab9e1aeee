// server: one listening port for clients. What comes is counted against the limits before a byte of it is read.
//
//   plain    every socket as it is
//   secure   every socket through TLS
//   both     0x16 first is TLS (a handshake record), anything else plain: no ConnectRequest and no four-letter word begins with it

import { createServer, type Server, type Socket } from 'node:net'

const TLS_HANDSHAKE = 0x16

export type PortMode = 'plain' | 'secure' | 'both'

export interface ClientPortOwner {
  /** Whether the socket may come in at all. It is destroyed if not. */
  admit(socket: Socket): boolean
  plain(socket: Socket): void
  secure(socket: Socket): void
  /** Nothing came within the time for handshakes. */
  silent(socket: Socket): void
  failed(error: Error): void
}

export class ClientPort {
  readonly #mode: PortMode
  readonly #owner: ClientPortOwner
  readonly #handshakeTimeoutMs: number
  readonly #listener: Server
  #port = 0

  constructor(mode: PortMode, handshakeTimeoutMs: number, owner: ClientPortOwner) {
    this.#mode = mode
    this.#owner = owner
    this.#handshakeTimeoutMs = handshakeTimeoutMs
    this.#listener = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) => this.#accept(socket))
  }

  /** The port it listens on, 0 before. */
  get port(): number {
    return this.#port
  }

  /** Rejects with the system's error when the port cannot be taken. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject)
      this.#listener.listen({ host, port, backlog: 1024 }, () => {
        this.#listener.off('error', reject)
        this.#listener.on('error', (error) => this.#owner.failed(error))
        const address = this.#listener.address()
        this.#port = typeof address === 'object' && address !== null ? address.port : 0
        resolve()
      })
    })
  }

  /** Takes no more. Resolves when every socket that it took is closed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#listener.listening) this.#listener.close(() => resolve())
      else resolve()
    })
  }

  #accept(socket: Socket): void {
    if (!this.#owner.admit(socket)) {
      socket.destroy()
      return
    }
    if (this.#mode === 'plain') this.#owner.plain(socket)
    else if (this.#mode === 'secure') this.#owner.secure(socket)
    else this.#sniff(socket)
  }

  #sniff(socket: Socket): void {
    const timer = setTimeout(() => {
      this.#owner.silent(socket)
      socket.destroy()
    }, this.#handshakeTimeoutMs)
    timer.unref()
    const stop = (): void => clearTimeout(timer)
    // Whoever goes before the first byte has asked for nothing.
    socket.on('error', stop)
    socket.once('close', stop)
    socket.once('data', (chunk: Buffer) => {
      stop()
      socket.pause()
      socket.unshift(chunk)
      if (chunk[0] === TLS_HANDSHAKE) this.#owner.secure(socket)
      else {
        this.#owner.plain(socket)
        socket.resume()
      }
    })
  }
}
