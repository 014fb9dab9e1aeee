// A client of a simulated ensemble, which speaks the protocol: it keeps a session through servers and connections, asks at random, and shows the
// judge what it is told.

import type { Connection } from '../../core/replica/connection.ts'
import type { Link } from '../../core/replica/host.ts'
import type { Random } from '../../core/support/random.ts'
import { readConnectResponse, writeConnectRequest } from '../../core/wire/connect.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { readReplyHeader } from '../../core/wire/headers.ts'
import { isWrite } from '../../core/wire/op-classes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { CreateFlag, EventType, OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { readWatcherEvent } from '../../core/wire/watch-event.ts'
import { Writer } from '../../core/wire/writer.ts'
import { type Believer, hex, type Judge } from './judge.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimServer } from './sim-server.ts'

export interface ClientOptions {
  readonly timeoutMs: number
  /** E and H of the ensemble: the margin is at least 2E + H + timeout/1000. */
  readonly electionMs: number
  readonly heartbeatMs: number
}

interface Asked {
  readonly xid: number
  readonly request: Request
  readonly sentMs: number
  /** What had been acknowledged to anybody then. */
  readonly acknowledgedZxid: number
}

interface Watch {
  readonly path: string
  readonly types: readonly number[]
  readonly zxid: number
}

const DATA_EVENTS = [EventType.nodeCreated, EventType.nodeDeleted, EventType.nodeDataChanged]
const PATHS = ['/a', '/b', '/c', '/d']

export class SimClient implements Believer {
  readonly name: string
  readonly #scheduler: Scheduler
  readonly #judge: Judge
  readonly #random: Random
  readonly #servers: readonly SimServer[]
  readonly #options: ClientOptions
  #socket: Socket | null = null
  #session: { readonly hi: number; readonly lo: number; readonly password: Buffer } | null = null
  /** Granted. */
  #timeoutMs = 0
  #deadlineMs = 0
  #xid = 0
  #asked: Asked[] = []
  #watches = new Map<string, Watch>()
  #lastZxid = 0
  #handshakeSentMs = 0
  #quiet = false
  replies = 0

  constructor(
    name: string,
    world: { scheduler: Scheduler; judge: Judge; servers: readonly SimServer[] },
    random: Random,
    options: ClientOptions,
  ) {
    this.name = name
    this.#scheduler = world.scheduler
    this.#judge = world.judge
    this.#random = random
    this.#servers = world.servers
    this.#options = options
    this.#judge.believers.push(this)
  }

  get attached(): boolean {
    return this.#socket?.open === true
  }

