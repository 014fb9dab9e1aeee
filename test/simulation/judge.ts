// What must hold in a simulated world, checked while it runs. It sees everything that servers apply and everything that clients are told.
//
//   one log         an index holds the same entry at every server that applies it, in every life
//   exactly once    a request of a stream becomes one entry, and the numbers of a stream are applied without a gap
//   session order   what a session asked on one connection is applied in the order of its asking, none left out; nothing of a connection has an effect
//                   after the session was attached on a later one
//   one tree        every entry comes to what the naive model says (reference.ts)
//   acknowledged    a write's reply names an entry that everybody applies, with the result that the client was told; later than everything that was
//                   acknowledged when it was asked for
//   belief          no client believes in its session when the entry that ends it is applied
//   one leader      a term has one
//   contact         a server answers nobody once another leads in a term that it does not know, for longer than contact lasts: 2E
//
// What else a client sees is checked where it sees it: replies (reply-check.ts), events (watch-model.ts), syncs and zxids (sim-client.ts), and at the end
// registers (linearizability.ts).

import { crc32 } from 'node:zlib'
import { DEFAULT_TIMING } from '../../core/consensus/options.ts'
import type { SnapshotMeta } from '../../core/consensus/types.ts'
import { numberOf } from '../../core/replica/entries.ts'
import type { Logger } from '../../core/support/logger.ts'
import { EntryKind, EnvelopeOffset, envelopeInt32, envelopeUint32 } from '../../core/tree/envelope.ts'
import type { Applied, StateMachine } from '../../core/tree/state-machine.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { RegisterHistories } from './linearizability.ts'
import { Reference } from './reference.ts'
import type { Scheduler } from './scheduler.ts'
import { SessionOrder } from './session-order.ts'

/** What an entry came to when it was applied first. */
export interface AppliedEntry {
  readonly crc: number
  readonly kind: number
  readonly zxid: number
  readonly err: number
  readonly session: string
  readonly xid: number
  readonly changes: readonly { readonly type: number; readonly path: string }[]
}

/** What a client shows the judge of itself. */
export interface Believer {
  readonly name: string
  /** The session it believes in, '' for none. */
  readonly believes: string
}

export class Violation extends Error {
  override readonly name = 'Violation'
}

const TIMELINE_LINES = 400

export class Judge {
  readonly #scheduler: Scheduler
  /** By zxid: the one log. */
  readonly #log = new Map<number, AppliedEntry>()
  /** Zxids in the order of the log. */
  readonly #order: number[] = []
  readonly #appliedBy = new Map<number, number>()
  readonly #streams = new Map<string, number>()
  readonly #leaders = new Map<number, { readonly id: number; readonly atMs: number }>()
  /** Elections of which a server may not know yet and still answer, oldest first, and the highest term of those before. */
  readonly #elections: { readonly term: number; readonly atMs: number }[] = []
  #knownTerm = 0
  /** How long contact lasts, with a leader's round, and with what it echoes. */
  readonly #leaderMs: number
  readonly #contactMs: number
  readonly reference: Reference = new Reference()
  readonly sessions: SessionOrder = new SessionOrder()
  readonly registers: RegisterHistories = new RegisterHistories()
  readonly believers: Believer[] = []
  readonly seen: Map<string, number> = new Map<string, number>()
  readonly timeline: string[] = []
  /** Somebody begins to lead; nothing of its term has left it yet. */
  elected: (id: number) => void = () => {}
  /** The highest zxid that was acknowledged to anybody. */
  acknowledgedZxid = 0
  /** CRC of everything that happened: equal in two runs of one seed. */
  fingerprint = 0

  /** `electionMs`: E of the ensemble. */
  constructor(scheduler: Scheduler, electionMs: number = DEFAULT_TIMING.electionMs) {
    this.#scheduler = scheduler
    // Clocks differ a little.
    this.#leaderMs = electionMs * 1.001
    this.#contactMs = 2 * this.#leaderMs
  }

  get lastZxid(): number {
    return this.#order.at(-1) ?? 0
  }
  get entries(): number {
    return this.#order.length
  }

