// peer: everything that travels over a link: the messages of consensus, the stream of forwarded requests, snapshots, facts. PURE.
//
// `from` and `to` do not travel: the receiver fills them in with the two ends of the authenticated link, so that no server can speak for another.

import type { Message } from '../consensus/messages.ts'

interface Envelope {
  readonly from: number
  readonly to: number
}

//   origin                                leader of `term`
//   forwardQuestion (attempt)        -->                     after applying the first entry of the term; on every new link
//                                    <--  forwardAnswer (attempt, last)
//   forward (first, payloads)        -->                     in order, no number left out
//
// A server of another term ignores them. Question and requests share a lane, so that the question comes after all that was sent before it.

interface StreamEnvelope extends Envelope {
  readonly term: number
  /** The stream's nonce, not the process's: an origin that gives its stream up takes a new one while it runs. */
  readonly nonceHi: number
  readonly nonceLo: number
}

/** Which number of my stream did you append last in this term? */
export interface ForwardQuestion extends StreamEnvelope {
  readonly type: 'forwardQuestion'
  /** Comes back with the answer. */
  readonly attempt: number
}

export interface ForwardAnswer extends StreamEnvelope {
  readonly type: 'forwardAnswer'
  readonly attempt: number
  /** 0 for none. */
  readonly last: number
}

/** Requests of the clients of `from`, numbers `first`, `first + 1`, ...: log entries whose times are not filled in yet. */
export interface Forward extends StreamEnvelope {
  readonly type: 'forward'
  readonly first: number
  /** At least one. Not copied: they must not change afterwards. */
  readonly payloads: readonly Buffer[]
}

export type ForwardMessage = ForwardQuestion | ForwardAnswer | Forward

/** A piece of the snapshot that the `snapshot` message before it announced. */
export interface SnapshotChunk extends Envelope {
  readonly type: 'snapshotChunk'
  /** The index of the snapshot. */
  readonly id: number
  readonly offset: number
  readonly bytes: Buffer
  readonly last: boolean
}

/** The receiver of a snapshot: go on at `offset`; everything before it is kept. */
export interface SnapshotProgress extends Envelope {
  readonly type: 'snapshotProgress'
  readonly id: number
  readonly offset: number
  /** It is not wanted, or could not be kept: send no more of it. */
  readonly refused: boolean
  /** All of it has come and was verified. */
  readonly complete: boolean
}

/** What a server says of itself, at each new link and every second. */
export interface Facts extends Envelope {
  readonly type: 'facts'
  readonly software: string
  /** The highest semantics version of entries that it can apply. */
  readonly semantics: number
  /** It belongs to no ensemble yet. */
  readonly unformed: boolean
  /** Of an unformed server: over the ids in its configuration and the data it would begin with. */
  readonly configurationDigest: Buffer
  /** Of any other: over the servers that formed its ensemble, with their incarnations. */
  readonly foundingDigest: Buffer
  /** `host:port` for clients, empty for none. */
  readonly clientAddress: string
  /** Its wall clock when it said this. */
  readonly wallMs: number
  readonly term: number
  /** 0 when it knows of none. */
  readonly leaderId: number
  readonly role: string
  readonly appliedIndex: number
  readonly durableIndex: number
  readonly lastZxid: number
  /** For how long it may still promise anything; negative: for how long it has not been allowed to. */
  readonly contactMs: number
  readonly serving: boolean
  /** Of its state at `appliedIndex`, 16 hex digits; '' before it has a state. */
  readonly stateDigest: string
  /** Where it noted its state's digest last, and that; 0 and '' before it did. */
  readonly markIndex: number
  readonly markDigest: string
  /** How many servers have the same state as far as it knows, itself included, the receiver left out. */
  readonly agreeing: number
}

export type PeerMessage = Message | ForwardMessage | SnapshotChunk | SnapshotProgress | Facts

/** The two connections of a link. Messages on one lane keep their order; nothing is promised between the lanes. */
export type LaneName = 'control' | 'bulk'

/**
 * Control carries what is small and must never wait. All appends, empty ones too, take the bulk lane: an empty append that overtakes entries would be
 * refused and send the leader back to probing.
 */
export function laneOf(message: PeerMessage): LaneName {
  switch (message.type) {
    case 'append':
    case 'forward':
    case 'forwardQuestion':
    case 'snapshot':
    case 'snapshotChunk':
      return 'bulk'
    case 'preVote':
    case 'preVoteResponse':
    case 'vote':
    case 'voteResponse':
    case 'appendResponse':
    case 'heartbeat':
    case 'heartbeatResponse':
    case 'timeoutNow':
    case 'readRequest':
    case 'readResponse':
    case 'termRequest':
    case 'termResponse':
    case 'forwardAnswer':
    case 'snapshotProgress':
    case 'facts':
      return 'control'
  }
}
