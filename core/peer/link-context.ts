// peer: what all links of one server share.

import type { Logger } from '../support/logger.ts'
import type { Random } from '../support/random.ts'
import type { VersionRange } from './handshake-codec.ts'
import type { PeerIdentity } from './identity.ts'
import type { LaneSettings } from './lane.ts'
import type { PeerSecurity } from './security.ts'

export interface LinkTiming {
  /** An idle lane sends a pulse this often. Milliseconds, default 250. */
  readonly pulseMs: number
  /** A dialler that saw no byte for so long breaks the link and dials again. Milliseconds, default 1,500. */
  readonly silenceMs: number
  /** An acceptor that saw no byte for so long, and reads, closes the connection. Milliseconds, default 10,000. */
  readonly acceptorSilenceMs: number
  /** Connecting and shaking hands take at most this. Milliseconds, default 2,000. */
  readonly handshakeMs: number
  /** Longest wait before dialling again. Milliseconds, default 500. */
  readonly maxBackoffMs: number
}

export const DEFAULT_LINK_TIMING: LinkTiming = Object.freeze({
  pulseMs: 250,
  silenceMs: 1_500,
  acceptorSilenceMs: 10_000,
  handshakeMs: 2_000,
  maxBackoffMs: 500,
})

export interface LinkContext {
  /** Its cluster id may become known while the server runs. */
  readonly self: () => PeerIdentity
  readonly security: PeerSecurity
  readonly versions: VersionRange
  readonly timing: LinkTiming
  readonly lane: LaneSettings
  readonly random: Random
  readonly logger: Logger
  /** Strong random bytes, for nonces. */
  readonly entropy: (bytes: number) => Buffer
  /** A socket was opened; the promise resolves when it is closed. */
  readonly opened: (closed: Promise<void>) => void
}

export function secretOf(security: PeerSecurity): Buffer | null {
  return security.kind === 'secret' ? security.secret : null
}
