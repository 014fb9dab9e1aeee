// server: whether an ensemble may be formed, by what the servers say of themselves. PURE.
//
// A server that belongs to no ensemble yet neither votes nor stands for election: it may be one that voted and acknowledged and then lost its data. It
// forms an ensemble only when every other server answers it and each of them
//
//   belongs to none either, is configured with the same ids and would begin with the same data      or
//   has formed it with just the incarnations that are seen here, this server's among them
//
// Why that is safe: let a quorum have formed the ensemble and acknowledged something, and a minority lose its data after it. Each of those comes back with another
// incarnation and needs an answer from all others that is younger than its own process, so from one of the quorum that kept its data. That one's founders
// have the old incarnation: the server that lost its data does not form, and never votes. Whoever else forms on an answer that is old by now votes
// by the rules, with an empty log.

import { createHash } from 'node:crypto'
import type { Founder } from '../storage/server-identity.ts'

/** What one server said, and under which incarnation. */
export interface Statement {
  readonly incarnation: string
  readonly unformed: boolean
  readonly configurationDigest: Buffer
  readonly foundingDigest: Buffer
}

export type FormationVerdict =
  /** Not everybody has answered. */
  | { readonly type: 'waiting'; readonly missing: readonly number[] }
  /** These servers and this one do not go together, and why. */
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'formed'; readonly founders: readonly Founder[] }

export class Formation {
  readonly self: Founder
  readonly #others: readonly number[]
  readonly configurationDigest: Buffer
  readonly #statements = new Map<number, Statement>()

  /** `seed` names the data that this server would begin with, '' for none. */
  constructor(self: Founder, ids: readonly number[], seed: string) {
    this.self = self
    this.#others = ids.filter((id) => id !== self.serverId)
    this.configurationDigest = configurationDigest(ids, seed)
  }

  /** A server has spoken on the link that it holds now. */
  heard(serverId: number, statement: Statement): void {
    this.#statements.set(serverId, statement)
  }

  /** The link on which it spoke is gone: what it said may not hold any more. */
  lost(serverId: number): void {
    this.#statements.delete(serverId)
  }

  get verdict(): FormationVerdict {
    const missing = this.#others.filter((id) => !this.#statements.has(id))
    if (missing.length > 0) return { type: 'waiting', missing }
    const founders = this.#founders()
    const digest = foundingDigest(founders)
    const problems = this.#others.flatMap((id) => this.#problemWith(id, digest))
    return problems.length > 0 ? { type: 'refused', problems } : { type: 'formed', founders }
  }

  #founders(): Founder[] {
    const others = [...this.#statements].map(([serverId, { incarnation }]) => ({ serverId, incarnation }))
    return [...others, this.self].sort((a, b) => a.serverId - b.serverId)
  }

  #problemWith(id: number, founding: Buffer): string[] {
    const statement = this.#statements.get(id)
    if (statement === undefined) return []
    if (statement.unformed) {
      return statement.configurationDigest.equals(this.configurationDigest)
        ? []
        : [`server ${id} is configured with other servers than this one, or would begin with other data`]
    }
    return statement.foundingDigest.equals(founding)
      ? []
      : [`server ${id} belongs to an ensemble that was formed with other data directories: this server's data was lost or replaced`]
  }
}

export function foundingDigest(founders: readonly Founder[]): Buffer {
  const lines = founders.map(({ serverId, incarnation }) => `${serverId} ${incarnation}`)
  return createHash('sha256')
    .update(['zoarium founding 1', ...lines].join('\n'))
    .digest()
}

function configurationDigest(ids: readonly number[], seed: string): Buffer {
  const sorted = [...ids].sort((a, b) => a - b)
  return createHash('sha256')
    .update(['zoarium configuration 1', sorted.join(' '), seed].join('\n'))
    .digest()
}
