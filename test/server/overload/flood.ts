// overload: clients without manners, on raw sockets: they never look at a reply.
//
//   flooders          send requests whenever the socket takes more, and throw away what comes
//   slow readers      the same, but read little at a time
//   silent readers    the same, but never read
//   silent watchers   watch everything below /hot, and never read
//
// A client that the server closes comes back after a while with a new session.

import { connect, type Socket } from 'node:net'
import { writeConnectRequest } from '../../../core/wire/connect.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { AddWatchMode, type Request } from '../../../core/wire/records.ts'
import { writeRequest } from '../../../core/wire/requests.ts'
import { Writer } from '../../../core/wire/writer.ts'

const BATCH = 64
const VALUE_BYTES = 1000
const COME_BACK_MS = 1000
/** Connections are opened so many at a time: a machine that makes 2,000 at once measures itself. */
const OPEN_AT_ONCE = 20
const OPEN_EVERY_MS = 100
/** Batches written in one turn of one connection. */
const BATCHES_AT_ONCE = 8
const SLOW_READ_EVERY_MS = 250
const SLOW_READ_BYTES = 8192

export interface FloodOptions {
  readonly port: number
  readonly flooders: number
  readonly slowReaders: number
  readonly silentReaders: number
  readonly silentWatchers: number
}

export interface FloodCounts {
  bytesSent: number
  bytesRead: number
  connected: number
  closed: number
}

type Manner = 'flood' | 'slow' | 'silent' | 'watch'

/** The znodes that the flood reads and writes; made by whoever starts it. */
export const FLOOD_PATHS: readonly string[] = ['/hot', ...Array.from({ length: BATCH }, (_, i) => `/hot/${i}`)]

export class Flood {
  readonly counts: FloodCounts = { bytesSent: 0, bytesRead: 0, connected: 0, closed: 0 }
  readonly #options: FloodOptions
  readonly #sockets = new Set<Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #handshake = handshakeBytes()
  readonly #batches: readonly Buffer[]
  readonly #watch = frames([{ op: OpCode.addWatch, path: '/hot', mode: AddWatchMode.persistentRecursive }])
  #stopped = false

  constructor(options: FloodOptions) {
    this.#options = options
    this.#batches = [readBatch(), writeBatch(), mixedBatch()]
  }

  start(): void {
    const { flooders, slowReaders, silentReaders, silentWatchers } = this.#options
    this.#openSome([
      ...Array.from({ length: silentWatchers }, () => 'watch' as const),
      ...Array.from({ length: silentReaders }, () => 'silent' as const),
      ...Array.from({ length: slowReaders }, () => 'slow' as const),
      ...Array.from({ length: flooders }, () => 'flood' as const),
    ])
  }

  #openSome(manners: readonly Manner[]): void {
    for (const [index, manner] of manners.slice(0, OPEN_AT_ONCE).entries()) this.#open(manner, index)
    const rest = manners.slice(OPEN_AT_ONCE)
    if (rest.length > 0) this.#later(OPEN_EVERY_MS, () => this.#openSome(rest))
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const socket of this.#sockets) socket.destroy()
  }

  #open(manner: Manner, index: number): void {
    if (this.#stopped) return
    const socket = connect({ port: this.#options.port, host: '127.0.0.1', noDelay: true })
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('connect', () => {
      this.counts.connected += 1
      socket.write(this.#handshake)
      this.#behave(socket, manner, index)
    })
    socket.once('close', () => {
      this.counts.closed += 1
      this.#sockets.delete(socket)
      this.#later(COME_BACK_MS, () => this.#open(manner, index))
    })
  }

  #behave(socket: Socket, manner: Manner, index: number): void {
    if (manner === 'flood') socket.on('data', (chunk: Buffer) => (this.counts.bytesRead += chunk.length))
    else socket.pause()
    if (manner === 'slow') this.#readSlowly(socket)
    if (manner === 'watch') {
      socket.write(this.#watch)
      return
    }
    // Silent and slow readers ask for data: that is what piles up.
    const batch = this.#batches[manner === 'flood' ? index % this.#batches.length : 0] ?? this.#handshake
    const send = (): void => {
      if (socket.destroyed) return
      for (let batches = 1; batches <= BATCHES_AT_ONCE; batches++) {
        this.counts.bytesSent += batch.length
        if (!socket.write(batch)) return
      }
      // The kernel takes everything: the others' turn, then on.
      setImmediate(send)
    }
    socket.on('drain', send)
    send()
  }

  #readSlowly(socket: Socket): void {
    this.#later(SLOW_READ_EVERY_MS, () => {
      if (socket.destroyed) return
      const chunk: Buffer | null = socket.read(SLOW_READ_BYTES)
      this.counts.bytesRead += chunk?.length ?? 0
      this.#readSlowly(socket)
    })
  }

  #later(ms: number, work: () => void): void {
    if (this.#stopped) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, ms)
    this.#timers.add(timer)
  }
}

function frames(requests: readonly Request[]): Buffer {
  const w = new Writer()
  for (const [index, request] of requests.entries()) {
    const frame = w.beginFrame()
    w.int32(index + 1)
    w.int32(request.op)
    writeRequest(w, request)
    w.endFrame(frame)
  }
  return w.take()
}

function handshakeBytes(): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  const nobody = { sessionHi: 0, sessionLo: 0, password: Buffer.alloc(16) }
  writeConnectRequest(w, { protocolVersion: 0, lastZxidSeen: 0, timeoutMs: 30_000, ...nobody, readOnly: false })
  w.endFrame(frame)
  return w.take()
}

function read(index: number): Request {
  return { op: OpCode.getData, path: `/hot/${index}`, watch: false }
}

function write(index: number): Request {
  return { op: OpCode.setData, path: `/hot/${index}`, data: Buffer.alloc(VALUE_BYTES, index), version: -1 }
}

function readBatch(): Buffer {
  return frames(Array.from({ length: BATCH }, (_, i) => read(i)))
}

function writeBatch(): Buffer {
  return frames(Array.from({ length: BATCH }, (_, i) => write(i)))
}

function mixedBatch(): Buffer {
  return frames(Array.from({ length: BATCH }, (_, i) => (i % 8 === 0 ? write(i) : read(i))))
}
