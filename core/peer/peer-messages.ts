// peer: everything that travels over a link: the messages of consensus, the stream of forwarded requests, snapshots, facts. PURE.
//
// `from` and `to` do not travel: the receiver fills them in with the two ends of the authenticated link, so that no server can speak for another.

import type { Message } from '../consensus/messages.ts'

interface Envelope {
  readonly from: number
  readonly to: number
}

/**
 * Requests of the clients of `from`, for the leader of `term`: numbers `first`, `first + 1`, ... of the stream (server id, nonce). The nonce is the
 * stream's, not the process's: an origin that gives its stream up takes a new one while it runs.
 */
export interface Forward extends Envelope {
  readonly type: 'forward'
  readonly term: number
  readonly nonceHi: number
  readonly nonceLo: number
  readonly first: number
  /** At least one. Not copied: they must not change afterwards. */
  readonly payloads: readonly Buffer[]
}

/**
 * The leader to an origin, when it accepted a new link of it, when its own link to it stands, and when it took office: the last number of that stream
 * that it appended in this term, 0 for none.
 */
export interface ForwardState extends Envelope {
  readonly type: 'forwardState'
  readonly term: number
  readonly nonceHi: number
  readonly nonceLo: number
  readonly lastNumber: number
}

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

/** What a server says of itself, whenever it likes. */
export interface Facts extends Envelope {
  readonly type: 'facts'
  readonly software: string
  /** The highest semantics version of entries that it can apply. */
  readonly semantics: number
  /** It holds no data and belongs to no ensemble. */
  readonly blank: boolean
  /** Digest of the initial configuration in its file, empty for none. */
  readonly configurationDigest: Buffer
  /** `host:port` for clients, empty for none. */
  readonly clientAddress: string
}

export type PeerMessage = Message | Forward | ForwardState | SnapshotChunk | SnapshotProgress | Facts

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
    case 'forwardState':
    case 'snapshotProgress':
    case 'facts':
      return 'control'
  }
}
