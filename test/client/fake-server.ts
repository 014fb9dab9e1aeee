// test: a scripted server for what a real one does rarely: lost replies, cuts, refusals, other session ids, drips and garbage. It keeps a
// tree just good enough to tell whether a write happened.

import { createServer, type Server, type Socket } from 'node:net'
import { readConnectRequest, writeConnectResponse } from '../../core/wire/connect.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { writeReplyHeader } from '../../core/wire/headers.ts'
import { isWrite } from '../../core/wire/op-classes.ts'
import { OpCode, Xid } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { ConnectRequest, ConnectResponse, EventType, Request, StatFields } from '../../core/wire/records.ts'
import { readRequest } from '../../core/wire/requests.ts'
import { writeSetWatches2Response } from '../../core/wire/responses.ts'
import { writeWatcherEvent } from '../../core/wire/watch-event.ts'
import { Writer } from '../../core/wire/writer.ts'
import { reservedPort } from '../support/reserved-ports.ts'
import { type FakeNode, FakeTree } from './fake-tree.ts'

/** One request as it came. */
export interface Exchange {
  readonly connection: FakeConnection
  readonly xid: number
  readonly request: Request
  /** Carries it out; returns the whole reply frame. Once. */
  apply(): Buffer
  /** Carries it out and replies. */
  answer(): void
}

/** One handshake as it came. */
export interface Handshake {
  readonly connection: FakeConnection
  readonly request: ConnectRequest
  /** What a well-behaved server would answer. */
  usual(): ConnectResponse
  respond(response: ConnectResponse): void
}

/** A session as the server knows it. */
interface FakeSession {
  readonly lo: number
  readonly password: Buffer
}

export class FakeConnection {
  readonly socket: Socket
  readonly index: number
  sessionLo = 0
  readonly requests: Request[] = []
  handshake: ConnectRequest | null = null

  constructor(socket: Socket, index: number) {
    this.socket = socket
    this.index = index
  }

  event(type: EventType, path: string, zxid: number): void {
    this.send(framed((w) => writeWatcherEvent(w, zxid, type, path)))
  }

  send(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes)
  }

  cut(): void {
    this.socket.destroy()
  }
}

export class FakeServer {
  readonly tree = new FakeTree()
  readonly connections: FakeConnection[] = []
  readonly sessions = new Map<number, FakeSession>()
  /** Every request but pings, in the order of arrival. */
  readonly requests: Request[] = []
  timeoutMs = 4_000
  pings = 0
  /** What setWatches2 says it has replayed from; null as other servers do. */
  covered: number | null = null
  /** As a server of Apache ZooKeeper that has lost its quorum: only clients that take that may come, and nobody may write. */
  readOnly = false
  onRequest: (exchange: Exchange) => void = (exchange) => exchange.answer()
  onHandshake: (handshake: Handshake) => void = (handshake) => {
    if (this.readOnly && handshake.request.readOnly !== true) handshake.connection.cut()
    else handshake.respond(handshake.usual())
  }
  onConnection: (connection: FakeConnection) => void = () => undefined
  #server: Server
  #port = 0
  #sessions = 0

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  /** On a port of its own, so that nobody else answers there while it does not. */
  static async start(port?: number): Promise<FakeServer> {
    const fake = new FakeServer()
    await fake.listen(port ?? (await reservedPort()))
    return fake
  }

  get port(): number {
    return this.#port
  }

  get connectString(): string {
    return `127.0.0.1:${this.#port}`
  }

  get open(): FakeConnection[] {
    return this.connections.filter((c) => !c.socket.destroyed)
  }

  get newest(): FakeConnection {
    const newest = this.connections[this.connections.length - 1]
    if (newest === undefined) throw new Error('nobody has connected')
    return newest
  }

  /** Requests of one kind. */
  of(op: number): Request[] {
    return this.requests.filter((request) => request.op === op)
  }

