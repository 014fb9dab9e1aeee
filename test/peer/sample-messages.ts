// One message of every kind, and random ones, as they would come out of a link from server 2 to server 1.

import type { PeerMessage } from '../../core/peer/peer-messages.ts'
import type { Random } from '../../core/support/random.ts'

export const ENDS: { readonly from: number; readonly to: number } = Object.freeze({ from: 2, to: 1 })
const BIG = 2 ** 53 - 1

export const SAMPLES: readonly PeerMessage[] = [
  { type: 'preVote', ...ENDS, term: 8, lastIndex: BIG, lastTerm: 7 },
  { type: 'preVoteResponse', ...ENDS, term: 8, granted: true },
  { type: 'vote', ...ENDS, term: 9, lastIndex: 0, lastTerm: 0, transfer: true },
  { type: 'voteResponse', ...ENDS, term: 9, granted: false },
  { type: 'append', ...ENDS, term: 9, prevIndex: 4, prevTerm: 3, commit: 4, entries: [], silent: true },
  {
    type: 'append',
    silent: false,
    ...ENDS,
    term: 9,
    prevIndex: 4,
    prevTerm: 3,
    commit: 2,
    entries: [
      { term: 3, index: 5, payload: Buffer.from('five') },
      { term: 3, index: 6, payload: Buffer.alloc(0) },
      { term: 8, index: 7, payload: Buffer.alloc(20_000, 7) },
      { term: 9, index: 8, payload: Buffer.from('eight') },
      { term: 9, index: 9, payload: Buffer.alloc(9_000, 9) },
    ],
  },
  { type: 'appendResponse', ...ENDS, term: 9, accepted: false, index: 12, hintIndex: 10, hintTerm: 4, recovering: true },
  { type: 'heartbeat', ...ENDS, term: 9, commit: 3, round: 77, echo: 12, payload: Buffer.from('clocks') },
  { type: 'heartbeatResponse', ...ENDS, term: 9, round: 77, counter: 13, recovering: false, payload: Buffer.alloc(0) },
  { type: 'snapshot', ...ENDS, term: 9, meta: { index: 1_000, term: 8, termStart: 900 } },
  {
    type: 'snapshot',
    ...ENDS,
    term: 9,
    meta: {
      index: 1_000,
      term: 8,
      termStart: 900,
      configuration: { voters: [1, 2, 3], outgoing: [1, 4], learners: [9], learnersNext: [4], context: Buffer.from('hosts') },
    },
  },
  { type: 'timeoutNow', ...ENDS, term: 9 },
  { type: 'readRequest', ...ENDS, term: 9, id: BIG },
  { type: 'readResponse', ...ENDS, term: 9, id: 4, index: 1_001 },
  { type: 'termRequest', ...ENDS, term: 1 },
  { type: 'termResponse', ...ENDS, term: 2 },
  { type: 'forward', ...ENDS, term: 9, nonceHi: 0xffffffff, nonceLo: 1, first: 41, payloads: [Buffer.from('a'), Buffer.from('bc')] },
  { type: 'forwardQuestion', ...ENDS, term: 9, nonceHi: 0xffffffff, nonceLo: 1, attempt: 3 },
  { type: 'forwardAnswer', ...ENDS, term: 9, nonceHi: 0xffffffff, nonceLo: 1, attempt: 3, last: 42 },
  { type: 'snapshotChunk', ...ENDS, id: 1_000, offset: 65_536, bytes: Buffer.alloc(65_536, 5), last: false },
  { type: 'snapshotProgress', ...ENDS, id: 1_000, offset: 131_072, refused: false, complete: true },
  {
    type: 'facts',
    ...ENDS,
    software: '0.1.0',
    semantics: 3,
    unformed: true,
    configurationDigest: Buffer.from('digest'),
    foundingDigest: Buffer.from('founders'),
    clientAddress: 'host:2181',
    wallMs: 1.7e12 + 0.5,
    term: 9,
    leaderId: 3,
    role: 'follower',
    appliedIndex: BIG,
    durableIndex: 1_001,
    lastZxid: BIG,
    contactMs: -250.5,
    serving: true,
    stateDigest: '0123456789abcdef',
    markIndex: BIG,
    markDigest: 'fedcba9876543210',
    agreeing: 2,
  },
]

/** An append of random shape. */
export function randomAppend(random: Random): PeerMessage {
  let term = 1 + random.below(3)
  const prevIndex = 1 + random.below(1_000)
  const entries = Array.from({ length: random.below(40) }, (_, i) => {
    if (random.below(8) === 0) term += 1 + random.below(5)
    return { term, index: prevIndex + 1 + i, payload: Buffer.alloc(random.below(10) === 0 ? random.below(20_000) : random.below(300), i) }
  })
  return { type: 'append', ...ENDS, term, prevIndex, prevTerm: 1, commit: random.below(1_000), entries, silent: false }
}
