// peer: who stands at the ends of a link, and the reasons to turn somebody away. PURE.

import type { LaneName } from './peer-messages.ts'

/** Who a server is. */
export interface PeerIdentity {
  readonly serverId: number
  /** Made when its data directory was formatted: 16 bytes, hexadecimal. */
  readonly incarnation: string
  /** Made when its process started: 16 bytes, hexadecimal. */
  readonly bootNonce: string
  /** Hexadecimal, '' as long as it belongs to no ensemble. */
  readonly clusterId: string
}

/** Another server as this one knows it. */
export interface PeerAddress {
  readonly serverId: number
  readonly host: string
  readonly port: number
  /** '' if it is not known yet: then any is taken. */
  readonly incarnation: string
  /** The name that its certificate must bear. Default: `host`. */
  readonly tlsName?: string
}

/** Why the other end was turned away. The numbers are those of the Refusal message and never change. */
export const REFUSALS = {
  /** No protocol version that both speak. */
  version: 1,
  /** It does not know the secret of the ensemble, or knows one where there is none. */
  secret: 2,
  /** Its certificate does not bear the name of the server that it says it is. */
  certificate: 3,
  /** It belongs to another ensemble. */
  cluster: 4,
  /** It wanted to talk to another server than this one. */
  wrongServer: 5,
  /** It says that it is this server. */
  sameServer: 6,
  /** No server of that id belongs to the ensemble. */
  unknownServer: 7,
  /** The server of that id lost its data, or is a copy: it bears another incarnation. */
  incarnation: 8,
  /** A newer link of the same server was accepted before. */
  superseded: 9,
  /** It is none of the protocol's: a field is malformed. */
  malformed: 10,
} as const

export type RefusalReason = keyof typeof REFUSALS

export function refusalOf(number: number): RefusalReason {
  for (const [reason, value] of Object.entries(REFUSALS)) if (value === number) return reason as RefusalReason
  return 'malformed'
}

/** What a dialler says of itself and of whom it expects. */
export interface PeerClaim {
  readonly identity: PeerIdentity
  readonly lane: LaneName
  readonly linkNumber: number
  readonly expectedServerId: number
  /** '' if it does not know. */
  readonly expectedIncarnation: string
}

/** Cluster ids match unless both are known and differ. */
export function sameCluster(one: string, other: string): boolean {
  return one === '' || other === '' || one === other
}

/** Whether a dialler may come in: null, or why not. */
export function judgeClaim(claim: PeerClaim, self: PeerIdentity, known: PeerAddress | undefined): RefusalReason | null {
  const { identity } = claim
  if (claim.expectedServerId !== self.serverId) return 'wrongServer'
  if (claim.expectedIncarnation !== '' && claim.expectedIncarnation !== self.incarnation) return 'wrongServer'
  if (identity.serverId === self.serverId) return 'sameServer'
  if (!sameCluster(identity.clusterId, self.clusterId)) return 'cluster'
  if (known === undefined) return 'unknownServer'
  if (known.incarnation !== '' && known.incarnation !== identity.incarnation) return 'incarnation'
  return null
}

/** Whether the server that was dialled is the one that was meant: null, or what is wrong. */
export function judgeAcceptor(identity: PeerIdentity, self: PeerIdentity, expected: PeerAddress): RefusalReason | null {
  if (identity.serverId !== expected.serverId) return 'wrongServer'
  if (!sameCluster(identity.clusterId, self.clusterId)) return 'cluster'
  if (expected.incarnation !== '' && expected.incarnation !== identity.incarnation) return 'incarnation'
  return null
}
