// A peer made by hand: raw sockets that speak frames, for what no honest server would say, and a proxy that can hold, cut and watch.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Frame, ReceivedFrame } from '../../core/peer/frame.ts'
import { FrameReader } from '../../core/peer/frame-reader.ts'

/** One end of a raw connection. */
export class RawPeer {
  readonly socket: Socket
  readonly frames: ReceivedFrame[] = []
  readonly closed: Promise<void>
  readonly #reader: FrameReader
  #onFrame: () => void = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    this.#reader = new FrameReader(1 << 26, (frame) => {
      this.frames.push(frame)
      this.#onFrame()
      return true
    })
    socket.on('error', () => {})
    socket.on('data', (chunk) => this.#reader.push(chunk))
    this.closed = once(socket, 'close').then(() => {
      this.#onFrame()
    })
  }

  static async dial(port: number): Promise<RawPeer> {
    const socket = connect({ host: '127.0.0.1', port })
    const peer = new RawPeer(socket)
    await once(socket, 'connect')
    return peer
  }

  send(frame: Frame): void {
    for (const buffer of frame.buffers) this.socket.write(buffer)
  }

  /** The frame of that number, from 0; null if the connection ended before it came. */
  async frame(number: number): Promise<ReceivedFrame | null> {
    while (this.frames.length <= number && !this.socket.closed) {
      await new Promise<void>((resolve) => {
        this.#onFrame = resolve
      })
    }
    return this.frames[number] ?? null
  }
}

/** A TCP proxy in front of a port. */
export class Wire implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #pairs: { readonly client: Socket; readonly server: Socket }[] = []
  #target: number
  #holding = false

  private constructor(server: Server, target: number) {
    this.#server = server
    this.#target = target
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (client) => this.#accept(client))
  }

  static async to(target: number): Promise<Wire> {
    const server = createServer({ noDelay: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Wire(server, target)
  }

  get connections(): number {
    return this.#pairs.length
  }

  /** New connections go elsewhere. */
  retarget(port: number): void {
    this.#target = port
  }

  /** Nothing travels any more in either direction, and nobody is told. Holds for new connections too. */
  hold(): void {
    this.#holding = true
    for (const { client, server } of this.#pairs) {
      client.pause()
      server.pause()
    }
  }

  release(): void {
    this.#holding = false
    for (const { client, server } of this.#pairs) {
      client.resume()
      server.resume()
    }
  }

  /** Stops reading what clients send on the connections that stand: a receiver that is slow. */
  slow(): void {
    for (const { client } of this.#pairs) client.pause()
  }

  cut(): void {
    for (const { client, server } of this.#pairs.splice(0)) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
  }

  /** Forgets the dialler's side alone: the acceptor's sockets stay open and hear nothing more. */
  cutDiallerOnly(): Socket[] {
    return this.#pairs.splice(0).map(({ client, server }) => {
      client.unpipe(server)
      client.removeAllListeners('close')
      client.resetAndDestroy()
      return server
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#target, noDelay: true })
    const pair = { client, server }
    this.#pairs.push(pair)
    const end = (): void => {
      const at = this.#pairs.indexOf(pair)
      if (at >= 0) this.#pairs.splice(at, 1)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      socket.on('error', () => {})
      socket.on('close', end)
    }
    client.on('data', (chunk) => server.write(chunk))
    server.on('data', (chunk) => client.write(chunk))
    if (this.#holding) {
      client.pause()
      server.pause()
    }
  }
}