  get believes(): string {
    if (this.#session === null || this.#scheduler.nowMs >= this.#deadlineMs) return ''
    return hex(this.#session.hi, this.#session.lo)
  }

  start(): void {
    this.#connect()
    this.#live()
    this.#ping()
  }

  /** Asks nothing any more but pings. */
  calm(): void {
    this.#quiet = true
  }

  // ---- the connection

  #connect(): void {
    if (this.#socket !== null) return
    const server = this.#servers[this.#random.below(this.#servers.length)] as SimServer
    const socket = new Socket(this.#scheduler, this.#random, server, this)
    if (!socket.connect(this.name)) {
      this.#scheduler.after(20 + this.#random.next() * 80, () => this.#connect())
      return
    }
    this.#socket = socket
    this.#handshakeSentMs = this.#scheduler.nowMs
    const w = new Writer()
    const frame = w.beginFrame()
    writeConnectRequest(w, {
      protocolVersion: 0,
      lastZxidSeen: this.#lastZxid,
      timeoutMs: this.#options.timeoutMs,
      sessionHi: this.#session?.hi ?? 0,
      sessionLo: this.#session?.lo ?? 0,
      password: this.#session?.password ?? Buffer.alloc(16),
      readOnly: false,
    })
    w.endFrame(frame)
    socket.write(w.copy())
    // A server that says nothing is left.
    this.#scheduler.after(this.#options.timeoutMs / 2, () => {
      if (this.#socket === socket && !socket.open) this.#drop('no answer to the handshake')
    })
  }

  #drop(why: string): void {
    const socket = this.#socket
    if (socket === null) return
    this.#socket = null
    if (this.#asked.length > 0) this.#judge.saw('unknown outcomes')
    this.#judge.say(this.name, `leaves server ${socket.server.id}: ${why}, ${this.#asked.length} unanswered`)
    this.#asked = []
    this.#watches.clear()
    socket.end()
    this.#scheduler.after(this.#random.next() * 60, () => this.#connect())
  }

  closedBy(socket: Socket): void {
    if (this.#socket === socket) this.#drop('closed by the server')
  }

  frame(socket: Socket, r: Reader): void {
    if (this.#socket !== socket) return
    if (!socket.open) this.#handshaken(socket, r)
    else this.#told(r)
  }

  #handshaken(socket: Socket, r: Reader): void {
    const { timeoutMs, sessionHi, sessionLo, password } = readConnectResponse(r)
    if (timeoutMs === 0) {
      this.#judge.say(this.name, 'its session has expired')
      this.#judge.saw('client saw expiry')
      this.#session = null
      this.#drop('expired')
      return
    }
    socket.open = true
    const same = this.#session !== null
    this.#judge.saw(same ? 'attach' : 'session')
    // An acknowledgement after the deadline extends nothing; the attach itself is a new beginning, for the server said that the session lives.
    this.#session = { hi: sessionHi, lo: sessionLo, password: Buffer.from(password) }
    this.#timeoutMs = timeoutMs
    this.#believe(this.#handshakeSentMs, true)
    this.#judge.say(this.name, `${same ? 'attaches' : 'begins'} ${hex(sessionHi, sessionLo)} at server ${socket.server.id}`)
  }

  // ---- belief

  #believe(sentMs: number, attached: boolean): void {
    const now = this.#scheduler.nowMs
    if (!attached && now >= this.#deadlineMs) return
    const { electionMs, heartbeatMs } = this.#options
    const margin = Math.max(this.#timeoutMs / 4, 2 * electionMs + heartbeatMs + this.#timeoutMs / 1000)
    this.#deadlineMs = Math.max(this.#deadlineMs, sentMs + this.#timeoutMs - margin)
  }

  // ---- asking

  #live(): void {
    this.#scheduler.after(this.#random.next() * 30, () => {
      if (!this.#quiet && this.#socket?.open === true && this.#asked.length < 8) {
        for (let i = this.#random.below(3); i >= 0; i--) this.#ask(this.#request())
        if (this.#random.below(150) === 0) this.#drop('of its own accord')
      }
      this.#live()
    })
  }

  #ping(): void {
    this.#scheduler.after((this.#timeoutMs || this.#options.timeoutMs) / 3, () => {
      if (this.#socket?.open === true) {
        const oldest = this.#asked[0]
        if (oldest !== undefined && this.#scheduler.nowMs - oldest.sentMs > (this.#timeoutMs * 2) / 3) this.#drop('silence')
        else this.#ask({ op: OpCode.ping })
      }
      this.#ping()
    })
  }

  #path(): string {
    const top = PATHS[this.#random.below(PATHS.length)] as string
    return this.#random.below(3) === 0 ? `${top}/${this.#random.below(3)}` : top
  }

  #request(): Request {
    const path = this.#path()
    const data = Buffer.from(`${this.name}-${this.#xid}`)
    switch (this.#random.below(12)) {
      case 0:
      case 1:
        return { op: OpCode.create, path, data, acl: OPEN_ACL, flags: CreateFlag.persistent }
      case 2:
        return { op: OpCode.create, path: `${path}-e`, data, acl: OPEN_ACL, flags: CreateFlag.ephemeral }
      case 3:
        return { op: OpCode.create, path: `${path}-s`, data, acl: OPEN_ACL, flags: CreateFlag.ephemeralSequential }
      case 4:
      case 5:
        return { op: OpCode.setData, path, data, version: this.#random.below(4) === 0 ? this.#random.below(3) : -1 }
      case 6:
        return { op: OpCode.delete, path, version: -1 }
      case 7:
        return { op: OpCode.exists, path, watch: this.#random.below(2) === 0 }
      case 8:
        return { op: OpCode.sync, path: '/' }
      case 9:
        return {
          op: OpCode.multi,
          ops: [
            { op: OpCode.check, path, version: -1 },
            { op: OpCode.setData, path, data, version: -1 },
          ],
        }
      default:
        return { op: OpCode.getData, path, watch: false }
    }
  }

  #ask(request: Request): void {
    const socket = this.#socket
    if (socket === null || !socket.open) return
    const xid = request.op === OpCode.ping ? -2 : ++this.#xid
    const w = new Writer()
    const frame = w.beginFrame()
    w.int32(xid)
    w.int32(request.op)
    writeRequest(w, request)
    w.endFrame(frame)
    this.#asked.push({ xid, request, sentMs: this.#scheduler.nowMs, acknowledgedZxid: this.#judge.acknowledgedZxid })
    socket.write(w.copy())
  }

  // ---- being told

  #told(r: Reader): void {
    const { xid, zxid: big, err } = readReplyHeader(r)
    const zxid = Number(big)
    if (xid === -1) {
      const { type, path } = readWatcherEvent(r)
      const watch = this.#watches.get(path)
      if (watch === undefined) this.#judge.fail(`${this.name} hears of ${path}, which it does not watch`)
      if (!watch.types.includes(type)) this.#judge.fail(`${this.name} hears event ${type} of ${path}`)
      this.#watches.delete(path)
      this.#judge.saw('event')
      return
    }
    const asked = this.#asked.shift()
    if (asked === undefined || asked.xid !== xid) this.#judge.fail(`${this.name} waits for ${asked?.xid}, and is told of ${xid}`)
    this.replies += 1
    this.#believe(asked.sentMs, false)
    this.#checkWatches(zxid)
    const { request } = asked
    if (request.op === OpCode.ping) {
      this.#seen(zxid)
      return
    }
    if (isWrite(request.op)) {
      if (err === ErrorCode.sessionMoved || err === ErrorCode.sessionExpired) {
        this.#drop(`error ${err}`)
        return
      }
      const session = this.#session === null ? '' : hex(this.#session.hi, this.#session.lo)
      this.#judge.acknowledged(this.name, session, xid, zxid, err)
    } else if (request.op === OpCode.sync) {
      this.#judge.saw('sync')
      if (zxid < asked.acknowledgedZxid) {
        this.#judge.fail(`${this.name}: a sync shows ${zxid}; ${asked.acknowledgedZxid} had been acknowledged when it was asked for`)
      }
    } else if (request.op === OpCode.exists && request.watch) {
      this.#watches.set(request.path, { path: request.path, types: DATA_EVENTS, zxid })
    }
    this.#seen(zxid)
  }

