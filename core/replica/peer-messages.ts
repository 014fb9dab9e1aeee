// replica: what servers say to each other: consensus's own messages, and those that carry clients' requests to the leader. PURE.
//
//   origin                                leader
//   forwardQuestion (term, attempt)  -->                     after applying the first entry of the term; on every new link
//                                    <--  forwardAnswer (attempt, last)
//   forward (term, first, payloads)  -->                     in order, no number left out
//
// All three ride on the links that carry consensus: from one end to the other in order, and a broken link loses what was on it.

import type { Message } from '../consensus/messages.ts'

interface Envelope {
  readonly from: number
  readonly to: number
  /** The term that is meant. A server of another term ignores the message. */
  readonly term: number
  /** The stream's nonce: of this process, and another one after requests were given up. */
  readonly nonceHi: number
  readonly nonceLo: number
}

/** Which number of my stream did you append last in this term? */
export interface ForwardQuestion extends Envelope {
  readonly type: 'forwardQuestion'
  /** Comes back with the answer. */
  readonly attempt: number
}

export interface ForwardAnswer extends Envelope {
  readonly type: 'forwardAnswer'
  readonly attempt: number
  /** 0 for none. */
  readonly last: number
}

/** Requests of an origin's clients: log entries whose times are not filled in yet. */
export interface Forward extends Envelope {
  readonly type: 'forward'
  /** Number of the first payload. */
  readonly first: number
  readonly payloads: readonly Buffer[]
}

export type ForwardMessage = ForwardQuestion | ForwardAnswer | Forward

export type PeerMessage = Message | ForwardMessage

export function isForwardMessage(message: PeerMessage): message is ForwardMessage {
  return message.type === 'forward' || message.type === 'forwardQuestion' || message.type === 'forwardAnswer'
}
