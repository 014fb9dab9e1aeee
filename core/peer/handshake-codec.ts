// peer: the four messages of the handshake as frames. A proof travels in the body: what it proves is the head, byte for byte.

import { BadBytes } from './bad-bytes.ts'
import { bodyOf, encodeFrame, type Frame, FrameKind, NO_BODY, type ReceivedFrame } from './frame.ts'
import { zoarium } from './gen/messages.js'
import { type PeerClaim, type PeerIdentity, REFUSALS, type RefusalReason, refusalOf } from './identity.ts'

const wire = zoarium.peer

/** Frames of a handshake are at most this long, whoever sends them. */
export const MAX_HANDSHAKE_FRAME_BYTES = 2048
export const NONCE_BYTES = 32
const INCARNATION_BYTES = 16
const MAX_TEXT_CHARACTERS = 256
const LANES = Object.freeze({ control: 1, bulk: 2 })

/** Versions of the protocol that one end speaks. */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

export const VERSIONS: VersionRange = Object.freeze({ min: 1, max: 1 })

export interface Greeting {
  readonly versions: VersionRange
  readonly nonce: Buffer
}

export interface Hello {
  readonly versions: VersionRange
  readonly nonce: Buffer
  readonly claim: PeerClaim
}

export interface Welcome {
  readonly version: number
  readonly identity: PeerIdentity
}

export interface Refusal {
  readonly reason: RefusalReason
  readonly text: string
}

export function encodeGreeting({ versions, nonce }: Greeting): Buffer {
  return toBuffer(wire.Greeting.encode({ versionMin: versions.min, versionMax: versions.max, nonce }).finish())
}

export function encodeHello({ versions, nonce, claim }: Hello): Buffer {
  const { identity, lane, linkNumber, expectedServerId, expectedIncarnation } = claim
  const hello = {
    versionMin: versions.min,
    versionMax: versions.max,
    nonce,
    clusterId: identity.clusterId,
    serverId: identity.serverId,
    incarnation: Buffer.from(identity.incarnation, 'hex'),
    bootNonce: Buffer.from(identity.bootNonce, 'hex'),
    expectedServerId,
    expectedIncarnation: Buffer.from(expectedIncarnation, 'hex'),
    lane: LANES[lane],
    linkNumber,
  }
  return toBuffer(wire.Hello.encode(hello).finish())
}

export function encodeWelcome({ version, identity }: Welcome): Buffer {
  const { clusterId, serverId, incarnation, bootNonce } = identity
  const welcome = { version, clusterId, serverId, incarnation: Buffer.from(incarnation, 'hex'), bootNonce: Buffer.from(bootNonce, 'hex') }
  return toBuffer(wire.Welcome.encode(welcome).finish())
}

export function refusalFrame({ reason, text }: Refusal): Frame {
  const head = wire.Refusal.encode({ reason: REFUSALS[reason], text: text.slice(0, MAX_TEXT_CHARACTERS) }).finish()
  return encodeFrame(FrameKind.refusal, head)
}

/** A frame of the handshake around a head that is kept for the proofs. */
export function handshakeFrame(kind: 'greeting' | 'hello' | 'welcome', head: Buffer, proof: Buffer | null): Frame {
  return encodeFrame(FrameKind[kind], head, proof === null ? NO_BODY : bodyOf([proof]))
}

export function decodeGreeting(frame: ReceivedFrame): Greeting {
  const m = decoded(frame, 'greeting', (head) => wire.Greeting.decode(head))
  return { versions: { min: m.versionMin, max: m.versionMax }, nonce: sized('nonce', m.nonce, NONCE_BYTES) }
}

export function decodeHello(frame: ReceivedFrame): Hello {
  const m = decoded(frame, 'hello', (head) => wire.Hello.decode(head))
  const lane = m.lane === LANES.control ? 'control' : m.lane === LANES.bulk ? 'bulk' : null
  if (lane === null) throw new BadBytes(`hello: there is no lane ${m.lane}`)
  if (!Number.isSafeInteger(m.linkNumber) || m.linkNumber < 1) throw new BadBytes(`hello: link number ${m.linkNumber}`)
  const expected = m.expectedIncarnation.length === 0 ? '' : hex('expected incarnation', m.expectedIncarnation)
  const identity = identityOf(m)
  return {
    versions: { min: m.versionMin, max: m.versionMax },
    nonce: sized('nonce', m.nonce, NONCE_BYTES),
    claim: { identity, lane, linkNumber: m.linkNumber, expectedServerId: m.expectedServerId, expectedIncarnation: expected },
  }
}

export function decodeWelcome(frame: ReceivedFrame): Welcome {
  const m = decoded(frame, 'welcome', (head) => wire.Welcome.decode(head))
  return { version: m.version, identity: identityOf(m) }
}

export function decodeRefusal(frame: ReceivedFrame): Refusal {
  const m = decoded(frame, 'refusal', (head) => wire.Refusal.decode(head))
  // It goes to the log: no control characters of somebody else.
  return { reason: refusalOf(m.reason), text: m.text.slice(0, MAX_TEXT_CHARACTERS).replace(/[^\x20-\x7e]/g, '?') }
}

function decoded<T>({ kind, head }: ReceivedFrame, expected: keyof typeof FrameKind, decode: (head: Buffer) => T): T {
  if (kind !== FrameKind[expected]) throw new BadBytes(`expected a ${expected}, got a frame of kind ${kind}`)
  try {
    return decode(head)
  } catch (error) {
    throw new BadBytes(`undecodable ${expected}`, { cause: error })
  }
}

function identityOf(m: { clusterId: string; serverId: number; incarnation: Uint8Array; bootNonce: Uint8Array }): PeerIdentity {
  if (!/^[0-9a-f]{0,64}$/.test(m.clusterId)) throw new BadBytes('the cluster id is not hexadecimal')
  if (m.serverId < 1) throw new BadBytes(`server id ${m.serverId}`)
  return {
    serverId: m.serverId,
    incarnation: hex('incarnation', m.incarnation),
    bootNonce: hex('boot nonce', m.bootNonce),
    clusterId: m.clusterId,
  }
}

function sized(what: string, bytes: Uint8Array, length: number): Buffer {
  if (bytes.length !== length) throw new BadBytes(`${what}: expected ${length} bytes, got ${bytes.length}`)
  return Buffer.from(bytes)
}

function hex(what: string, bytes: Uint8Array): string {
  return sized(what, bytes, INCARNATION_BYTES).toString('hex')
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
