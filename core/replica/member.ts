// replica: this server as one of an ensemble: consensus, and the way of its clients' requests to the leader and back. PURE.
//
//   push --> OriginStream --own leader--> accept --> log
//                         --forward----> [link] --> accept at the leader --> log           ForwardStreams, at the leader
//   heartbeats out and back: which sessions were heard of (TouchLog), what the leader may conclude (ServerReports)
//   askIndex --> read index of the leader, asked again when it was lost
//
// A server alone takes the same path: it is its own leader, and nothing ever waits for a message.

import { lifeOf } from '../consensus/contact.ts'
import type { HeartbeatResponse, Message } from '../consensus/messages.ts'
import { DEFAULT_TIMING, type RaftOptions, type RaftRestart } from '../consensus/options.ts'
import { RaftNode, type RoleChange } from '../consensus/raft-node.ts'
import type { Forward, ForwardMessage } from '../peer/peer-messages.ts'
import { assert, unreachable } from '../support/assert.ts'
import { ENVELOPE_BYTES } from '../tree/envelope.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import type { Origin } from './entries.ts'
import { ForwardStreams } from './forward-streams.ts'
import { OriginStream } from './origin-stream.ts'
import { ServerReports } from './server-reports.ts'
import type { SessionTracker, TrackedSession } from './session-tracker.ts'
import { readTouches, TouchLog } from './touch-log.ts'

/** Bytes of requests in one forward message; one request always fits. */
const MAX_FORWARD_BYTES = 256 << 10
/** Send times of rounds kept: at ten a second, more than any report is fresh. */
const MAX_ROUNDS = 256

/** What a replica and its peers say to each other. */
export type ReplicaMessage = Message | ForwardMessage

/** What the member asks of the whole. */
export interface MemberOwner<A> {
  readonly origin: Origin
  readonly tree: StateMachine
  readonly tracker: SessionTracker
  /** Fills in what the leader decides of an entry: its times. */
  stamp(payload: Buffer): void
  /** The role, the term or the leader is another. */
  roleChanged(change: RoleChange): void
  /** The index that {@link Member.askIndex} asked for. */
  indexKnown(asker: A, index: number): void
  send(message: ReplicaMessage): void
}

/** `T` waits for the outcome of a request, `A` for an index. */
export class Member<T, A> {
  readonly raft: RaftNode
  readonly stream: OriginStream<T> = new OriginStream<T>()
  readonly reports: ServerReports
  readonly #id: number
  readonly #electionMs: number
  readonly #owner: MemberOwner<A>
  readonly #streams = new ForwardStreams()
  readonly #touches = new TouchLog()
  /** Accepted while leadership is being handed over: appended if that comes to nothing, worth nothing if it succeeds. */
  #deferred: Buffer[] = []
  /** Term of the entry that was applied last. */
  #appliedTerm: number
  #nowMs: number
  readonly #roundSentMs = new Map<number, number>()
  #roundTerm = 0
  readonly #askers = new Map<number, { readonly asker: A; readonly askedMs: number }>()
  /** When the leader was last asked for the number it has of this server's stream. */
  #questionMs = 0
  #lost: A[] = []
  #nextReadId = 1