  /** Counts an event worth knowing. */
  saw(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  say(who: string, what: string): void {
    const line = `${this.#scheduler.nowMs.toFixed(2).padStart(10)} ${who.padEnd(9)} ${what}`
    this.fingerprint = crc32(line, this.fingerprint)
    this.timeline.push(line)
    if (this.timeline.length > TIMELINE_LINES * 2) this.timeline.splice(0, TIMELINE_LINES)
  }

  fail(what: string): never {
    this.say('JUDGE', what)
    throw new Violation(what)
  }

  loggerOf(id: number): Logger {
    const say = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
      this.say(`server ${id}`, `${level === 'info' ? '' : `${level} `}${message} ${JSON.stringify(fields)}`)
      if (message === 'role' && fields['role'] === 'leader') this.#leads(id, Number(fields['term']))
      if (message === 'connections are closed') this.saw('gave up')
      if (message === 'session expired') this.saw('session expired')
    }
    return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  }

  #leads(id: number, term: number): void {
    const other = this.#leaders.get(term)
    if (other !== undefined && other.id !== id) this.fail(`servers ${other.id} and ${id} both lead term ${term}`)
    if (other === undefined) {
      const election = { id, term, atMs: this.#scheduler.nowMs }
      this.#elections.push(election)
      this.#leaders.set(term, election)
    }
    this.saw('leader')
    this.elected(id)
  }

