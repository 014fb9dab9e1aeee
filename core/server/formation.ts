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
//
// `initialize`: somebody vouches for it that no server has lost data. Then a quorum of answers is enough. A server that is left out is noted with an incarnation
// that nobody bears: it is refused from then on, since each of those that formed would have to take its word for what it has never voted.

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

/** In place of that of a server that was left out when the ensemble was formed. */
export const LEFT_OUT: string = '0'.repeat(32)

export class Formation {
  readonly self: Founder
  readonly #others: readonly number[]
  readonly configurationDigest: Buffer
  readonly #initialize: boolean
  readonly #statements = new Map<number, Statement>()
  /** Servers that do not let this one in, and why. */
  readonly #turnedAway = new Map<number, string>()

  /** `seed` names the data that this server would begin with, '' for none. */
  constructor(self: Founder, ids: readonly number[], seed: string, initialize = false) {
    this.self = self
    this.#others = ids.filter((id) => id !== self.serverId)
    this.configurationDigest = configurationDigest(ids, seed)
    this.#initialize = initialize
  }

  /** A server has spoken on the link that it holds now. */
  heard(serverId: number, statement: Statement): void {
    this.#statements.set(serverId, statement)
    this.#turnedAway.delete(serverId)
  }

  /** The link on which it spoke is gone: what it said may not hold any more. */
  lost(serverId: number): void {
    this.#statements.delete(serverId)
  }

  /** A server does not let this one in; '' once it does. */
  turnedAway(serverId: number, problem: string): void {
    if (problem === '') this.#turnedAway.delete(serverId)
    else this.#turnedAway.set(serverId, problem)
  }

  get verdict(): FormationVerdict {
    const refusals = this.#others.flatMap((id) => this.#turnedAway.get(id) ?? [])
    if (refusals.length > 0) return { type: 'refused', problems: refusals }
    const missing = this.#others.filter((id) => !this.#statements.has(id))
    const quorum = Math.floor((this.#others.length + 1) / 2) + 1
    const enough = this.#initialize ? this.#statements.size + 1 >= quorum : missing.length === 0
    if (!enough) return { type: 'waiting', missing }
    const formed = this.#others.find((id) => this.#statements.get(id)?.unformed === false)
    const founders = (formed === undefined ? null : this.#foundersOf(formed)) ?? this.#founders(() => false)
    const digest = foundingDigest(founders)
    const problems = this.#others.flatMap((id) => this.#problemWith(id, digest))
    return problems.length > 0 ? { type: 'refused', problems } : { type: 'formed', founders }
  }

  /** Everybody who is seen, but for those who are left out. */
  #founders(isLeftOut: (id: number) => boolean): Founder[] {
    const others = this.#others.map((serverId) => ({
      serverId,
      incarnation: isLeftOut(serverId) ? LEFT_OUT : (this.#statements.get(serverId)?.incarnation ?? LEFT_OUT),
    }))
    return [...others, this.self].sort((a, b) => a.serverId - b.serverId)
  }

  /** With whom a server has formed that says so: it had this one with it, and may have left out others. */
  #foundersOf(serverId: number): Founder[] | null {
    const statement = this.#statements.get(serverId)
    const rest = this.#others.filter((id) => id !== serverId)
    for (let subset = 0; subset < 1 << rest.length; subset++) {
      const founders = this.#founders((id) => rest.includes(id) && ((subset >> rest.indexOf(id)) & 1) === 1)
      if (statement?.foundingDigest.equals(foundingDigest(founders)) === true) return founders
    }
    return null
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