  #seen(zxid: number): void {
    if (zxid < this.#lastZxid) this.#judge.fail(`${this.name} has seen ${this.#lastZxid}, and is shown ${zxid}`)
    this.#lastZxid = zxid
  }

  // What is revealed now must have been told before.
  #checkWatches(zxid: number): void {
    for (const watch of this.#watches.values()) {
      const change = this.#judge.firstChange(watch.path, watch.types, watch.zxid, zxid)
      if (change !== null) this.#judge.fail(`${this.name}: a reply of ${zxid} comes before the event of ${watch.path} at ${change}`)
    }
  }
}

/** A connection between a client and a server, with a delay in each direction. */
export class Socket implements Link {
  readonly server: SimServer
  readonly bufferedBytes = 0
  /** The session is there. */
  open = false
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #client: SimClient
  readonly #decoder = new FrameDecoder(1 << 26)
  #connection: Connection | null = null
  #ended = false
  #upDueMs = 0
  #downDueMs = 0

  constructor(scheduler: Scheduler, random: Random, server: SimServer, client: SimClient) {
    this.#scheduler = scheduler
    this.#random = random
    this.server = server
    this.#client = client
  }

  /** Whether somebody answers. */
  connect(address: string): boolean {
    this.#connection = this.server.open(this, address)
    return this.#connection !== null
  }

  // The client's end.

  write(bytes: Buffer): void {
    this.#upDueMs = this.#after(this.#upDueMs, () => {
      if (this.#connection !== null && !this.#ended) this.server.bytes(this.#connection, bytes)
    })
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#upDueMs = this.#after(this.#upDueMs, () => {
      if (this.#connection !== null) this.server.gone(this.#connection)
    })
  }

  // The server's end.

  send(bytes: Buffer): boolean {
    const copy = Buffer.from(bytes)
    this.#downDueMs = this.#after(this.#downDueMs, () => {
      if (this.#ended) return
      this.#decoder.push(copy, (frame, start, end) => {
        this.#client.frame(this, new Reader(frame, start, end))
        return true
      })
    })
    return true
  }

  close(): void {
    this.#connection = null
    this.#downDueMs = this.#after(this.#downDueMs, () => this.#client.closedBy(this))
  }

  destroy(): void {
    this.close()
  }
  pause(): void {}
  resume(): void {}
  fourLetterWord(): void {}

  #after(lastDueMs: number, run: () => void): number {
    const due = Math.max(lastDueMs, this.#scheduler.nowMs + 0.02 + this.#random.next() * 0.5)
    this.#scheduler.after(due - this.#scheduler.nowMs, run)
    return due
  }
}