  /**
   * Server `id` answers a client, or would. Its contact rests on a round of a leader that a quorum acknowledged after it had begun, at most 2E ago: E from that round
   * on the leader may echo, and E from what it echoes on a follower may answer. So nobody was elected in a later term before. A leader has E only, once
   * what it was told as a follower is over.
   */
  answers(id: number, term: number, leads: boolean): void {
    const elections = this.#elections
    const { nowMs } = this.#scheduler
    for (let first = elections[0]; first !== undefined && first.atMs < nowMs - this.#contactMs; first = elections[0]) {
      elections.shift()
      this.#knownTerm = Math.max(this.#knownTerm, first.term)
    }
    let known = this.#knownTerm
    if (leads && (this.#leaders.get(term)?.atMs ?? nowMs) < nowMs - this.#contactMs)
      for (const later of elections) if (later.atMs < nowMs - this.#leaderMs) known = Math.max(known, later.term)
    if (term < known) this.fail(`server ${id} answers in term ${term}, though term ${known} has begun long ago`)
  }

  /** Hears of everything that `tree` of server `id` applies from now on; `meta`: of the snapshot that it comes from. */
  watch(id: number, tree: StateMachine, meta: SnapshotMeta | null): void {
    this.#appliedBy.set(id, tree.lastZxid)
    if (meta !== null && meta.index > 0 && !this.#log.has(tree.lastZxid))
      this.fail(`server ${id} has a snapshot of ${tree.lastZxid}, which nobody applied`)
    const { apply } = tree
    tree.apply = (payload, zxid) => {
      const crc = crc32(payload)
      const applied = apply.call(tree, payload, zxid)
      const known = this.#log.get(zxid)
      if (known === undefined) this.#appliedFirst(id, payload, crc, applied)
      else this.#appliedAgain(id, known, crc, applied)
      this.#appliedBy.set(id, zxid)
      return applied
    }
  }

  died(id: number): void {
    this.#appliedBy.delete(id)
  }

  #appliedAgain(id: number, known: AppliedEntry, crc: number, { zxid, err }: Applied): void {
    const before = this.#appliedBy.get(id) ?? 0
    if (zxid <= before) this.fail(`server ${id} applies ${zxid} after ${before}`)
    if (known.crc !== crc) this.fail(`server ${id} applies another entry ${zxid} than others`)
    if (known.err !== err) this.fail(`entry ${zxid} ends with ${err} at server ${id}, with ${known.err} elsewhere`)
    if (before !== 0 && this.#order[this.#indexOf(before) + 1] !== zxid)
      this.fail(`server ${id} leaves out what is between ${before} and ${zxid}`)
  }

  #appliedFirst(id: number, payload: Buffer, crc: number, applied: Applied): void {
    const { zxid, kind, err } = applied
    const before = this.#appliedBy.get(id) ?? 0
    if (zxid < this.lastZxid) this.fail(`server ${id} applies ${zxid}, which others do not have, and they have ${this.lastZxid}`)
    if (before !== this.lastZxid) this.fail(`server ${id} leaves out what is between ${before} and ${zxid}`)
    const entry: AppliedEntry = {
      crc,
      kind,
      zxid,
      err,
      session: hex(envelopeUint32(payload, EnvelopeOffset.sessionHi), envelopeUint32(payload, EnvelopeOffset.sessionLo)),
      xid: envelopeInt32(payload, EnvelopeOffset.xid),
      changes: applied.changes.map(({ type, path }) => ({ type, path })),
    }
    this.#log.set(zxid, entry)
    this.#order.push(zxid)
    this.#checkFirst(payload, entry)
    const problem = this.reference.apply(payload, applied)
    if (problem !== null) this.fail(`entry ${zxid} (kind ${kind}, op ${applied.op}) comes to ${problem}`)
  }

  #indexOf(zxid: number): number {
    let low = 0
    let high = this.#order.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const there = this.#order[middle] as number
      if (there === zxid) return middle
      if (there < zxid) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #checkFirst(payload: Buffer, entry: AppliedEntry): void {
    const nonceHi = envelopeUint32(payload, EnvelopeOffset.nonceHi)
    if (nonceHi !== 0) {
      const stream = `${envelopeUint32(payload, EnvelopeOffset.originServer)}:${hex(nonceHi, envelopeUint32(payload, EnvelopeOffset.nonceLo))}`
      const last = this.#streams.get(stream)
      const number = numberOf(payload)
      if (last !== undefined && number !== last + 1) this.fail(`stream ${stream}: number ${number} is applied after ${last}`)
      if (last === undefined && number !== 1) this.fail(`stream ${stream} begins with ${number}`)
      this.#streams.set(stream, number)
    }
    if (entry.kind === EntryKind.request) {
      const problem = this.sessions.applied(entry.session, entry.xid, entry.err === ErrorCode.ok)
      if (problem !== null) this.fail(`session ${entry.session}: ${problem}`)
    }
    if (entry.kind === EntryKind.expireSession && entry.err === ErrorCode.ok) {
      this.saw('expiry')
      for (const believer of this.believers) {
        if (believer.believes === entry.session) this.fail(`${believer.name} believes in session ${entry.session}, which has expired`)
      }
    }
  }

  /** A client was told that a write of its own ended so; `since` had been acknowledged to somebody when it asked. */
  acknowledged(who: string, session: string, xid: number, zxid: number, err: number, since: number): void {
    const entry = this.#log.get(zxid)
    if (entry === undefined) this.fail(`${who} was told of ${zxid}, which nobody has applied`)
    // Closing a session is an entry of another kind, without an xid.
    if (entry.session !== session || (entry.kind === EntryKind.request && entry.xid !== xid))
      this.fail(`${who} was told that xid ${xid} is ${zxid}, which is xid ${entry.xid} of ${entry.session}`)
    if (entry.err !== err) this.fail(`${who} was told ${err} for ${zxid}, which ended with ${entry.err}`)
    if (zxid <= since) this.fail(`${who}: xid ${xid} became ${zxid}, though ${since} had been acknowledged when it was asked for`)
    this.acknowledgedZxid = Math.max(this.acknowledgedZxid, zxid)
    this.saw('acknowledged')
  }

  /** What was applied after `from` up to `to`, in the order of the log. */
  *changesBetween(from: number, to: number): IterableIterator<AppliedEntry> {
    let low = 0
    for (let high = this.#order.length; low < high; ) {
      const middle = (low + high) >>> 1
      if ((this.#order[middle] as number) <= from) low = middle + 1
      else high = middle
    }
    for (let at = low; at < this.#order.length; at++) {
      const zxid = this.#order[at] as number
      if (zxid > to) return
      yield this.#log.get(zxid) as AppliedEntry
    }
  }
}

export function hex(hi: number, lo: number): string {
  return (hi >>> 0).toString(16).padStart(8, '0') + (lo >>> 0).toString(16).padStart(8, '0')
}
