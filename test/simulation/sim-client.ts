// A client of a simulated ensemble, which speaks the protocol: it keeps a session through servers and connections, asks at random, and compares all
// that it is told with what the judge knows.
//
//   connects -> session -> asks, hears, pings -> leaves, is cut off, closes its session, or falls silent for longer than its timeout -> connects

import type { Random } from '../../core/support/random.ts'
import { readConnectResponse, writeConnectRequest } from '../../core/wire/connect.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { readReplyHeader } from '../../core/wire/headers.ts'
import { isWrite } from '../../core/wire/op-classes.ts'
import { OpCode, Xid } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { AddWatchMode, type Request, type SetWatchesRequest, WatcherType } from '../../core/wire/records.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { readSetWatches2Response } from '../../core/wire/responses.ts'
import { readStat } from '../../core/wire/stat.ts'
import { readWatcherEvent } from '../../core/wire/watch-event.ts'
import { Writer } from '../../core/wire/writer.ts'
import { type Believer, hex, type Judge } from './judge.ts'
import type { RegisterCall } from './linearizability.ts'
import { replyProblem } from './reply-check.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimServer } from './sim-server.ts'
import { Socket, type SocketOwner } from './sim-socket.ts'
import { noWatches, type SeenEvent, WATCH_KINDS, type Watches, type WatchKind, WatchModel } from './watch-model.ts'
import { type Reads, Workload } from './workload.ts'

export interface ClientManners {
  /** Mean time between two pieces of work. */
  readonly paceMs: number
  readonly reads: Reads
  /** Often stays away for a while when its server is gone. */
  readonly shy?: boolean
}

export interface ClientOptions extends ClientManners {
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
  readonly register: RegisterCall | null
}

interface Session {
  readonly hi: number
  readonly lo: number
  readonly id: string
  readonly password: Buffer
}

const MOST_ASKED = 8
/** Of a client whose reads wait for nothing but syncs. */
const MOST_SYNCED = 40
const USUAL_DELAY_MS = 0.5
const SLOW_DELAY_MS = 150

const KINDS_OF_TYPE: Readonly<Record<number, readonly WatchKind[]>> = {
  [WatcherType.any]: WATCH_KINDS,
  [WatcherType.data]: ['data', 'exist'],
  [WatcherType.children]: ['child'],
  [WatcherType.persistent]: ['persistent'],
  [WatcherType.persistentRecursive]: ['recursive'],
}

export class SimClient implements Believer, SocketOwner {
  readonly name: string
  readonly #scheduler: Scheduler
  readonly #judge: Judge
  readonly #random: Random
  readonly #servers: readonly SimServer[]
  readonly #allServers: readonly SimServer[]
  readonly #options: ClientOptions
  readonly #workload: Workload
  #socket: Socket | null = null
  #connections = 0
  #session: Session | null = null
  /** Granted. */
  #timeoutMs = 0
  #deadlineMs = 0
  #xid = 0
  #asked: Asked[] = []
  #watchModel: WatchModel
  /** Of the former connection, to be registered again. */
  #watches: Watches = noWatches()
  /** Events that came before the reply to setWatches; `null`: none is waited for. */
  #rearming: SeenEvent[] | null = null
  #lastZxid = 0
  #handshakeSentMs = 0
  #quiet = false
  #silentUntilMs = 0
  replies = 0

  constructor(
    name: string,
    world: { scheduler: Scheduler; judge: Judge; servers: readonly SimServer[]; allServers: readonly SimServer[] },
    random: Random,
    options: ClientOptions,
  ) {
    this.name = name
    this.#scheduler = world.scheduler
    this.#judge = world.judge
    this.#random = random
    this.#servers = world.servers
    this.#allServers = world.allServers
    this.#options = options
    this.#workload = new Workload(name, random, options.reads)
    this.#watchModel = this.#newWatchModel()
    this.#judge.believers.push(this)
  }

  get attached(): boolean {
    return this.#socket?.open === true
  }

