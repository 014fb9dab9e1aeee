// consensus: what members say to each other. One flat object per message; the peer link encodes them, the simulator carries them as they are. PURE.
//
// `term` is the sender's term and is durable at the sender before the message leaves, but for preVote (the term it would campaign in) and for a
// granted preVoteResponse (the term that was asked for). Links keep the order of messages and may lose any suffix; consensus is safe under loss, repetition
// and reordering too. What was sent before either end restarted is never delivered afterwards (the link's handshake fences it): marked servers
// (recovery.ts) rely on that.

import type { Entry, SnapshotMeta } from './types.ts'

interface Envelope {
  readonly from: number
  readonly to: number
  readonly term: number
}

/** Would you vote for me in `term`? Changes nothing at either end. */
export interface PreVote extends Envelope {
  readonly type: 'preVote'
  readonly lastIndex: number
  readonly lastTerm: number
}

export interface PreVoteResponse extends Envelope {
  readonly type: 'preVoteResponse'
  readonly granted: boolean
}

/** I campaign in `term`. */
export interface Vote extends Envelope {
  readonly type: 'vote'
  readonly lastIndex: number
  readonly lastTerm: number
  /** The leader asked for this election: the lease does not stand against it. */
  readonly transfer: boolean
}

export interface VoteResponse extends Envelope {
  readonly type: 'voteResponse'
  readonly granted: boolean
}

/** Entries that follow `prevIndex`, none for a probe or to tell the commit index. */
export interface Append extends Envelope {
  readonly type: 'append'
  readonly prevIndex: number
  readonly prevTerm: number
  readonly commit: number
  /** Contiguous from `prevIndex + 1`, terms never falling. Payloads are not copied: they must not change afterwards. */
  readonly entries: readonly Entry[]
  /** It only tells the commit index: an answer would tell the leader nothing, unless it is a refusal. */
  readonly silent: boolean
}

export interface AppendResponse extends Envelope {
  readonly type: 'appendResponse'
  readonly accepted: boolean
  /** Accepted: the log is the leader's up to here, durable. Refused: the `prevIndex` that did not match. */
  readonly index: number
  /** Refused: the highest index whose term may still match the leader's, and that term (0: unknown). */
  readonly hintIndex: number
  readonly hintTerm: number
  /** The sender makes good a loss and counts for nothing. */
  readonly recovering: boolean
}

/** Keeps followers from campaigning, confirms rounds, carries contact. */
export interface Heartbeat extends Envelope {
  readonly type: 'heartbeat'
  /** Never beyond what the receiver is known to have. */
  readonly commit: number
  /** Number of this round in the term, from 1. */
  readonly round: number
  /** The `counter` of the receiver that the leader has processed last, stated only while the leader is in contact; 0 for none. */
  readonly echo: number
  /** The replica's (clocks, digests); it fills it in before the message is encoded. */
  payload: Buffer
}

export interface HeartbeatResponse extends Envelope {
  readonly type: 'heartbeatResponse'
  /** The round that is answered. */
  readonly round: number
  /** Number of this response: one more than the last in the sender's life, and of no other life. */
  readonly counter: number
  readonly recovering: boolean
  /** The replica's (the touch table); it fills it in before the message is encoded. */
  payload: Buffer
}

/** Heads the stream of a snapshot. The receiver's host steps it when the whole snapshot has come and was verified. */
export interface SnapshotMessage extends Envelope {
  readonly type: 'snapshot'
  readonly meta: SnapshotMeta
}

/** Campaign now: you have everything. */
export interface TimeoutNow extends Envelope {
  readonly type: 'timeoutNow'
}

/** Which index must I have applied to read what was acknowledged before now? */
export interface ReadRequest extends Envelope {
  readonly type: 'readRequest'
  readonly id: number
}

export interface ReadResponse extends Envelope {
  readonly type: 'readResponse'
  readonly id: number
  readonly index: number
}

/** A marked server that may have lost a vote asks everybody for their term. */
export interface TermRequest extends Envelope {
  readonly type: 'termRequest'
}

export interface TermResponse extends Envelope {
  readonly type: 'termResponse'
}

export type Message =
  | PreVote
  | PreVoteResponse
  | Vote
  | VoteResponse
  | Append
  | AppendResponse
  | Heartbeat
  | HeartbeatResponse
  | SnapshotMessage
  | TimeoutNow
  | ReadRequest
  | ReadResponse
  | TermRequest
  | TermResponse
