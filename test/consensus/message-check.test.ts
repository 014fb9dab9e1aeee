import { describe, expect, it } from 'vitest'
import { messageProblem } from '../../core/consensus/message-check.ts'
import type { Append, Message, SnapshotMessage } from '../../core/consensus/messages.ts'
import type { Configuration } from '../../core/consensus/types.ts'

const ENDS = { from: 1, to: 2, term: 5 }
const NOTHING = Buffer.alloc(0)

const APPEND: Append = {
  ...ENDS,
  type: 'append',
  silent: false,
  prevIndex: 3,
  prevTerm: 2,
  commit: 3,
  entries: [
    { term: 2, index: 4, payload: NOTHING },
    { term: 5, index: 5, payload: NOTHING },
  ],
}
const CONFIGURATION: Configuration = { voters: [1, 2], outgoing: [1, 3], learners: [4], learnersNext: [3], context: NOTHING }
const SNAPSHOT: SnapshotMessage = { ...ENDS, type: 'snapshot', meta: { index: 9, term: 4, termStart: 8, configuration: CONFIGURATION } }

function snapshotWith(configuration: Partial<Configuration>): Message {
  return { ...SNAPSHOT, meta: { ...SNAPSHOT.meta, configuration: { ...CONFIGURATION, ...configuration } } }
}

describe('a well-formed message', () => {
  const good: readonly Message[] = [
    { ...ENDS, type: 'preVote', lastIndex: 0, lastTerm: 0 },
    { ...ENDS, type: 'vote', lastIndex: 7, lastTerm: 4, transfer: false },
    APPEND,
    { ...APPEND, prevIndex: 0, prevTerm: 0, entries: [] },
    { ...ENDS, type: 'appendResponse', accepted: false, index: 3, hintIndex: 2, hintTerm: 1, recovering: false },
    { ...ENDS, type: 'heartbeat', commit: 0, round: 1, echo: 0, payload: NOTHING },
    { ...ENDS, type: 'heartbeatResponse', round: 1, counter: 1, recovering: false, payload: NOTHING },
    SNAPSHOT,
    { ...ENDS, type: 'readRequest', id: 0 },
    { ...ENDS, type: 'readResponse', id: 0, index: 4 },
    { ...ENDS, type: 'timeoutNow' },
  ]
  it.each(good)('of type $type has no problem', (message) => {
    expect(messageProblem(message)).toBeNull()
  })
})

describe('a malformed message', () => {
  const bad: readonly [string, Message][] = [
    ['to its sender', { ...ENDS, to: 1, type: 'timeoutNow' }],
    ['from nobody', { ...ENDS, from: 0, type: 'timeoutNow' }],
    ['in no term', { ...ENDS, term: Number.NaN, type: 'timeoutNow' }],
    ['in a term that no zxid can carry', { ...ENDS, term: 2 ** 21, type: 'timeoutNow' }],
    ['of a log that ends with a term and no index', { ...ENDS, type: 'vote', lastIndex: 0, lastTerm: 1, transfer: false }],
    ['with a hole', { ...APPEND, entries: [{ term: 2, index: 5, payload: NOTHING }] }],
    ['with terms that fall', { ...APPEND, entries: [{ term: 1, index: 4, payload: NOTHING }] }],
    ['with an entry of a term to come', { ...APPEND, entries: [{ term: 6, index: 4, payload: NOTHING }] }],
    ['that follows an entry of a term to come', { ...APPEND, prevTerm: 6, entries: [] }],
    ['with a commit index that is none', { ...APPEND, commit: -1 }],
    ['of round 0', { ...ENDS, type: 'heartbeat', commit: 0, round: 0, echo: 0, payload: NOTHING }],
    ['with counter 0', { ...ENDS, type: 'heartbeatResponse', round: 1, counter: 0, recovering: false, payload: NOTHING }],
    ['of a snapshot before the first entry', { ...SNAPSHOT, meta: { ...SNAPSHOT.meta, index: 0 } }],
    ['of a snapshot whose term begins behind it', { ...SNAPSHOT, meta: { ...SNAPSHOT.meta, termStart: 10 } }],
    ['of a snapshot of a later term', { ...SNAPSHOT, meta: { ...SNAPSHOT.meta, term: 6 } }],
    ['without voters', snapshotWith({ voters: [] })],
    ['with eight voters', snapshotWith({ voters: [1, 2, 3, 4, 5, 6, 7, 8] })],
    ['with voters out of order', snapshotWith({ voters: [2, 1] })],
    ['with a learner that votes', snapshotWith({ learners: [1] })],
    ['with a learner to come that never voted', snapshotWith({ learnersNext: [9] })],
  ]
  it.each(bad)('%s is told', (_what, message) => {
    expect(messageProblem(message)).not.toBeNull()
  })
})
