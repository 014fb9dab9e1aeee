// consensus: a leader's side of replication: appends within each peer's window, rounds of heartbeats, what their answers mean, commitment. PURE.

import type { Leadership } from './leadership.ts'
import type { AppendResponse, HeartbeatResponse } from './messages.ts'
import type { Progress } from './progress.ts'
import type { RaftState } from './state.ts'
import type { Entry, SnapshotMeta } from './types.ts'

const NO_PAYLOAD: Buffer = Buffer.alloc(0)
const NO_ENTRIES: readonly Entry[] = []

/**
 * Sends every peer what its window lets through: once per turn, whatever came in it. Not more than `maxTurnAppendBytes`, though: to a peer that has missed a
 * hundred thousand entries megabytes could leave, and everybody else would wait while they are made ready. The next turn goes on.
 */
export function sendAppends(s: RaftState, leadership: Leadership): void {
  const slices = new Slices(s)
  const { maxAppendBytes, maxTurnAppendBytes } = s.limits
  leadership.hasMore = false
  for (const progress of leadership.peers) {
    let room = maxTurnAppendBytes
    while (sendAppend(s, leadership, progress, slices)) {
      room -= slices.bytes
      if (room >= maxAppendBytes) continue
      if (progress.next <= s.log.lastIndex) leadership.hasMore = true
      break
    }
  }
}

/** Starts a round: whoever answers still followed this leader after now. */
export function startRound(s: RaftState): void {
  const { leadership, nowMs } = s
  if (leadership === null) return
  const round = leadership.rounds.start(nowMs)
  leadership.nextHeartbeatMs = nowMs + s.timing.heartbeatMs
  const inContact = nowMs < leadership.contactUntilMs
  pinLog(s, leadership)
  for (const progress of leadership.peers) {
    // What the peer is not known to have it may not commit.
    const commit = Math.min(progress.match, s.log.commitIndex)
    const echo = inContact ? progress.counter : 0
    s.send({ type: 'heartbeat', from: s.id, to: progress.id, term: s.term, commit, round, echo, payload: NO_PAYLOAD })
    progress.commitTold(commit)
  }
  confirmRounds(s, leadership)
}

export function onAppendResponse(s: RaftState, leadership: Leadership, progress: Progress, m: AppendResponse): void {
  progress.heardMs = s.nowMs
  progress.noteRecovering(m.recovering)
  if (m.accepted) accepted(s, leadership, progress, m.index)
  else progress.refused(m.index, nextGuess(s, m))
}

export function onHeartbeatResponse(s: RaftState, leadership: Leadership, progress: Progress, m: HeartbeatResponse): void {
  progress.heardMs = s.nowMs
  progress.noteRecovering(m.recovering)
  // Not the highest: what an earlier life of the peer has sent may come after its link broke, and the lives count in no order.
  progress.counter = m.counter
  if (m.round > progress.ackedRound) progress.ackedRound = m.round
  // Appends before this heartbeat have arrived or are lost. If the window is full of lost ones only a further probe can tell.
  progress.resume(m.round, s.log.lastIndex)
  confirmRounds(s, leadership)
}

/** The link to `id` broke. */
export function peerUnreachable(leadership: Leadership, id: number): void {
  const progress = leadership.progressOf(id)
  if (progress === undefined) return
  if (progress.state !== 'snapshot') progress.becomeProbe()
  // It may come back as another life, with other numbers.
  progress.counter = 0
}

/** Commits the highest index that a quorum has, if it is of the current term: an older entry may yet be replaced (Raft 5.4.2). */
export function advanceCommit(s: RaftState): void {
  const { leadership, log } = s
  if (leadership === null) return
  const index = s.alone ? log.durableIndex : leadership.quorumIndex(s.configuration, log.durableIndex)
  if (index <= log.commitIndex || log.termAt(index) !== s.term) return
  log.commitTo(index)
  leadership.reads.resolve(index)
  releaseReads(s, leadership)
}

/** Whether the leader has committed in its own term: only then does it know what is committed. */
export function committedInTerm(s: RaftState): boolean {
  return s.log.termAt(s.log.commitIndex) === s.term
}

/** Notes which rounds a quorum has acknowledged by now, also because another configuration is in force. */
export function confirmRounds(s: RaftState, leadership: Leadership): void {
  const { rounds } = leadership
  if (!rounds.confirm(leadership.quorumRound(s.configuration))) return
  leadership.contactUntilMs = rounds.confirmedSentMs + s.timing.electionMs
  s.contact.extend(leadership.contactUntilMs)
  releaseReads(s, leadership)
}

/** The host streams a snapshot to `id`; the log is kept from its end on until that is over. */
export function snapshotStarted(s: RaftState, leadership: Leadership, id: number, meta: SnapshotMeta): boolean {
  const progress = leadership.progressOf(id)
  if (progress === undefined || progress.state !== 'snapshot') return false
  progress.snapshotStarted(meta.index)
  pinLog(s, leadership)
  return true
}

