// consensus: everything a member knows, shared by the files of this room. Role, term, vote, leader and timers are written by roles.ts alone. PURE.

import { assert } from '../support/assert.ts'
import { ConfigurationHistory, membersOf, simpleConfiguration } from './configuration.ts'
import { Contact } from './contact.ts'
import type { Leadership } from './leadership.ts'
import { RaftLog } from './log.ts'
import type { AppendResponse, Message } from './messages.ts'
import {
  type ConfigurationCodec,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  NO_CONFIGURATIONS,
  type RaftLimits,
  type RaftOptions,
  type RaftRestart,
  type RaftTiming,
} from './options.ts'
import { Outbox } from './outbox.ts'
import { isVoter } from './quorum.ts'
import type { ReadState } from './read-index.ts'
import { Recovery } from './recovery.ts'
import type { Configuration, Entry, SnapshotMeta } from './types.ts'

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader'

const NOTHING: Buffer = Buffer.alloc(0)

export class RaftState {
  readonly id: number
  readonly timing: RaftTiming
  readonly limits: RaftLimits
  readonly codec: ConfigurationCodec
  readonly random: { next(): number }
  readonly log: RaftLog
  readonly configurations: ConfigurationHistory
  readonly outbox: Outbox = new Outbox()
  readonly recovery: Recovery
  readonly contact: Contact
  nowMs = 0
  /** Whether this server has a say in the configuration in force. */
  voter = false
  /** Whether it is a quorum by itself. */
  alone = false

  // ---- written by roles.ts alone
  role: Role = 'follower'
  term: number
  votedFor: number
  /** 0: none known in this term. */
  leaderId = 0
  /** What only a leader has; `null` on all others. */
  leadership: Leadership | null = null
  /** Votes of the election that this server holds, its own among them. */
  votes: Map<number, boolean> = new Map()
  /** When the leader was last heard from. */
  heardLeaderMs: number = Number.NEGATIVE_INFINITY
  /** An election starts when `timeoutMs` have passed since. */
  timerStartMs = 0
  timeoutMs = 0
  /** The leader was seen refusing connections: a pre-vote starts then, and its lease is over. Infinity: it was not. */
  refusedLeaderAtMs: number = Number.POSITIVE_INFINITY

  // ---- outputs
  readonly readStates: ReadState[] = []
  /** Reads that were sent to the leader. */
  readonly forwardedReads: Set<number> = new Set()
  readonly snapshotRequests: number[] = []
  /** A snapshot that the host has whole, to be put in place of the log. */
  install: { readonly meta: SnapshotMeta; readonly from: number; atHost: boolean } | null = null
  recovered = false

  constructor(options: RaftOptions, restart: RaftRestart) {
    const { hardState, snapshot, entries } = restart
    assert(Number.isInteger(options.id) && options.id >= 1 && options.id <= 0xffff_ffff, 'an id is a positive 32-bit number')
    this.id = options.id
    this.timing = { ...DEFAULT_TIMING, ...options.timing }
    this.limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.codec = options.codec ?? NO_CONFIGURATIONS
    this.random = options.random
    this.contact = new Contact(options.life ?? 0)
    this.log = new RaftLog(snapshot, entries, hardState.commit)
    const given = simpleConfiguration({ voters: options.voters, learners: [], context: NOTHING })
    const base = snapshot?.configuration ?? given
    const recorded = snapshot?.configuration !== undefined || membersOf(given).length > 1
    this.configurations = new ConfigurationHistory(base, snapshot?.index ?? 0, recorded)
    for (const entry of entries) this.#noteConfiguration(entry)
    this.term = hardState.term
    this.votedFor = hardState.votedFor
    if (this.log.lastTerm > this.term) {
      // The vote belongs to the older term.
      this.term = this.log.lastTerm
      this.votedFor = 0
      this.log.persist.stateChanged()
    }
    this.recovery = new Recovery(restart.mark ?? null, this.term)
    this.configurationChanged()
  }

  get configuration(): Configuration {
    return this.configurations.current
  }

  /** Sends what states nothing but a term: it leaves when the term is durable. */
  send(message: Message): void {
    this.outbox.post(message, this.log.persist.stateSeq)
  }

  /** Sends what states that the log is as it is now: it leaves when the log is durable. */
  acknowledge(message: AppendResponse): void {
    this.outbox.acknowledge(message, this.log.persist.logSeq)
  }

  /** Appends an entry that came from a leader. */
  append(entry: Entry): void {
    this.log.append(entry)
    if (this.#noteConfiguration(entry)) this.configurationChanged()
  }

  truncateFrom(index: number): void {
    this.log.truncateFrom(index)
    if (this.configurations.truncateFrom(index)) this.configurationChanged()
  }

  /** Another configuration is in force. Whoever has no company keeps nothing for others. */
  configurationChanged(): void {
    const { voters, outgoing } = this.configuration
    this.voter = isVoter(this.configuration, this.id)
    this.alone = voters.length === 1 && voters[0] === this.id && outgoing.length === 0
    const company = membersOf(this.configuration).some((id) => id !== this.id)
    this.log.keep(company ? this.limits.retainBytes : 0, company ? this.limits.retainForPeersBytes : 0)
  }

  #noteConfiguration(entry: Entry): boolean {
    const configuration = this.codec.read(entry.payload)
    if (configuration === null) return false
    this.configurations.append(entry.index, configuration)
    return true
  }
}
