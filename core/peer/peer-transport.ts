// peer: what a server needs from the links to its peers; PeerLinks does it over TCP, MemoryNetwork in one process. PURE.

import type { PeerIdentity, RefusalReason } from './identity.ts'
import type { CloseReason } from './peer-counters.ts'
import type { PeerMessage } from './peer-messages.ts'

/**
 * Links are directed. What this server sends to a peer travels on the link that this server made (`up`, `down`, `refused`, `turnedAway`, `drained`); what comes from a
 * peer, on the link that the peer made (`accepted`, `lost`, `message`). Nothing here is called
 * during a call of {@link PeerTransport}, but for `lost` by `reject`.
 */
export interface PeerTransportListener {
  /** Messages can be sent to it. What was sent before may have arrived or not; nothing of it will from now on. */
  up(peer: number): void
  /** The link to it broke: any suffix of what was sent on each lane is lost. */
  down(peer: number, reason: CloseReason): void
  /** Once after a `down`, if nobody listens there any more: the process is gone. */
  refused(peer: number): void
  /** One of the two refused the other at the handshake. Once for each reason, until the link is up. */
  turnedAway(peer: number, reason: RefusalReason, text: string): void
  /** Less than half of what made `bufferedBytes` high is waiting. */
  drained(peer: number): void
  /** A new link of the peer stands. Everything of its former one was delivered already or never will be. */
  accepted(peer: PeerIdentity): void
  /** The link of the peer broke. */
  lost(peer: number, reason: CloseReason): void
  /** In the order of sending, for messages of the same lane. Payloads are views of what was received. */
  message(message: PeerMessage): void
}

export interface PeerTransport {
  /**
   * Sends a message to `message.to`. Returns false if its link is down: the message is lost. Payloads must not change afterwards. Throws ERR_TOO_LARGE
   * for a message that is larger than a frame may be.
   */
  send(message: PeerMessage): boolean
  /** Whether the link to a peer is up. */
  isUp(peer: number): boolean
  /** Bytes for a peer that wait in this process. The link breaks if it becomes more than is allowed. */
  bufferedBytes(peer: number): number
  /** Stops taking bulk (appends, forwards, snapshots) from a peer until `resume`, also on links that it makes meanwhile. */
  pause(peer: number): void
  resume(peer: number): void
  /** What the peer said breaks the protocol: its link is closed, and the problem logged and counted. */
  reject(peer: number, problem: string): void
}
