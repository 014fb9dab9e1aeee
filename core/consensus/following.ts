// consensus: a follower's side of replication: appends, heartbeats, snapshots. The term of the message is this server's by now. PURE.

import { assert } from '../support/assert.ts'
import type { Append, Heartbeat, SnapshotMessage } from './messages.ts'
import { heardLeader } from './roles.ts'
import type { RaftState } from './state.ts'
import type { Entry } from './types.ts'

const NO_PAYLOAD: Buffer = Buffer.alloc(0)

export function onAppend(s: RaftState, m: Append): void {
  heardLeader(s, m.from)
  // The log is about to be replaced; what it holds now is not changed any more, and nothing new is promised.
  if (s.install !== null) return
  const { log } = s
  const lastNew = m.prevIndex + m.entries.length
  if (m.prevIndex < log.commitIndex && lastNew <= log.commitIndex) {
    if (!m.silent) acknowledge(s, m.from, log.commitIndex)
    return
  }
  if (m.prevIndex >= log.commitIndex && !log.matches(m.prevIndex, m.prevTerm)) {
    refuse(s, m)
    return
  }
  store(s, m.entries)
  // Never beyond what this message vouches for: what follows in this log may be of another history.
  log.commitTo(Math.min(m.commit, lastNew))
  if (m.commit <= lastNew && log.termAt(m.commit) === s.term) s.recovery.commitReached(m.commit, s.term)
  if (!m.silent) acknowledge(s, m.from, lastNew)
}

export function onHeartbeat(s: RaftState, m: Heartbeat): void {
  heardLeader(s, m.from)
  if (m.echo > 0) s.contact.echoed(m.echo, s.timing.electionMs)
  if (s.install === null) {
    // What the leader knows this server to have. Only one that lost data can have less.
    assert(m.commit <= s.log.lastIndex || s.recovery.active, 'the leader knows what this server has')
    if (m.commit <= s.log.lastIndex) s.log.commitTo(m.commit)
  }
  const counter = s.contact.respond(s.nowMs)
  const recovering = s.recovery.active
  s.send({ type: 'heartbeatResponse', from: s.id, to: m.from, term: s.term, round: m.round, counter, recovering, payload: NO_PAYLOAD })
}

/** Whether a snapshot whose head came is worth taking in. */
export function wantsSnapshot(s: RaftState, m: SnapshotMessage): boolean {
  return m.term >= s.term && s.install === null && m.meta.index > s.log.commitIndex && !s.log.matches(m.meta.index, m.meta.term)
}

/** The host has a whole snapshot. */
export function onSnapshot(s: RaftState, m: SnapshotMessage): void {
  heardLeader(s, m.from)
  const { log } = s
  const { index, term } = m.meta
  // A second one before the first is in place; the leader will ask again.
  if (s.install !== null) return
  if (index <= log.commitIndex) acknowledge(s, m.from, log.commitIndex)
  else if (log.matches(index, term)) {
    // The log has it all, and perhaps more, which stays.
    log.commitTo(index)
    acknowledge(s, m.from, index)
  } else s.install = { meta: m.meta, from: m.from, atHost: false }
}

/** The snapshot is durable and the state is the snapshot's; or it could not be kept, and nothing has changed. */
export function installEnded(s: RaftState, installed: boolean): void {
  const { install, log } = s
  assert(install?.atHost === true, 'a snapshot was being installed')
  s.install = null
  log.persist.block(false)
  if (!installed) return
  const { meta, from } = install
  // What was promised of the old log is void; what is in the snapshot is durable.
  s.outbox.dropAcknowledgements()
  log.restart(meta)
  s.configurations.restart(meta.configuration ?? s.configuration, meta.index)
  s.configurationChanged()
  if (s.leaderId === from) acknowledge(s, from, meta.index)
}

// Skips what the log has, cuts at the first entry that differs, appends the rest. A message that ends before the log does says nothing about the rest of it.
function store(s: RaftState, entries: readonly Entry[]): void {
  const { log } = s
  for (const entry of entries) {
    if (entry.index <= log.lastIndex) {
      const term = log.termAt(entry.index)
      if (term === entry.term) continue
      if (term === 0 && entry.index <= log.commitIndex) continue
      assert(entry.index > log.commitIndex, `the leader has another entry ${entry.index}, which is committed here`)
      s.truncateFrom(entry.index)
    }
    s.append(entry)
  }
}

function acknowledge(s: RaftState, to: number, index: number): void {
  const recovering = s.recovery.active
  s.acknowledge({
    type: 'appendResponse',
    from: s.id,
    to,
    term: s.term,
    accepted: true,
    index,
    hintIndex: 0,
    hintTerm: 0,
    recovering,
  })
}

// What precedes the leader's append has at most the term at its end, so this log can agree no farther than where its own terms are as low:
//
//   index       1 2 3 4 5 6 7 8 9
//   the leader  1 3 3 3 3 3 3 3 7      asked about 8 (term 3), this log says: perhaps up to 3
//   this log    1 3 3 4 4 5 5 5 6
function refuse(s: RaftState, m: Append): void {
  const { log } = s
  const hintIndex = log.lastAtMost(m.prevIndex, m.prevTerm)
  const hintTerm = log.termAt(hintIndex)
  const recovering = s.recovery.active
  s.send({
    type: 'appendResponse',
    from: s.id,
    to: m.from,
    term: s.term,
    accepted: false,
    index: m.prevIndex,
    hintIndex,
    hintTerm,
    recovering,
  })
}