export function snapshotEnded(s: RaftState, leadership: Leadership, id: number, sent: boolean): void {
  const progress = leadership.progressOf(id)
  if (progress === undefined || progress.state !== 'snapshot') return
  if (sent) progress.snapshotSent()
  else progress.snapshotFailed()
  pinLog(s, leadership)
}

function releaseReads(s: RaftState, { reads, rounds }: Leadership): void {
  if (reads.empty) return
  reads.release(rounds.confirmed, (id, from, index) => {
    if (from === s.id) s.readStates.push({ id, index })
    else s.send({ type: 'readResponse', from: s.id, to: from, term: s.term, id, index })
  })
}

function accepted(s: RaftState, leadership: Leadership, progress: Progress, index: number): void {
  const news = progress.accepted(index)
  if (progress.state === 'probe' && index === progress.match) progress.becomeReplicate()
  if (progress.state === 'snapshot' && progress.match + 1 >= s.log.firstIndex) {
    // Whatever snapshot it was, or none: the log reaches the peer again.
    progress.becomeReplicate()
    pinLog(s, leadership)
  }
  if (news) advanceCommit(s)
}

// The peer's log may agree up to (hintIndex, hintTerm). Terms never fall along a log, so what this log has of later terms up to there is surely different:
//
//   index       1 2 3 4 5 6 7 8 9
//   this log    1 3 3 3 5 5 5 5 5      asked about 9, the peer says: mine ends with term 2 at 6
//   the peer's  1 1 1 1 2 2            2 to 6 are of terms above 2 here, so the next guess is 1
function nextGuess(s: RaftState, m: AppendResponse): number {
  return m.hintTerm === 0 ? m.hintIndex : s.log.lastAtMost(m.hintIndex, m.hintTerm)
}

// True if a message left that may be followed by another one.
function sendAppend(s: RaftState, { rounds }: Leadership, progress: Progress, slices: Slices): boolean {
  const { log } = s
  if (progress.state === 'snapshot') return false
  if (progress.next < log.firstIndex) {
    askForSnapshot(s, progress)
    return false
  }
  const replicating = progress.state === 'replicate'
  // Paused: an answer, or that of a heartbeat, is waited for. A full window may still send an empty probe after the latter.
  if (progress.paused) return false
  const entries = replicating && mustGather(s, progress) ? NO_ENTRIES : slices.from(progress.next)
  if (entries.length === 0 && replicating && !progress.probeDue && !progress.wantsCommit(log.commitIndex)) return false
  const prevIndex = progress.next - 1
  const commit = log.commitIndex
  const silent = entries.length === 0 && replicating && !progress.probeDue && !progress.inflights.full
  s.send({ type: 'append', from: s.id, to: progress.id, term: s.term, prevIndex, prevTerm: log.termAt(prevIndex), commit, entries, silent })
  progress.sent(entries.length, entries.length === 0 ? 0 : slices.bytes, commit, rounds.current)
  return replicating && entries.length > 0
}

// A window that is full lets nothing through. In one that is not, little waits for an answer: one append is at the peer's disk, the next one waits behind
// it, and what comes meanwhile would not be written any sooner if it left alone. So a peer's disk is never idle, and a burst costs two messages for each
// of its writes instead of one for each turn of the leader.
function mustGather({ limits, log }: RaftState, { inflights, next }: Progress): boolean {
  if (inflights.full) return true
  return inflights.count >= limits.pipelinedAppends && log.weighsLess(next, limits.smallAppendBytes)
}

// Only for a peer that lives: a snapshot is much to prepare.
function askForSnapshot(s: RaftState, progress: Progress): void {
  if (progress.paused || s.nowMs - progress.heardMs > s.timing.electionMs) return
  progress.becomeSnapshot()
  s.snapshotRequests.push(progress.id)
}

// Peers that live are not to lose the log from under them: neither what they have not acknowledged, nor what follows a snapshot under way.
function pinLog(s: RaftState, leadership: Leadership): void {
  let from = Number.POSITIVE_INFINITY
  for (const { state, match, snapshotIndex, heardMs } of leadership.peers) {
    if (state === 'snapshot') from = snapshotIndex > 0 ? Math.min(from, snapshotIndex + 1) : from
    else if (s.nowMs - heardMs < s.timing.electionMs) from = Math.min(from, match + 1)
  }
  s.log.pin(from)
}

/** The entries of one turn's appends: peers that are equally far share one array, so that a link can encode it once. */
class Slices {
  readonly #state: RaftState
  #from = -1
  #entries: readonly Entry[] = NO_ENTRIES
  bytes = 0

  constructor(state: RaftState) {
    this.#state = state
  }

  from(index: number): readonly Entry[] {
    const { log, limits } = this.#state
    if (index > log.lastIndex) {
      this.bytes = 0
      this.#from = -1
      return NO_ENTRIES
    }
    if (index === this.#from) return this.#entries
    this.#from = index
    this.#entries = log.slice(index, limits.maxAppendBytes)
    this.bytes = 0
    for (const { payload } of this.#entries) this.bytes += payload.length
    return this.#entries
  }
}
