// peer: the accepting end of a handshake, without its socket.
//
//   acceptor                            dialler
//      | -- greeting: versions, nonce ---> |        it speaks first: whoever answers lived when this connection was accepted
//      | <--------------- hello + proof -- |
//      | -- welcome + proof, or refusal -> |
//
// Versions first, then the secret, and only then who it is: a stranger learns nothing of the ensemble.

import type { Frame, ReceivedFrame } from './frame.ts'
import {
  decodeHello,
  encodeGreeting,
  encodeWelcome,
  type Hello,
  handshakeFrame,
  type Refusal,
  type VersionRange,
} from './handshake-codec.ts'
import type { PeerClaim, PeerIdentity, RefusalReason } from './identity.ts'
import { makeProof, proofHolds } from './proof.ts'

/** What a dialler's hello came to. */
export type HelloOutcome =
  | { readonly kind: 'claimed'; readonly claim: PeerClaim; readonly version: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly claim: PeerClaim | null }

export class AcceptorHandshake {
  /** To be sent as soon as the connection stands. */
  readonly greeting: Frame
  readonly #self: PeerIdentity
  readonly #versions: VersionRange
  readonly #secret: Buffer | null
  readonly #heads: Buffer[]

  constructor(self: PeerIdentity, versions: VersionRange, secret: Buffer | null, nonce: Buffer) {
    this.#self = self
    this.#versions = versions
    this.#secret = secret
    const head = encodeGreeting({ versions, nonce })
    this.#heads = [head]
    this.greeting = handshakeFrame('greeting', head, null)
  }

  /** Throws BadBytes at anything but a hello. `judge` says whether who it claims to be may come in. */
  hello(frame: ReceivedFrame, judge: (claim: PeerClaim) => RefusalReason | null): HelloOutcome {
    const hello = decodeHello(frame)
    const version = Math.min(hello.versions.max, this.#versions.max)
    if (version < hello.versions.min || version < this.#versions.min) {
      const { min, max } = this.#versions
      return refused('version', `this server speaks versions ${min} to ${max}, you ${hello.versions.min} to ${hello.versions.max}`, null)
    }
    this.#heads.push(Buffer.from(frame.head))
    if (!this.#proven(frame.body)) {
      const why = this.#secret === null ? 'this server has no ensemble secret' : 'the ensemble secret is not the same'
      return refused('secret', why, null)
    }
    const reason = judge(hello.claim)
    if (reason !== null) return refused(reason, describe(reason, hello, this.#self), hello.claim)
    return { kind: 'claimed', claim: hello.claim, version }
  }

  welcome(version: number): Frame {
    const head = encodeWelcome({ version, identity: this.#self })
    const proof = this.#secret === null ? null : makeProof(this.#secret, 'acceptor', [...this.#heads, head])
    return handshakeFrame('welcome', head, proof)
  }

  #proven(proof: Buffer): boolean {
    return this.#secret === null ? proof.length === 0 : proofHolds(proof, this.#secret, 'dialler', this.#heads)
  }
}

function refused(reason: RefusalReason, text: string, claim: PeerClaim | null): HelloOutcome {
  return { kind: 'refused', refusal: { reason, text }, claim }
}

function describe(reason: RefusalReason, { claim }: Hello, self: PeerIdentity): string {
  const { identity } = claim
  switch (reason) {
    case 'wrongServer':
      return `this is server ${self.serverId}, incarnation ${self.incarnation}`
    case 'cluster':
      return `this server belongs to cluster ${self.clusterId}, you to ${identity.clusterId}`
    case 'incarnation':
      return `server ${identity.serverId} is known here with another incarnation than ${identity.incarnation}`
    case 'unknownServer':
      return `server ${identity.serverId} does not belong to the ensemble`
    case 'sameServer':
      return `this server has the id ${self.serverId} itself`
    case 'certificate':
      return `the certificate does not name server ${identity.serverId}`
    case 'superseded':
      return 'a newer link of the same server was accepted'
    case 'version':
    case 'secret':
    case 'malformed':
      return reason
  }
}