  constructor(options: RaftOptions, restart: RaftRestart, owner: MemberOwner<A>, nowMs: number) {
    this.#id = options.id
    this.#owner = owner
    this.#nowMs = nowMs
    this.raft = new RaftNode(options, restart, nowMs)
    this.#appliedTerm = restart.snapshot?.term ?? 0
    if (this.#appliedTerm > 0) this.stream.termApplied(this.#appliedTerm)
    const { electionMs, heartbeatMs } = { ...DEFAULT_TIMING, ...options.timing }
    this.#electionMs = electionMs
    this.reports = new ServerReports(electionMs, heartbeatMs)
  }

  /** Whether the first entry of the current term was applied here, so that its leader can be asked. */
  get termApplied(): boolean {
    return this.#appliedTerm === this.raft.term
  }

  /** Whether this server leads and has applied its term's first entry. */
  get leads(): boolean {
    return this.raft.leading && this.termApplied
  }

  /** Until when replies may leave. */
  get contactUntilMs(): number {
    return this.raft.contactUntilMs
  }

  /** Whether nobody but this server has a say. */
  get alone(): boolean {
    return this.raft.contactUntilMs === Number.POSITIVE_INFINITY
  }

  get hasWork(): boolean {
    return this.raft.hasBatch || this.raft.hasCommitted || this.stream.hasUnsent
  }

  setTime(nowMs: number): void {
    this.#nowMs = nowMs
    this.raft.setTime(nowMs)
  }

  tick(): void {
    this.raft.tick()
    this.#askAgain()
  }

  // ---- messages

  /** A message of a peer, in the order in which they came on its link. */
  received(message: ReplicaMessage): void {
    if (isForward(message)) this.#receivedForward(message)
    else if (this.raft.step(message)) this.#counted(message)
  }

  /** The link to `peer` is new: what was sent on the one before may be lost. */
  peerUp(peer: number): void {
    if (peer === this.raft.leaderId) this.stream.interrupted()
  }

  /** The link to `peer` broke. */
  peerDown(peer: number): void {
    this.raft.peerUnreachable(peer)
    if (peer === this.raft.leaderId) this.stream.interrupted()
  }

  /** A request of the client of this session came. */
  touch(session: TrackedSession): void {
    // A leader watches over its own clients itself, and reports to nobody.
    if (!this.raft.leading) this.#touches.touch(session)
  }

  /** Whether a session that was not heard of for its timeout may expire. Only for the leader. */
  mayExpire({ state }: TrackedSession): boolean {
    return state.serverId === this.#id || this.reports.mayExpire(state.serverId, state.timeoutMs, this.#nowMs)
  }

  /** Begins to hand leadership to the voter that has most of the log and was heard of just now; `false` if there is none. */
  handOver(): boolean {
    const { raft } = this
    if (!raft.mayPropose) return false
    const isVoter = (id: number): boolean => raft.configuration.voters.includes(id)
    const able = raft.peers.filter(
      ({ id, state, recovering, heardMs }) =>
        state === 'replicate' && !recovering && isVoter(id) && this.#nowMs - heardMs < this.#electionMs,
    )
    const [best] = able.sort((a, b) => b.match - a.match)
    return best !== undefined && raft.transferLeadership(best.id) === null
  }

  // ---- the turn

  /** The entry was applied; whether it was the first one of its term. */
  applied(term: number): boolean {
    if (term === this.#appliedTerm) return false
    assert(term > this.#appliedTerm, 'terms of entries rise')
    this.#appliedTerm = term
    this.stream.termApplied(term)
    return true
  }

  /** A snapshot took the place of the state: its last entry is of this term. */
  restarted(term: number): void {
    if (term > this.#appliedTerm) this.applied(term)
  }

  /** Appends an entry of the leader's own, or any that was accepted. */
  append(payload: Buffer): void {
    this.#owner.stamp(payload)
    this.raft.propose(payload)
  }

  /** Tells of another role, and hands pending requests to the leader. */
  advance(): void {
    const change = this.raft.takeRoleChange()
    if (change !== null) this.#roleChanged(change)
    if (this.#deferred.length > 0 && this.raft.mayPropose) {
      const deferred = this.#deferred
      this.#deferred = []
      for (const payload of deferred) this.append(payload)
    }
    this.#forward()
  }

  /** Sends what consensus has to say. */
  sendMessages(): void {
    const messages = this.raft.takeMessages()
    for (const message of messages) {
      if (message.type === 'heartbeat') this.#noteRound(message.term, message.round)
      else if (message.type === 'heartbeatResponse') message.payload = this.#touches.table(message.counter)
      this.#owner.send(message)
    }
  }

  /** Asks for the index that must be applied to see everything that was acknowledged before now. */
  askIndex(asker: A): void {
    const id = this.#nextReadId++
    this.#askers.set(id, { asker, askedMs: this.#nowMs })
    this.raft.requestRead(id)
  }

  /** Answers those whose index is known; asks again for those whose leader was lost. */
  takeIndices(): void {
    for (const { id, index } of this.raft.takeReads()) {
      const waiting = this.#askers.get(id)
      this.#askers.delete(id)
      if (waiting === undefined) continue
      if (index === null) this.#lost.push(waiting.asker)
      else this.#owner.indexKnown(waiting.asker, index)
    }
    if (this.#lost.length === 0 || this.raft.leaderId === 0) return
    const lost = this.#lost
    this.#lost = []
    for (const asker of lost) this.askIndex(asker)
  }

  /** Nobody waits for anything any more. */
  forgetAskers(): void {
    this.#askers.clear()
    this.#lost = []
  }

  // Links are directed: a question may come and its answer be lost, on a link that this server is told nothing of. Asking again is always safe.
  #askAgain(): void {
    const longAgoMs = this.#nowMs - this.#electionMs
    if (this.#questionMs <= longAgoMs) this.stream.askAgain()
    if (this.raft.leading) return
    for (const [id, { asker, askedMs }] of this.#askers) {
      if (askedMs > longAgoMs) return
      this.#askers.delete(id)
      this.#lost.push(asker)
    }
  }

  #roleChanged(change: RoleChange): void {
    // Nothing outlives the term in which it was accepted.
    this.#streams.clear()
    this.#deferred = []
    // The leader was lost from sight, or is seen again in the same term: what was sent to it meanwhile may have gone with a link that broke unnoticed.
    this.stream.interrupted()
    this.#owner.roleChanged(change)
  }

  #counted(message: Message): void {
    if (message.type === 'heartbeat' && message.echo > 0) this.#touches.processed(message.echo)
    else if (message.type === 'heartbeatResponse' && this.leads) this.#reported(message)
  }

  #reported({ from, counter, round, payload }: HeartbeatResponse): void {
    const { tree, tracker } = this.#owner
    readTouches(payload, (hi, lo) => {
      const session = tree.sessions.get(hi, lo)
      if (session !== undefined && session.serverId === from) tracker.heard(session, this.#nowMs)
    })
    const sentMs = this.#roundSentMs.get(round)
    if (sentMs !== undefined) this.reports.processed(from, lifeOf(counter), sentMs, this.#nowMs)
  }

  #noteRound(term: number, round: number): void {
    if (term !== this.#roundTerm) {
      this.#roundTerm = term
      this.#roundSentMs.clear()
    }
    if (this.#roundSentMs.has(round)) return
    this.#roundSentMs.set(round, this.#nowMs)
    this.#roundSentMs.delete(round - MAX_ROUNDS)
  }

  #forward(): void {
    const { raft, stream } = this
    const { term, leaderId } = raft
    if (leaderId === 0 || !this.termApplied) return
    const name = this.#owner.origin
    const head = { from: this.#id, to: leaderId, term, nonceHi: name.nonceHi, nonceLo: name.nonceLo }
    const question = stream.takeQuestion()
    if (question !== null) {
      this.#questionMs = this.#nowMs
      assert(question.term === term, 'the leader that is asked is that of the term that was applied')
      if (leaderId === this.#id) stream.answered(term, question.attempt, this.#streams.lastOf(name))
      else this.#owner.send({ type: 'forwardQuestion', ...head, attempt: question.attempt })
    }
    if (leaderId !== this.#id && stream.gathering) return
    for (let batch = stream.takeBatch(MAX_FORWARD_BYTES); batch !== null; batch = stream.takeBatch(MAX_FORWARD_BYTES)) {
      const { first, payloads, again } = batch
      if (leaderId !== this.#id) this.#owner.send({ type: 'forward', ...head, first, payloads })
      else {
        const taken = this.#streams.accept(name, first, payloads.length)
        assert(taken, 'a leader takes its own stream without a gap')
        // Times are filled in in place, and what was sent before may still be on its way to a disk or a peer.
        for (const payload of payloads) this.#take(again ? Buffer.from(payload) : payload)
      }
    }
  }

  #receivedForward(message: ForwardMessage): void {
    if (message.term !== this.raft.term) return
    switch (message.type) {
      case 'forwardQuestion': {
        if (!this.raft.leading) return
        const { from, to, term, nonceHi, nonceLo, attempt } = message
        const last = this.#streams.lastOf({ serverId: from, nonceHi, nonceLo })
        this.#owner.send({ type: 'forwardAnswer', from: to, to: from, term, nonceHi, nonceLo, attempt, last })
        break
      }
      case 'forwardAnswer': {
        const { origin } = this.#owner
        if (message.nonceHi !== origin.nonceHi || message.nonceLo !== origin.nonceLo) return
        this.stream.answered(message.term, message.attempt, message.last)
        break
      }
      case 'forward':
        this.#receivedRequests(message)
        break
      default:
        unreachable(message)
    }
  }

  #receivedRequests({ from, nonceHi, nonceLo, first, payloads }: Forward): void {
    if (!this.raft.leading || !this.#isMember(from)) return
    if (payloads.some((payload) => payload.length < ENVELOPE_BYTES)) return
    if (!this.#streams.accept({ serverId: from, nonceHi, nonceLo }, first, payloads.length)) return
    for (const payload of payloads) this.#take(payload)
  }

  #take(payload: Buffer): void {
    // Behind what was deferred, if anything was: a stream's numbers are appended in their order.
    if (this.raft.mayPropose && this.#deferred.length === 0) this.append(payload)
    else this.#deferred.push(payload)
  }

  #isMember(id: number): boolean {
    const { voters, outgoing, learners } = this.raft.configuration
    return voters.includes(id) || outgoing.includes(id) || learners.includes(id)
  }
}

function isForward(message: ReplicaMessage): message is ForwardMessage {
  return message.type === 'forward' || message.type === 'forwardQuestion' || message.type === 'forwardAnswer'
}
