// client: one socket: dials, cuts what comes into frames, gathers what goes out.
//
// Everything written in one turn of the event loop, and all that the promises settled in it cause, leaves in one socket write: a flush on the
// tick after the microtasks gathers as much as setImmediate would, and does not wait for a turn of the loop.

import { connect as connectSocket, type LookupFunction, type NetConnectOpts, type Socket } from 'node:net'
import { nextTick } from 'node:process'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'
import { FrameDecoder } from '../wire/frame-decoder.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Writer } from '../wire/writer.ts'
import type { ServerAddress } from './connection-string.ts'

const READ_BUFFER_BYTES = 64 * 1024
/** Above this the slab itself is handed to the socket, below it a copy from the pool is cheaper. */
const COPY_BYTES = 4 * 1024

/** Its `then` is queueMicrotask at a third of the price: no async resource, no bound function. */
const SETTLED: Promise<void> = Promise.resolve()

const TCP_OPTIONS = Object.freeze({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })

/** How the socket is opened. */
export interface TransportOptions {
  readonly tls: TlsOptions | null
  readonly lookup: LookupFunction | null
  readonly maxFrameBytes: number
}

/** Who uses the socket. None of these is called after {@link Transport.destroy}, except `closed`, once. */
export interface TransportOwner {
  /** The connection stands. */
  opened(): void
  /** Bytes came; called before the frames in them. */
  arrived(bytes: number): void
  /** One frame's body, valid during the call. */
  frame(bytes: Buffer, start: number, end: number): void
  /** Time to write what waits, into `writer`. Returns whether there is more than fits into one batch. */
  fill(): boolean
  /** Bytes were handed to the socket. */
  sent(bytes: number): void
  /** The socket is gone, for good. */
  closed(cause: Error): void
}

export class Transport {
  readonly writer: Writer = new Writer()
  readonly #owner: TransportOwner
  readonly #socket: Socket
  readonly #decoder: FrameDecoder
  #open = false
  #destroyed = false
  #blocked = false
  #flushScheduled = false
  #cause: Error | null = null
  readonly #onFrame = (bytes: Buffer, start: number, end: number): boolean => {
    this.#owner.frame(bytes, start, end)
    return !this.#destroyed
  }
  readonly #flushLater = (): void => {
    // From here every microtask of this turn runs first.
    nextTick(this.#flushNow)
  }
  readonly #flushNow = (): void => {
    this.#flushScheduled = false
    this.#flush()
  }

  constructor(address: ServerAddress, how: TransportOptions, owner: TransportOwner) {
    const { tls, lookup, maxFrameBytes } = how
    this.#owner = owner
    this.#decoder = new FrameDecoder(maxFrameBytes)
    const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
    const reading = { onread: { buffer, callback: (length: number) => this.#read(buffer, length) } }
    // A name is resolved at each dial: servers move, and their names stay.
    const options: NetConnectOpts =
      'socketPath' in address
        ? { path: address.socketPath, ...reading }
        : { ...address, ...TCP_OPTIONS, ...(lookup === null ? {} : { lookup }), ...reading }
    const name = 'socketPath' in address ? '' : serverName(address.host)
    const socket = tls === null ? connectSocket(options) : connectTls({ servername: name, ...tls, ...options })
    this.#socket = socket
    socket.once(tls === null ? 'connect' : 'secureConnect', () => this.#opened())
    socket.on('drain', () => {
      this.#blocked = false
      this.scheduleFlush()
    })
    socket.on('error', (error: Error) => {
      this.#cause ??= error
    })
    socket.on('end', () => {
      this.#cause ??= new Error('the server closed the connection')
    })
    socket.once('close', () => {
      this.#destroyed = true
      this.#owner.closed(this.#cause ?? new Error('the connection was closed'))
    })
  }

  /** Whether the socket takes no more for now: what is not yet encoded better waits. */
  get blocked(): boolean {
    return this.#blocked
  }

  /** Has {@link TransportOwner.fill} called, and what it wrote sent, before the event loop goes on. */
  scheduleFlush(): void {
    if (this.#flushScheduled || this.#destroyed) return
    this.#flushScheduled = true
    void SETTLED.then(this.#flushLater)
  }

  /** Ends the connection; `closed` is called with the first cause given. */
  destroy(cause: Error): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#cause ??= cause
    this.#socket.destroy()
  }

  #opened(): void {
    if (this.#destroyed) return
    this.#open = true
    this.#owner.opened()
  }

  #read(bytes: Buffer, length: number): boolean {
    if (this.#destroyed) return false
    this.#owner.arrived(length)
    if (this.#destroyed) return false
    try {
      this.#decoder.push(bytes.subarray(0, length), this.#onFrame)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
      if (!(error instanceof ProtocolError)) throw error
    }
    return !this.#destroyed
  }

  #flush(): void {
    if (this.#destroyed || !this.#open || this.#blocked) return
    const more = this.#owner.fill()
    if (this.#destroyed || this.writer.length === 0) return
    const bytes = this.writer.length > COPY_BYTES ? this.writer.take() : this.writer.copy()
    this.#owner.sent(bytes.length)
    if (!this.#socket.write(bytes)) this.#blocked = true
    else if (more) this.scheduleFlush()
  }
}

/** TLS wants a name, never an address. */
function serverName(host: string): string {
  return /^[\d.]+$/.test(host) || host.includes(':') ? '' : host
}
