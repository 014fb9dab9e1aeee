// Runs one sequence on one server, and writes down everything that was heard. It never looks at the other side: both run on their own.

import { readConnectResponse } from '../../../core/wire/connect.ts'
import { ErrorCode } from '../../../core/wire/error-codes.ts'
import { OpCode, Xid } from '../../../core/wire/op-codes.ts'
import { Reader } from '../../../core/wire/reader.ts'
import { type Asked, type Heard, TesterConnection } from './connection.ts'
import type { Dial } from './dial.ts'
import { connectFrame, opOf, requestFrame, reservedXid, rooted } from './frames.ts'
import { Known } from './known.ts'
import { type Observation, type SessionNames, seeEvent, seeReply, seeWelcome } from './observe.ts'
import type { CallStep, ConnectStep, RawStep, Step } from './steps.ts'

const PING: CallStep['call'] = { request: { op: OpCode.ping }, opCode: null, spoil: null, xid: null }
const CLOSE: CallStep['call'] = { request: { op: OpCode.closeSession }, opCode: null, spoil: null, xid: null }
const NO_PASSWORD: Buffer = Buffer.alloc(16)
/** More than any server has: 2^52. */
const FUTURE_ZXID = 2 ** 52

/** Ids that no server gives out. Each is used once: ZooKeeper closes whoever showed the same id before, known or not. */
const UNKNOWN_SESSIONS = 0x7f23_4567_0000_0000n
let unknownSessions = 0

interface Session {
  readonly id: bigint
  readonly password: Buffer
}

interface Open {
  readonly number: number
  readonly session: string
  readonly connection: TesterConnection
  readonly log: Observation[]
  /** How much of `heard` is in the log. */
  read: number
  nextXid: number
}

/** What one server did: the log of every connection, in the order in which they were opened. */
export interface Transcript {
  readonly connections: readonly (readonly Observation[])[]
  /** Paths that were ever created, absolute. */
  readonly created: readonly string[]
}

export class Side implements SessionNames {
  readonly #dial: Dial
  readonly #silenceMs: number
  readonly #root: string
  readonly #known: Known
  readonly #sessions = new Map<string, Session>()
  readonly #names = new Map<bigint, string>([[0n, 'none']])
  readonly #slots = new Map<number, Open>()
  readonly #logs: Observation[][] = []
  #step = 0
  #newestZxid = 0n
  #markZxid = 0n

  constructor(dial: Dial, root: string, silenceMs: number) {
    this.#dial = dial
    this.#root = root
    this.#silenceMs = silenceMs
    this.#known = new Known(root)
  }

  nameOf(id: bigint): string {
    return this.#names.get(id) ?? `unknown 0x${id.toString(16)}`
  }

  /** Whether ephemeral nodes may have been made. */
  get hasEphemerals(): boolean {
    return this.#known.hasEphemerals
  }

