// How the tester reaches a server: over TCP, or by calling our replica in this process, which costs no system call.

import { connect } from 'node:net'
import type { Link } from '../../../core/replica/host.ts'
import type { ReplicaDriver } from '../../../core/server/replica-driver.ts'

/** What comes from a server on one connection. */
export interface Receiver {
  data(chunk: Buffer): void
  /** The server ended it. */
  closed(): void
}

/** The tester's end of a connection. */
export interface Wire {
  write(bytes: Buffer): void
  destroy(): void
}

export type Dial = (receiver: Receiver) => Promise<Wire>

export function tcp(port: number): Dial {
  return (receiver) =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      // The decoder's frames live in the chunk, which Node does not use again.
      socket.on('data', (chunk: Buffer) => receiver.data(chunk))
      socket.once('error', reject)
      // A reset is a close: the 'close' event follows.
      socket.on('error', () => {})
      socket.on('close', () => receiver.closed())
      socket.once('connect', () => resolve({ write: (bytes) => void socket.write(bytes), destroy: () => void socket.destroy() }))
    })
}

export function inProcess(driver: ReplicaDriver): Dial {
  return (receiver) => Promise.resolve(new MemoryWire(driver, receiver))
}

class MemoryWire implements Wire, Link {
  readonly bufferedBytes = 0
  readonly #driver: ReplicaDriver
  readonly #receiver: Receiver
  readonly #connection: ReturnType<ReplicaDriver['replica']['open']>
  #ended = false

  constructor(driver: ReplicaDriver, receiver: Receiver) {
    this.#driver = driver
    this.#receiver = receiver
    driver.begin()
    this.#connection = driver.replica.open(this, '127.0.0.1', '127.0.0.1:0')
  }

  write(bytes: Buffer): void {
    if (this.#ended) return
    this.#driver.begin()
    this.#driver.replica.received(this.#connection, bytes)
    this.#driver.end()
  }

  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    this.#driver.begin()
    this.#driver.replica.closed(this.#connection)
    this.#driver.end()
  }

  send(bytes: Buffer): boolean {
    // The caller uses its buffer again.
    if (!this.#ended) this.#receiver.data(Buffer.from(bytes))
    return true
  }

  close(): void {
    if (this.#ended) return
    this.#ended = true
    queueMicrotask(() => this.#receiver.closed())
  }

  pause(): void {}
  resume(): void {}
  fourLetterWord(): void {
    this.close()
  }
}
