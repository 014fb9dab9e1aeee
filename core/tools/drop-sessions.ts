// tools: ends every session of a state that is to be restored, with its ephemeral nodes, as a leader would: one expiry entry each.

import type { SnapshotMeta } from '../consensus/types.ts'
import { assert } from '../support/assert.ts'
import { EntryKind, encodeAuth, encodeEntry, stampTimes } from '../tree/envelope.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { StateMachine } from '../tree/state-machine.ts'

const NOBODY: Buffer = encodeAuth([])
const NOTHING: Buffer = Buffer.alloc(0)

/**
 * Applies the expiry of all sessions, by id, as the first entries of `term`, which is above that of `meta`. Returns what the state's snapshot is then:
 * `meta` itself if there was no session.
 */
export function dropSessions(tree: StateMachine, meta: SnapshotMeta, term: number): SnapshotMeta {
  assert(term > meta.term, 'the entries belong to a term of their own')
  const sessions = [...tree.sessions.values()].sort((a, b) => a.hi - b.hi || a.lo - b.lo)
  if (sessions.length === 0) return meta
  const termStart = meta.index + 1
  sessions.forEach((session, place) => {
    const { err } = tree.apply(expiry(session, tree), term * 2 ** 32 + place)
    assert(err === 0, 'a session that is there can expire')
  })
  return { index: meta.index + sessions.length, term, termStart }
}

function expiry(session: SessionState, tree: StateMachine): Buffer {
  const envelope = {
    kind: EntryKind.expireSession,
    originServer: 0,
    nonceHi: 0,
    nonceLo: 0,
    number: 0,
    sessionHi: session.hi,
    sessionLo: session.lo,
    generation: session.generation,
    xid: 0,
    op: 0,
  }
  const payload = encodeEntry(envelope, NOBODY, NOTHING)
  stampTimes(payload, tree.wallTimeMs, tree.clusterTimeMs)
  return payload
}
