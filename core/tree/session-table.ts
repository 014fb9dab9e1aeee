// tree: the replicated sessions. A session exists from its createSession entry to its closeSession or expireSession entry; every attach
// raises its generation, by which writes of an earlier connection are told apart. Liveness is not here. PURE.

import { assert } from '../support/assert.ts'
import { DigestSum, hashString } from './digest-sum.ts'
import { PASSWORD_BYTES } from './envelope.ts'

/** A session as every server knows it. The object stays the same for the session's whole life. */
export interface SessionState {
  /** Upper uint32 of the id. */
  readonly hi: number
  /** Lower uint32 of the id. */
  readonly lo: number
  readonly timeoutMs: number
  /** 1 after the create, one more with every attach. */
  readonly generation: number
  /** The server that the session is attached to. */
  readonly serverId: number
  readonly password: Buffer
  /** Paths of the ephemeral nodes that it owns, in order of creation. */
  readonly ephemerals: ReadonlySet<string>
}

const NO_EPHEMERALS: ReadonlySet<string> = new Set<string>()

/** The table's own view of a session. */
export class Session implements SessionState {
  readonly hi: number
  readonly lo: number
  timeoutMs: number
  generation: number
  serverId: number
  /** The next session whose lower half is the same. */
  next: Session | null = null
  /** A code unit per byte: a Buffer of its own would take twenty times as much. */
  readonly #password: string
  #ephemerals: Set<string> | null = null

  constructor(hi: number, lo: number, timeoutMs: number, generation: number, serverId: number, password: Uint8Array) {
    this.hi = hi >>> 0
    this.lo = lo >>> 0
    this.timeoutMs = timeoutMs
    this.generation = generation
    this.serverId = serverId
    assert(password.length === PASSWORD_BYTES, 'a session has a password of sixteen bytes')
    this.#password = Buffer.from(password).toString('latin1')
  }

  /** A copy. */
  get password(): Buffer {
    return Buffer.from(this.#password, 'latin1')
  }

  get ephemerals(): ReadonlySet<string> {
    return this.#ephemerals ?? NO_EPHEMERALS
  }

  addEphemeral(path: string): void {
    this.#ephemerals ??= new Set()
    this.#ephemerals.add(path)
  }

  removeEphemeral(path: string): void {
    this.#ephemerals?.delete(path)
    if (this.#ephemerals?.size === 0) this.#ephemerals = null
  }

  /** Begins a member of `sum` with everything that is replicated of this session; its ephemeral nodes name it themselves. */
  hashInto(sum: DigestSum): DigestSum {
    return sum
      .begin()
      .word(this.hi)
      .word(this.lo)
      .word(this.timeoutMs)
      .word(this.generation)
      .word(this.serverId)
      .word(hashString(this.#password))
  }

  /** Compares in a time that depends on nothing secret. */
  hasPassword(password: Uint8Array): boolean {
    const own = this.#password
    let difference = own.length ^ password.length
    for (let i = 0; i < own.length; i++) difference |= own.charCodeAt(i) ^ (password[i] ?? 0)
    return difference === 0
  }
}

/** What others may ask of the sessions. */
export interface SessionTable {
  readonly size: number
  get(hi: number, lo: number): SessionState | undefined
  /** In no particular order: it may differ between servers. */
  values(): IterableIterator<SessionState>
}

/** Sessions by id, with their digest: a map over the lower half, whose rare collisions form a chain. So a look-up allocates nothing. */
export class Sessions implements SessionTable {
  readonly #byLow = new Map<number, Session>()
  #size = 0
  readonly digest: DigestSum = new DigestSum()

  get size(): number {
    return this.#size
  }

  get(hi: number, lo: number): Session | undefined {
    const upper = hi >>> 0
    let session: Session | null | undefined = this.#byLow.get(lo | 0)
    while (session !== undefined && session !== null && session.hi !== upper) session = session.next
    return session ?? undefined
  }

  add(session: Session): void {
    const key = session.lo | 0
    session.next = this.#byLow.get(key) ?? null
    this.#byLow.set(key, session)
    this.#size++
    session.hashInto(this.digest).add()
  }

  /** The session is on another connection, to this server. */
  attach(session: Session, timeoutMs: number, serverId: number): void {
    session.hashInto(this.digest).take()
    session.generation = (session.generation + 1) >>> 0
    session.timeoutMs = timeoutMs
    session.serverId = serverId
    session.hashInto(this.digest).add()
  }

  remove(session: Session): void {
    const key = session.lo | 0
    const first = this.#byLow.get(key)
    if (first === session) {
      if (session.next === null) this.#byLow.delete(key)
      else this.#byLow.set(key, session.next)
    } else {
      let before = first
      while (before !== undefined && before.next !== session) before = before.next ?? undefined
      if (before === undefined) return
      before.next = session.next
    }
    session.next = null
    this.#size--
    session.hashInto(this.digest).take()
  }

  *values(): IterableIterator<Session> {
    for (const first of this.#byLow.values()) {
      for (let session: Session | null = first; session !== null; session = session.next) yield session
    }
  }

  /** By id, as unsigned numbers. */
  sorted(): Session[] {
    return [...this.values()].sort((a, b) => a.hi - b.hi || a.lo - b.lo)
  }
}