  get sessionId(): string {
    return this.#session?.id ?? ''
  }

  get unanswered(): number {
    return this.#asked.length
  }

  get believes(): string {
    return this.#session === null || this.#scheduler.nowMs >= this.#deadlineMs ? '' : this.#session.id
  }

  start(): void {
    this.#connect()
    this.#live()
    this.#ping()
  }

  /** Asks nothing any more but pings. */
  calm(): void {
    this.#quiet = true
    this.#silentUntilMs = 0
    this.#connect()
  }

  // ---- the connection

  #connect(): void {
    if (this.#socket !== null) return
    const waitMs = this.#silentUntilMs - this.#scheduler.nowMs
    // Where its own servers never come back it is told of others.
    const servers = this.#servers.every(({ damaged }) => damaged) ? this.#allServers : this.#servers
    const server = servers[this.#random.below(servers.length)] as SimServer
    const delayMs = !this.#quiet && this.#random.below(12) === 0 ? SLOW_DELAY_MS : USUAL_DELAY_MS
    const socket = new Socket(this.#scheduler, this.#random, server, this, ++this.#connections, delayMs)
    if (waitMs > 0 || !socket.connect(this.name)) {
      this.#scheduler.after(Math.max(waitMs, 20 + this.#random.next() * 80), () => this.#connect())
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

  #drop(why: string, lingerMs = 0): void {
    const socket = this.#socket
    if (socket === null) return
    this.#socket = null
    if (this.#asked.length > 0) this.#judge.saw('unknown outcomes')
    this.#judge.say(this.name, `leaves server ${socket.server.id}: ${why}, ${this.#asked.length} unanswered`)
    this.#asked = []
    if (this.#rearming === null && socket.open) this.#watches = this.#watchModel.watches
    this.#rearming = null
    socket.end(lingerMs)
    this.#scheduler.after(this.#random.next() * 60, () => this.#connect())
  }

  closedBy(socket: Socket): void {
    if (this.#socket !== socket) return
    const staysAway = this.#options.shy === true && !this.#quiet && this.#random.below(2) === 0
    if (staysAway) this.#silentUntilMs = this.#scheduler.nowMs + this.#timeoutMs
    this.#drop('closed by the server')
  }

  frame(socket: Socket, r: Reader): void {
    if (this.#socket !== socket) return
    if (!socket.open) this.#handshaken(socket, r)
    else this.#told(socket, r)
  }

  #handshaken(socket: Socket, r: Reader): void {
    const { timeoutMs, sessionHi, sessionLo, password } = readConnectResponse(r)
    if (timeoutMs === 0) {
      this.#judge.say(this.name, 'its session has expired')
      this.#judge.saw('client saw expiry')
      this.#forgetSession()
      this.#drop('expired')
      return
    }
    socket.open = true
    const same = this.#session !== null
    this.#judge.saw(same ? 'attach' : 'session')
    const id = hex(sessionHi, sessionLo)
    this.#session = { hi: sessionHi, lo: sessionLo, id, password: Buffer.from(password) }
    this.#judge.sessions.attached(id, socket.number)
    this.#timeoutMs = timeoutMs
    // An acknowledgement after the deadline extends nothing; the attach itself is a new beginning, for the server said that the session lives.
    this.#believe(this.#handshakeSentMs, true)
    this.#judge.say(this.name, `${same ? 'attaches' : 'begins'} ${id} at server ${socket.server.id}`)
    this.#watchModel = this.#newWatchModel()
    this.#rearm()
  }

  #forgetSession(): void {
    this.#session = null
    this.#watches = noWatches()
    this.#watchModel = this.#newWatchModel()
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
    this.#scheduler.after(this.#random.next() * 2 * this.#options.paceMs, () => {
      if (!this.#quiet && this.#socket?.open === true) this.#act()
      this.#live()
    })
  }

  #act(): void {
    if (this.#asked.length < (this.#options.reads === 'only after sync' ? MOST_SYNCED : MOST_ASKED)) {
      for (let i = this.#random.below(3); i >= 0; i--) this.#work()
    }
    switch (this.#random.below(500)) {
      case 0:
      case 1:
      case 2:
        this.#drop('of its own accord', this.#random.below(2) === 0 ? 0 : this.#random.next() * 500)
        break
      case 3:
        this.#judge.saw('close asked')
        this.#ask({ op: OpCode.closeSession })
        break
      case 4:
      case 5:
        this.#judge.saw('silence')
        this.#silentUntilMs = this.#scheduler.nowMs + this.#timeoutMs * (0.5 + this.#random.next() * 1.5)
        this.#drop('falls silent', this.#random.below(2) === 0 ? 0 : this.#timeoutMs * 2)
        break
      default:
    }
  }

  #work(): void {
    const { requests, register } = this.#workload.next()
    const call = register === null ? null : this.#judge.registers.call(register.path, register.op)
    for (const [at, request] of requests.entries()) this.#ask(request, at === requests.length - 1 ? call : null)
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

  #rearm(): void {
    const { data, exist, child, persistent, recursive } = this.#watches
    if (WATCH_KINDS.every((kind) => this.#watches[kind].size === 0)) return
    const lasting = persistent.size + recursive.size > 0
    const op = lasting || this.#random.below(2) === 0 ? OpCode.setWatches2 : OpCode.setWatches
    this.#rearming = []
    this.#judge.saw('watches registered again')
    this.#ask({
      op,
      relativeZxid: this.#lastZxid,
      data: [...data],
      exist: [...exist],
      child: [...child],
      persistent: [...persistent],
      persistentRecursive: [...recursive],
    })
  }

  #ask(request: Request, register: RegisterCall | null = null): void {
    const socket = this.#socket
    if (socket === null || !socket.open || this.#session === null) return
    const xid = this.#xidOf(request)
    const w = new Writer()
    const frame = w.beginFrame()
    w.int32(xid)
    w.int32(request.op)
    writeRequest(w, request)
    w.endFrame(frame)
    if (isWrite(request.op) && request.op !== OpCode.closeSession) this.#judge.sessions.asked(this.#session.id, socket.number, xid)
    this.#asked.push({ xid, request, sentMs: this.#scheduler.nowMs, acknowledgedZxid: this.#judge.acknowledgedZxid, register })
    socket.write(w.copy())
  }

  #xidOf(request: Request): number {
    if (request.op === OpCode.ping) return Xid.ping
    return request.op === OpCode.setWatches || request.op === OpCode.setWatches2 ? Xid.setWatches : ++this.#xid
  }

  // ---- being told

  #told(socket: Socket, r: Reader): void {
    const { xid, zxid: big, err } = readReplyHeader(r)
    const zxid = Number(big)
    if (xid === Xid.notification) {
      this.#heard({ zxid, ...readWatcherEvent(r) })
      return
    }
    const asked = this.#asked.shift()
    if (asked === undefined || asked.xid !== xid) this.#fail(`waits for ${asked?.xid}, and is told of ${xid}`)
    this.replies += 1
    this.#believe(asked.sentMs, false)
    const { request } = asked
    if (request.op === OpCode.setWatches || request.op === OpCode.setWatches2) {
      this.#rearmed(request, zxid, r)
      return
    }
    const missed = this.#watchModel.missedAt(zxid)
    if (missed !== null) this.#fail(`a reply of ${zxid} comes before the event ${JSON.stringify(missed)}`)
    if (err === ErrorCode.sessionMoved || err === ErrorCode.sessionExpired) {
      if (asked.register !== null) this.#judge.registers.forget(asked.register)
      this.#drop(`error ${err}`)
      return
    }
    this.#answered(socket, asked, zxid, err, r)
    this.#seen(zxid)
  }

  #answered(socket: Socket, asked: Asked, zxid: number, err: number, r: Reader): void {
    const { request, xid } = asked
    const session = this.#session as Session
    if (isWrite(request.op)) this.#judge.acknowledged(this.name, session.id, xid, zxid, err, asked.acknowledgedZxid)
    else if (request.op === OpCode.sync) {
      this.#judge.saw('sync')
      if (zxid < asked.acknowledgedZxid)
        this.#fail(`a sync shows ${zxid}; ${asked.acknowledgedZxid} had been acknowledged when it was asked for`)
    }
    const body = new Reader(r.bytes, r.position, r.position + r.remaining)
    const problem = replyProblem(this.#judge.reference, request, { zxid, err, body: r, sessionHi: session.hi, sessionLo: session.lo })
    if (problem !== null) this.#fail(`the reply to xid ${xid} (op ${request.op}) at ${zxid}: ${problem}`)
    if (asked.register !== null) this.#registerReturned(asked.register, err, body)
    else if ('flags' in request && err === ErrorCode.ok && request.path.endsWith('/s-')) this.#workload.made(body.ustring() ?? '')
    this.#noteWatches(request, err)
    if (request.op === OpCode.closeSession) {
      this.#judge.saw('close')
      this.#forgetSession()
      this.#drop(`it has closed its session at server ${socket.server.id}`)
    }
  }

  #registerReturned(call: RegisterCall, err: number, r: Reader): void {
    let version: number | null = null
    let value: string | null = null
    if (err === ErrorCode.ok && call.op.type === 'read') value = r.buffer()?.toString() ?? ''
    if (err === ErrorCode.ok && call.op.type !== 'create') version = readStat(r).version
    this.#judge.registers.returned(call, { err, version, value })
  }