  /** Paths that were ever created. */
  get created(): readonly string[] {
    return this.#known.created
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step
      this.#step = i
      switch (step.kind) {
        case 'connect':
          await this.#connect(step)
          break
        case 'cut':
          await this.#cut(step.slot)
          break
        case 'raw':
          await this.#raw(step)
          break
        case 'call': {
          const batch = [step]
          while (batch.at(-1)?.more === true && joins(steps[i + 1], step.slot)) batch.push(steps[++i] as CallStep)
          await this.#call(batch)
          break
        }
      }
    }
  }

  /** Closes every session, those without a connection too. */
  async closeAll(): Promise<Transcript> {
    for (const [name] of this.#sessions) {
      this.#step += 1
      const slot = this.#slotOf(name)
      if (slot !== null) {
        await this.#closeSession(slot)
        continue
      }
      const spare = 1000 + this.#step
      await this.#connect({
        kind: 'connect',
        slot: spare,
        session: name,
        how: 'again',
        timeoutMs: 10_000,
        lastSeen: 'nothing',
        readOnly: false,
      })
      const open = this.#slots.get(spare)
      if (open !== undefined && !open.connection.ended) await this.#closeSession(open)
    }
    for (const open of this.#slots.values()) {
      await this.#barrier(open)
      open.connection.cut()
    }
    return { connections: this.#logs, created: this.#known.created }
  }

  /** Ends everything at once, after a failure of the tester. */
  abandon(): void {
    for (const open of this.#slots.values()) open.connection.cut()
  }

  #slotOf(session: string): Open | null {
    for (const open of this.#slots.values()) if (open.session === session && !open.connection.ended) return open
    return null
  }

  async #connect(step: ConnectStep): Promise<void> {
    const session = this.#sessions.get(step.session)
    // Steps before this one may have been left out.
    if (step.how === 'new' ? session !== undefined : step.how !== 'unknown session' && session === undefined) return
    await this.#cut(step.slot)
    const former = this.#slotOf(step.session)
    if (former !== null) {
      await this.#barrier(former)
      // ZooKeeper closes the owner's connection before it looks at the password (docs/operations/interop.md), so it is gone on both sides.
      if (step.how === 'wrong password' || step.how === 'short password') await this.#cutOpen(former)
    }
    const connection = await TesterConnection.open(this.#dial, this.#silenceMs)
    const log: Observation[] = []
    const open: Open = { number: this.#logs.length, session: step.session, connection, log, read: 0, nextXid: 1 }
    this.#logs.push(log)
    this.#slots.set(step.slot, open)
    await connection.greet(connectFrame(this.#connectRequest(step, session)))
    this.#take(open)
    const welcome = connection.heard[0]
    if (step.how === 'new' && welcome?.kind === 'welcome') this.#learn(step.session, welcome.bytes, log)
    if (former !== null) await this.#barrier(former)
    // A session that was refused has no connection to ask.
    if (this.#refused(open)) await this.#barrier(open)
  }

  #connectRequest(step: ConnectStep, session: Session | undefined) {
    const id = step.how === 'unknown session' ? UNKNOWN_SESSIONS + BigInt(unknownSessions++) : (session?.id ?? 0n)
    const password = step.how === 'again' || step.how === 'short password' ? (session?.password ?? NO_PASSWORD) : NO_PASSWORD
    const lastSeen = step.lastSeen === 'future' ? FUTURE_ZXID : step.lastSeen === 'mark' ? Number(this.#newestZxid) : 0
    return {
      protocolVersion: 0,
      lastZxidSeen: lastSeen,
      timeoutMs: step.timeoutMs,
      sessionHi: Number(id >> 32n),
      sessionLo: Number(id & 0xffff_ffffn),
      password: step.how === 'wrong password' ? Buffer.alloc(16, 7) : step.how === 'short password' ? password.subarray(0, 5) : password,
      readOnly: step.readOnly,
    }
  }

  #learn(name: string, welcome: Buffer, log: Observation[]): void {
    const { sessionHi, sessionLo, password } = readConnectResponse(new Reader(welcome))
    const id = (BigInt(sessionHi) << 32n) | BigInt(sessionLo)
    if (id === 0n) return
    this.#sessions.set(name, { id, password: Buffer.from(password) })
    this.#names.set(id, name)
    // The welcome was seen before its session had a name.
    const first = log[0]
    if (first !== undefined) log[0] = { ...first, seen: seeWelcome(welcome, this) }
  }

  #refused(open: Open): boolean {
    const welcome = open.connection.heard[0]
    return welcome?.kind === 'welcome' && readConnectResponse(new Reader(welcome.bytes)).timeoutMs === 0
  }

  async #cut(slot: number): Promise<void> {
    const open = this.#slots.get(slot)
    if (open === undefined) return
    this.#slots.delete(slot)
    await this.#cutOpen(open)
  }

  async #cutOpen(open: Open): Promise<void> {
    if (open.connection.ended) return
    // What is on its way comes before the answer to this.
    await this.#barrier(open)
    if (open.connection.ended) return
    this.#markZxid = this.#newestZxid
    open.connection.cut()
    open.log.push({ kind: 'cut', step: this.#step, asked: null, seen: null })
  }

  async #raw({ slot, bytes }: RawStep): Promise<void> {
    const open = this.#slots.get(slot)
    if (open === undefined || open.connection.ended) return
    // Such bytes have no reply: only the close is waited for.
    await open.connection.ask(bytes, [{ step: this.#step, call: PING, xid: 0, op: OpCode.ping }])
    this.#take(open)
  }

  async #call(batch: readonly CallStep[]): Promise<void> {
    const open = this.#slots.get(batch[0]?.slot ?? -1)
    if (open === undefined || open.connection.ended) return
    const sent = batch.filter(({ call }) => this.#known.mayBeSent(call, open.number))
    if (sent.length === 0) return
    const closes = sent.some(({ call }) => opOf(call) === OpCode.closeSession)
    if (closes) {
      await this.#closeSession(open)
      return
    }
    const asked: Asked[] = []
    const frames: Buffer[] = []
    for (const { call } of sent) {
      const op = opOf(call)
      const xid = call.xid ?? reservedXid(op) ?? open.nextXid++
      const request = rooted(call.request, this.#root, Number(this.#markZxid))
      frames.push(requestFrame(xid, op, request, call.spoil))
      asked.push({ step: this.#step, call: { ...call, request }, xid, op })
    }
    await open.connection.ask(Buffer.concat(frames), asked)
    if (!this.#take(open)) return
    // Whether a further request would be answered before the close is a matter of luck.
    await open.connection.untilClosed()
    this.#take(open)
  }

  // The ephemeral nodes of a session go in any order, so what each connection hears of it is put into one.
  async #closeSession(open: Open): Promise<void> {
    const others = this.#known.hasEphemerals ? [...this.#slots.values()].filter((other) => other !== open) : []
    const everybody = [open, ...others]
    for (const other of everybody) await this.#barrier(other)
    const before = everybody.map(({ log }) => log.length)
    const xid = open.nextXid++
    const asked: Asked = { step: this.#step, call: CLOSE, xid, op: OpCode.closeSession }
    await open.connection.ask(requestFrame(xid, OpCode.closeSession, CLOSE.request, null), [asked])
    await open.connection.untilClosed()
    for (const [i, other] of everybody.entries()) {
      await this.#barrier(other)
      sortEvents(other.log, before[i] ?? 0)
    }
  }

  async #barrier(open: Open): Promise<void> {
    if (!open.connection.ended) {
      const asked: Asked = { step: this.#step, call: PING, xid: Xid.ping, op: OpCode.ping }
      await open.connection.ask(requestFrame(Xid.ping, OpCode.ping, PING.request, null), [asked])
    }
    this.#take(open)
  }

  /** Moves what was heard into the log. Returns whether the server closes the connection after one of them. */
  #take(open: Open): boolean {
    const { heard } = open.connection
    let mayClose = false
    for (; open.read < heard.length; open.read++) {
      const one = heard[open.read] as Heard
      open.log.push(this.#observe(one))
      if (one.kind === 'reply') mayClose = this.#reply(one.asked, one.bytes) || mayClose
    }
    return mayClose
  }

  #reply(asked: Asked, bytes: Buffer): boolean {
    const zxid = bytes.length >= 16 ? bytes.readBigInt64BE(4) : 0n
    const err = bytes.length >= 16 ? bytes.readInt32BE(12) : 0
    if (zxid > this.#newestZxid) this.#newestZxid = zxid
    this.#known.replied(asked, bytes, err)
    return (
      err === ErrorCode.unimplemented ||
      err === ErrorCode.authFailed ||
      err === ErrorCode.sessionClosedRequireSaslAuth ||
      err === ErrorCode.sessionMoved ||
      err === ErrorCode.sessionExpired
    )
  }

  #observe(one: Heard): Observation {
    const step = this.#step
    switch (one.kind) {
      case 'welcome':
        return { kind: 'welcome', step, asked: null, seen: seeWelcome(one.bytes, this) }
      case 'reply':
        return { kind: 'reply', step: one.asked.step, asked: one.asked, seen: seeReply(one.bytes, one.asked, this) }
      case 'event':
        return { kind: 'event', step, asked: null, seen: seeEvent(one.bytes) }
      case 'closed':
        return { kind: 'closed', step, asked: null, seen: null }
      case 'silence':
        return { kind: 'silence', step, asked: one.asked, seen: null }
    }
  }
}

/** Whether it may leave in one write with calls before it: it is answered in its turn, and ends nothing. */
export function isCalm(step: CallStep): boolean {
  const { call } = step
  return call.opCode === null && call.spoil === null && !UNCALM.has(call.request.op)
}

// ZooKeeper answers auth out of turn; what follows a request that ends the connection may or may not be done; what follows a setACL on its way is
// checked against the list before it or after it (docs/operations/interop.md).
const UNCALM: ReadonlySet<number> = new Set([OpCode.auth, OpCode.sasl, OpCode.closeSession, OpCode.check, OpCode.reconfig, OpCode.setAcl])

function joins(step: Step | undefined, slot: number): boolean {
  return step?.kind === 'call' && step.slot === slot && isCalm(step)
}

function sortEvents(log: Observation[], from: number): void {
  const events = log.slice(from).filter(({ kind }) => kind === 'event')
  const rest = log.slice(from).filter(({ kind }) => kind !== 'event')
  const text = ({ seen }: Observation): string => JSON.stringify(seen)
  events.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
  log.splice(from, log.length, ...events, ...rest)
}
