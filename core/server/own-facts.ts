// server: what this server says of itself to the other servers of its ensemble, once a second and whenever it matters, and to operators.

import type { Facts } from '../peer/peer-messages.ts'
import type { Replica } from '../replica/replica.ts'
import { VERSION } from '../support/version.ts'
import { SEMANTICS_VERSION } from '../tree/envelope.ts'
import type { IdentityFile } from './identity-file.ts'

/** Neither protobuf nor JSON need say `Infinity`: nothing lasts longer than this. */
const LONG_MS = 1e9

/** What the facts are made from. */
export interface FactsSource {
  readonly identity: IdentityFile
  readonly configurationDigest: Buffer
  /** Where clients come to, '' before that is known. */
  readonly clientAddress: string
  /** `null` before this server belongs to an ensemble. */
  readonly replica: Replica | null
}

/** `to`: who is told; this server itself, for what operators see. */
export function ownFacts({ identity, configurationDigest, clientAddress, replica }: FactsSource, to: number): Facts {
  const { founders, self, foundingDigest } = identity
  const mark = replica?.digests.marks.at(-1)
  const contactMs = replica === null ? 0 : replica.contactUntilMs - performance.now()
  return {
    type: 'facts',
    from: self.serverId,
    to,
    software: VERSION,
    semantics: SEMANTICS_VERSION,
    unformed: founders === null,
    configurationDigest,
    foundingDigest,
    clientAddress,
    wallMs: Date.now(),
    term: replica?.term ?? 0,
    leaderId: replica?.leaderId ?? 0,
    role: replica === null ? 'unformed' : replica.recovering ? 'recovering' : replica.role,
    appliedIndex: replica?.appliedIndex ?? 0,
    durableIndex: replica?.durableIndex ?? 0,
    lastZxid: replica?.tree.lastZxid ?? 0,
    contactMs: Math.max(-LONG_MS, Math.min(LONG_MS, contactMs)),
    serving: replica?.serving ?? false,
    stateDigest: replica?.tree.runningDigest ?? '',
    markIndex: mark?.index ?? 0,
    markDigest: mark?.digest ?? '',
    agreeing: replica?.digests.agreeing(to) ?? 0,
  }
}
