// peer: one connection that another server dialled: the handshake, then the lane. Until both lanes of its link stand it has little time and room.

import type { Socket } from 'node:net'
import type { PeerCertificate } from 'node:tls'
import { AcceptorHandshake } from './acceptor-handshake.ts'
import type { ReceivedFrame } from './frame.ts'
import { NONCE_BYTES, refusalFrame } from './handshake-codec.ts'
import type { PeerClaim, RefusalReason } from './identity.ts'
import { Lane, type LaneOwner } from './lane.ts'
import { type LinkContext, secretOf } from './link-context.ts'
import type { CloseReason } from './peer-counters.ts'

/** What a TLS socket says of the other end. */
export interface Certified {
  getPeerCertificate(): PeerCertificate
}

export interface AcceptedLaneOwner {
  judge(claim: PeerClaim): RefusalReason | null
  /** It may come in; what was newest before is fenced now, before the dialler can have read its welcome. */
  placed(claim: PeerClaim): void
  frame(frame: ReceivedFrame): void
  ended(reason: CloseReason): void
}

export class AcceptedLane implements LaneOwner {
  readonly lane: Lane
  /** In the order of acceptance. */
  readonly sequence: number
  readonly certified: Certified | null
  readonly #context: LinkContext
  readonly #owner: AcceptedLaneOwner
  readonly #handshake: AcceptorHandshake
  readonly #address: string
  readonly #cancelTimeout: () => void
  #claim: PeerClaim | null = null
  #turnedAway = false

  constructor(socket: Socket, sequence: number, certified: Certified | null, context: LinkContext, owner: AcceptedLaneOwner) {
    this.sequence = sequence
    this.certified = certified
    this.#context = context
    this.#owner = owner
    this.#address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`
    this.#handshake = new AcceptorHandshake(context.self(), context.versions, secretOf(context.security), context.entropy(NONCE_BYTES))
    this.lane = new Lane(socket, context.lane, this)
    this.#cancelTimeout = context.lane.clock.after(context.timing.handshakeMs, () => this.lane.close('timeout'))
    this.lane.write(this.#handshake.greeting, 'urgent')
  }

  /** Null before it was let in. */
  get claim(): PeerClaim | null {
    return this.#claim
  }

  /** Both lanes of its link stand. */
  stands(): void {
    this.#cancelTimeout()
  }

  frame(lane: Lane, frame: ReceivedFrame): void {
    if (this.#turnedAway) return
    if (this.#claim !== null) {
      this.#owner.frame(frame)
      return
    }
    const outcome = this.#handshake.hello(frame, (claim) => this.#owner.judge(claim))
    if (outcome.kind === 'refused') {
      const { reason, text } = outcome.refusal
      this.#turnedAway = true
      const times = this.#context.lane.counters.turnAway(reason)
      // Whoever does not belong here comes again and again: said at the first time, the second, the fourth, the eighth ...
      if ((times & (times - 1)) === 0) {
        this.#context.logger.warn(
          { address: this.#address, peer: outcome.claim?.identity.serverId, reason, text, times },
          'peer turned away',
        )
      }
      lane.write(refusalFrame(outcome.refusal), 'urgent')
      lane.finish()
      return
    }
    this.#claim = outcome.claim
    lane.live(this.#context.timing.acceptorSilenceMs)
    lane.write(this.#handshake.welcome(outcome.version), 'urgent')
    this.#owner.placed(outcome.claim)
  }

  drained(): void {}

  closed(_lane: Lane, reason: CloseReason, error: Error | null): void {
    this.#cancelTimeout()
    if (reason === 'badBytes') {
      const peer = this.#claim?.identity.serverId
      this.#context.logger.error({ address: this.#address, peer, problem: error?.message }, 'bad bytes on the peer port')
    }
    this.#owner.ended(reason)
  }
}
