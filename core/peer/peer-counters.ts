// peer: what the links count, for metrics. PURE.

import type { RefusalReason } from './identity.ts'

/** Why a connection ended. */
export type CloseReason =
  /** The other end, or the network, closed it. */
  | 'reset'
  /** Nothing came for too long. */
  | 'silent'
  /** What came is not the protocol. */
  | 'badBytes'
  /** More waits to be sent than is allowed. */
  | 'overflow'
  /** A newer link of the same server took its place. */
  | 'fenced'
  /** One end turned the other away. */
  | 'refused'
  /** Connecting and shaking hands took too long. */
  | 'timeout'
  /** This server closed it: it stops, the peer was removed, or the other lane of the link broke. */
  | 'closed'

export class PeerCounters {
  /** Connections that ended, by reason. */
  readonly ended: Record<CloseReason, number> = {
    reset: 0,
    silent: 0,
    badBytes: 0,
    overflow: 0,
    fenced: 0,
    refused: 0,
    timeout: 0,
    closed: 0,
  }
  /** Diallers that were turned away here. */
  readonly turnedAway: Partial<Record<RefusalReason, number>> = {}
  /** Connections dropped because too many were shaking hands. */
  handshakesDropped = 0
  linksAccepted = 0
  linksDialled = 0
  /** Messages that were given to a link that was down. */
  messagesDropped = 0
  messagesSent = 0
  messagesReceived = 0
  bytesSent = 0
  bytesReceived = 0

  /** How often it happened for this reason, this time included. */
  turnAway(reason: RefusalReason): number {
    const times = (this.turnedAway[reason] ?? 0) + 1
    this.turnedAway[reason] = times
    return times
  }
}
