// peer: the dialling end of a handshake, without its socket. See acceptor-handshake.ts.

import { type Frame, FrameKind, type ReceivedFrame } from './frame.ts'
import { decodeGreeting, decodeRefusal, decodeWelcome, encodeHello, handshakeFrame, type VersionRange } from './handshake-codec.ts'
import { judgeAcceptor, type PeerAddress, type PeerClaim, type PeerIdentity, type RefusalReason } from './identity.ts'
import { makeProof, proofHolds } from './proof.ts'

/** What the dialler does next. */
export type DiallerStep =
  | { readonly kind: 'send'; readonly frame: Frame }
  | { readonly kind: 'done'; readonly identity: PeerIdentity; readonly version: number }
  /** `by`: who turned whom away. */
  | { readonly kind: 'refused'; readonly by: 'acceptor' | 'dialler'; readonly reason: RefusalReason; readonly text: string }

export class DiallerHandshake {
  readonly #claim: PeerClaim
  readonly #expected: PeerAddress
  readonly #versions: VersionRange
  readonly #secret: Buffer | null
  readonly #nonce: Buffer
  readonly #heads: Buffer[] = []

  constructor(claim: PeerClaim, expected: PeerAddress, versions: VersionRange, secret: Buffer | null, nonce: Buffer) {
    this.#claim = claim
    this.#expected = expected
    this.#versions = versions
    this.#secret = secret
    this.#nonce = nonce
  }

  /** Throws BadBytes at anything that does not belong here. */
  frame(frame: ReceivedFrame): DiallerStep {
    if (frame.kind === FrameKind.refusal) return { kind: 'refused', by: 'acceptor', ...decodeRefusal(frame) }
    return this.#heads.length === 0 ? this.#greeted(frame) : this.#answered(frame)
  }

  #greeted(frame: ReceivedFrame): DiallerStep {
    decodeGreeting(frame)
    const head = encodeHello({ versions: this.#versions, nonce: this.#nonce, claim: this.#claim })
    this.#heads.push(Buffer.from(frame.head), head)
    const proof = this.#secret === null ? null : makeProof(this.#secret, 'dialler', this.#heads)
    return { kind: 'send', frame: handshakeFrame('hello', head, proof) }
  }

  #answered(frame: ReceivedFrame): DiallerStep {
    const { version, identity } = decodeWelcome(frame)
    const heads = [...this.#heads, frame.head]
    const proven = this.#secret === null ? frame.body.length === 0 : proofHolds(frame.body, this.#secret, 'acceptor', heads)
    if (!proven) return refusing('secret', `the server at ${this.#expected.host}:${this.#expected.port} does not prove the ensemble secret`)
    if (version < this.#versions.min || version > this.#versions.max) return refusing('version', `it chose version ${version}`)
    const reason = judgeAcceptor(identity, this.#claim.identity, this.#expected)
    if (reason !== null) return refusing(reason, `it is server ${identity.serverId}, incarnation ${identity.incarnation}`)
    return { kind: 'done', identity, version }
  }
}

function refusing(reason: RefusalReason, text: string): DiallerStep {
  return { kind: 'refused', by: 'dialler', reason, text }
}