  #noteWatches(request: Request, err: number): void {
    const model = this.#watchModel
    switch (request.op) {
      case OpCode.exists:
        if (request.watch) model.add(err === ErrorCode.ok ? 'data' : 'exist', request.path)
        break
      case OpCode.getData:
        if (request.watch && err === ErrorCode.ok) model.add('data', request.path)
        break
      case OpCode.getChildren:
      case OpCode.getChildren2:
        if (request.watch && err === ErrorCode.ok) model.add('child', request.path)
        break
      case OpCode.addWatch:
        model.add(request.mode === AddWatchMode.persistent ? 'persistent' : 'recursive', request.path)
        break
      case OpCode.removeWatches: {
        const had = model.remove(KINDS_OF_TYPE[request.type] ?? [], request.path)
        if (had !== (err === ErrorCode.ok)) this.#fail(`removing watches of ${request.path} ends with ${err}`)
        break
      }
      default:
    }
  }

  #heard({ zxid, type, path }: SeenEvent): void {
    this.#judge.saw('event')
    const event = { zxid, type, path }
    if (this.#rearming !== null) {
      this.#rearming.push(event)
      return
    }
    const problem = this.#watchModel.heard(event)
    if (problem !== null) this.#fail(`hears ${JSON.stringify(event)}: ${problem}`)
  }

  #rearmed(request: SetWatchesRequest, zxid: number, r: Reader): void {
    const events = this.#rearming ?? []
    this.#rearming = null
    const covered = request.op === OpCode.setWatches2 ? Number(readSetWatches2Response(r)) : null
    if (covered !== null && covered > request.relativeZxid) this.#judge.saw('gap told')
    const problem = this.#watchModel.rearmed(this.#judge.reference, request, zxid, covered, events)
    if (problem !== null) this.#fail(`watches registered again at ${zxid}, since ${request.relativeZxid}: ${problem}`)
    this.#seen(zxid)
  }

  #seen(zxid: number): void {
    if (zxid < this.#lastZxid) this.#fail(`has seen ${this.#lastZxid}, and is shown ${zxid}`)
    this.#lastZxid = zxid
  }

  #fail(what: string): never {
    this.#judge.fail(`${this.name} ${what}`)
  }

  #newWatchModel(): WatchModel {
    return new WatchModel((from, to) => this.#judge.changesBetween(from, to))
  }
}