  /** The paths that requests of one kind named. */
  pathsOf(op: number): string[] {
    return this.of(op).flatMap((request) => ('path' in request ? [request.path] : []))
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address()
        this.#port = typeof address === 'object' && address !== null ? address.port : 0
        resolve()
      })
    })
  }

  /** Refuses connections from now on; existing ones are cut. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.connections) connection.cut()
    await closed
  }

  /** The session of the number: gone. */
  expire(sessionLo: number): void {
    this.sessions.delete(sessionLo)
    this.tree.removeOwnedBy(sessionLo)
  }

  #accept(socket: Socket): void {
    const connection = new FakeConnection(socket, this.connections.length)
    this.connections.push(connection)
    const decoder = new FrameDecoder(64 * 1024 * 1024)
    const reader = new Reader(Buffer.alloc(0))
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      decoder.push(chunk, (bytes, start, end) => {
        this.#frame(connection, reader.reset(bytes, start, end))
        return !socket.destroyed
      })
    })
    this.onConnection(connection)
  }

  #frame(connection: FakeConnection, r: Reader): void {
    if (connection.handshake === null) {
      const request = { ...readConnectRequest(r) }
      connection.handshake = { ...request, password: Buffer.from(request.password) }
      this.onHandshake({
        connection,
        request: connection.handshake,
        usual: () => this.#usual(request),
        respond: (response) => {
          connection.sessionLo = response.sessionLo
          connection.send(framed((w) => writeConnectResponse(w, response)))
        },
      })
      return
    }
    const xid = r.int32()
    const request = readRequest(r, r.int32())
    if (request.op === OpCode.ping) this.pings += 1
    else this.requests.push(request)
    connection.requests.push(request)
    const apply = (): Buffer => this.#apply(connection, xid, request)
    const answer = (): void => {
      connection.send(apply())
      if (request.op === OpCode.closeSession) connection.socket.end()
    }
    this.onRequest({ connection, xid, request, apply, answer })
  }

  #usual(request: ConnectRequest): ConnectResponse {
    const known = this.sessions.get(request.sessionLo)
    if (request.sessionLo !== 0 && known === undefined) return refusal()
    const session = known ?? this.#newSession()
    return {
      protocolVersion: 0,
      timeoutMs: this.timeoutMs,
      sessionHi: 1,
      sessionLo: session.lo,
      password: session.password,
      readOnly: this.readOnly,
    }
  }

  #newSession(): FakeSession {
    this.#sessions += 1
    const session = { lo: this.#sessions, password: Buffer.alloc(16, this.#sessions) }
    this.sessions.set(session.lo, session)
    return session
  }

  #apply(connection: FakeConnection, xid: number, request: Request): Buffer {
    if (xid === Xid.auth) return framed((w) => writeReplyHeader(w, xid, 0, ErrorCode.ok))
    if (request.op === OpCode.setWatches2 || request.op === OpCode.setWatches) {
      const { covered } = this
      return framed((w) => {
        writeReplyHeader(w, xid, this.tree.zxid, ErrorCode.ok)
        if (covered !== null && request.op === OpCode.setWatches2) writeSetWatches2Response(w, covered)
      })
    }
    if (this.readOnly && (isWrite(request.op) || request.op === OpCode.sync) && request.op !== OpCode.closeSession) {
      return framed((w) => writeReplyHeader(w, xid, this.tree.zxid, ErrorCode.notReadOnly))
    }
    if (request.op === OpCode.closeSession) this.expire(connection.sessionLo)
    const reply = this.tree.apply(request, connection.sessionLo)
    return framed((w) => {
      writeReplyHeader(w, xid, this.tree.zxid, reply.err)
      reply.body(w)
    })
  }
}

/** A refused session. */
export function refusal(): ConnectResponse {
  return { protocolVersion: 0, timeoutMs: 0, sessionHi: 0, sessionLo: 0, password: Buffer.alloc(16), readOnly: false }
}

export function framed(write: (w: Writer) => void): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  write(w)
  w.endFrame(frame)
  return w.copy()
}

export type { FakeNode, StatFields }
