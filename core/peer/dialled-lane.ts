// peer: one connection that this server dials: the socket, the handshake, then the lane.

import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { BadBytes } from './bad-bytes.ts'
import { DiallerHandshake } from './dialler-handshake.ts'
import type { ReceivedFrame } from './frame.ts'
import { NONCE_BYTES } from './handshake-codec.ts'
import type { PeerAddress, PeerIdentity, RefusalReason } from './identity.ts'
import { Lane, type LaneOwner } from './lane.ts'
import { type LinkContext, secretOf } from './link-context.ts'
import type { CloseReason } from './peer-counters.ts'
import type { LaneName } from './peer-messages.ts'
import { certificateName, certificateNames } from './security.ts'

/** Why a dial came to nothing or a lane ended. */
export interface DialEnd {
  readonly reason: CloseReason
  /** Nobody listens there. */
  readonly connectionRefused: boolean
  readonly refusal: { readonly by: 'acceptor' | 'dialler'; readonly reason: RefusalReason; readonly text: string } | null
  readonly error: Error | null
}

export interface DialledLaneOwner {
  /** The other end let it in. */
  welcomed(lane: DialledLane, identity: PeerIdentity): void
  drained(lane: DialledLane): void
  ended(lane: DialledLane, end: DialEnd): void
}

export class DialledLane implements LaneOwner {
  readonly name: LaneName
  readonly lane: Lane
  readonly #context: LinkContext
  readonly #owner: DialledLaneOwner
  readonly #handshake: DiallerHandshake
  readonly #cancelTimeout: () => void
  #welcomed = false
  #refusal: DialEnd['refusal'] = null

  constructor(name: LaneName, linkNumber: number, peer: PeerAddress, context: LinkContext, owner: DialledLaneOwner) {
    this.name = name
    this.#context = context
    this.#owner = owner
    const claim = {
      identity: context.self(),
      lane: name,
      linkNumber,
      expectedServerId: peer.serverId,
      expectedIncarnation: peer.incarnation,
    }
    this.#handshake = new DiallerHandshake(claim, peer, context.versions, secretOf(context.security), context.entropy(NONCE_BYTES))
    this.#cancelTimeout = context.lane.clock.after(context.timing.handshakeMs, () => this.lane.close('timeout'))
    const socket = openSocket(peer, context)
    context.opened(new Promise((resolve) => socket.once('close', () => resolve())))
    this.lane = new Lane(socket, context.lane, this)
  }

  get welcomed(): boolean {
    return this.#welcomed
  }

  frame(lane: Lane, frame: ReceivedFrame): void {
    // An acceptor says nothing more on this connection: its messages travel on the one that it dialled.
    if (this.#welcomed) throw new BadBytes(`a frame of kind ${frame.kind} from the accepting end`)
    const step = this.#handshake.frame(frame)
    switch (step.kind) {
      case 'send':
        lane.write(step.frame, 'urgent')
        return
      case 'refused':
        this.#refusal = step
        lane.close('refused')
        return
      case 'done':
        this.#cancelTimeout()
        this.#welcomed = true
        lane.live(this.#context.timing.silenceMs)
        this.#owner.welcomed(this, step.identity)
    }
  }

  drained(): void {
    this.#owner.drained(this)
  }

  closed(_lane: Lane, reason: CloseReason, error: Error | null): void {
    this.#cancelTimeout()
    this.#owner.ended(this, { reason, connectionRefused: isRefused(error), refusal: this.#refusal, error })
  }
}

function openSocket(peer: PeerAddress, { security }: LinkContext): Socket {
  const { host, port } = peer
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }
  if (security.kind !== 'tls') return connectSocket(options)
  const name = certificateName(peer)
  return connectTls({
    ...options,
    key: security.key,
    cert: security.cert,
    ca: [security.ca].flat(),
    minVersion: 'TLSv1.3',
    // TLS wants a name there, never an address.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_host, certificate) =>
      certificateNames(certificate, peer) ? undefined : new Error(`the certificate does not bear the name ${name}`),
  })
}

function isRefused(error: Error | null): boolean {
  // A name with several addresses: all of them refused.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every((each) => isRefused(each))
  return error !== null && 'code' in error && error.code === 'ECONNREFUSED'
}
