// Watches all servers at once and knows what Raft promises: one leader a term, one history, nothing committed lost, no promise broken by a crash.

import type { Message } from '../../../core/consensus/messages.ts'
import type { RaftNode } from '../../../core/consensus/raft-node.ts'
import type { Configuration, Entry } from '../../../core/consensus/types.ts'
import type { SimDisk } from './sim-disk.ts'

export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

interface Committed {
  readonly term: number
  readonly payload: Buffer
  readonly digest: number
}

export class Oracle {
  /** By index; what some server has applied. */
  readonly committed: Committed[] = []
  readonly #leaders = new Map<number, { readonly id: number; readonly sinceMs: number }>()
  #highestLeaderTerm = 0
  /** `server:term` -> whom it voted for. */
  readonly #votes = new Map<string, number>()
  readonly #electionMs: number

  constructor(electionMs: number) {
    this.#electionMs = electionMs
  }

  get lastCommitted(): number {
    return this.committed.length
  }
  get leaderCount(): number {
    return this.#leaders.size
  }

  becameLeader(node: RaftNode, id: number, nowMs: number): void {
    const { term } = node
    const other = this.#leaders.get(term)
    if (other !== undefined && other.id !== id) broken('election safety', `${other.id} and ${id} lead term ${term}`)
    if (other === undefined) this.#leaders.set(term, { id, sinceMs: nowMs })
    this.#highestLeaderTerm = Math.max(this.#highestLeaderTerm, term)
    const last = this.committed.at(-1)
    if (last === undefined) return
    const index = this.committed.length
    // An older leader may be the last to hear of its election; only what was committed before its term concerns it.
    if (last.term >= term) return
    if (node.lastIndex < index || node.snapshotMeta(index).term !== last.term) {
      broken('leader completeness', `${id} leads term ${term} without entry ${index} of term ${last.term}`)
    }
  }

  /** Entries are the same everywhere and so is what they lead to. Returns the digest after this one. */
  applied(id: number, entry: Entry, digestBefore: number): number {
    const digest = fold(digestBefore, entry)
    const known = this.committed[entry.index - 1]
    if (known === undefined) {
      if (entry.index !== this.committed.length + 1)
        broken('state machine safety', `${id} applies ${entry.index} after ${this.committed.length}`)
      this.committed.push({ term: entry.term, payload: entry.payload, digest })
    } else if (known.term !== entry.term || !known.payload.equals(entry.payload)) {
      broken('state machine safety', `${id} applies ${entry.term}/${entry.index}, others applied ${known.term}/${entry.index}`)
    } else if (known.digest !== digest) broken('equal digests', `${id} has another state after ${entry.index}`)
    return digest
  }

  restored(id: number, index: number, digest: number): void {
    const known = this.committed[index - 1]
    if (known !== undefined && known.digest !== digest) broken('equal digests', `${id} installed another state at ${index}`)
  }

  /** A leader's commit index moved: a quorum must have the entry on its disks. */
  leaderCommitted(index: number, term: number, configurations: readonly Configuration[], disks: ReadonlyMap<number, SimDisk>): void {
    const has = (id: number): boolean => {
      const disk = disks.get(id)
      // A damaged disk may have had it when that was acknowledged: its server votes for nobody until it has it again.
      return disk !== undefined && (disk.has(index, term) || index <= (disk.mark?.refetchUntil ?? 0))
    }
    const isMajority = (ids: readonly number[]): boolean => ids.length === 0 || ids.filter(has).length * 2 > ids.length
    if (configurations.some(({ voters, outgoing }) => isMajority(voters) && isMajority(outgoing))) return
    broken('durable on a quorum', `${index} of term ${term} is committed, on the disks of ${[...disks.keys()].filter(has).join(' ')} alone`)
  }

  /** What leaves a server must hold after a crash. */
  sent(m: Message, disk: SimDisk, marked: boolean): void {
    const carriesOwnTerm = m.type !== 'preVote' && !(m.type === 'preVoteResponse' && m.granted)
    if (carriesOwnTerm && disk.hardState.term < m.term)
      broken('durable term', `${m.from} says ${m.type} in term ${m.term}, on disk is ${disk.hardState.term}`)
    if (m.type === 'vote') this.#vote(m.from, m.term, m.from)
    if (m.type === 'voteResponse' && m.granted) {
      if (marked) broken('marked servers do not vote', `${m.from} in term ${m.term}`)
      if (disk.hardState.term === m.term && disk.hardState.votedFor !== m.to)
        broken('durable vote', `${m.from} votes for ${m.to} in term ${m.term}`)
      this.#vote(m.from, m.term, m.to)
    }
    if (m.type === 'appendResponse' && m.accepted && disk.lastIndex < m.index) {
      broken('durable acknowledgement', `${m.from} acknowledges ${m.index}, on disk is ${disk.lastIndex}`)
    }
  }

  /** A read must see everything that was committed anywhere when it was asked for. */
  readAnswered(id: number, index: number, committedBefore: number): void {
    if (index < committedBefore) broken('linearizable reads', `${id} reads at ${index}, ${committedBefore} was committed before it asked`)
  }

  /** Whoever is in contact at `nowMs`: no leader of a later term was elected long before. */
  inContact(node: RaftNode, id: number, nowMs: number): void {
    if (node.term >= this.#highestLeaderTerm) return
    const limitMs = this.#electionMs * (node.leading ? 1 : 2)
    for (const [term, { sinceMs }] of this.#leaders) {
      if (term > node.term && nowMs - sinceMs > limitMs)
        broken('contact', `${id} is in contact in term ${node.term}, term ${term} began ${nowMs - sinceMs} ms ago`)
    }
  }

  #vote(from: number, term: number, candidate: number): void {
    const key = `${from}:${term}`
    const before = this.#votes.get(key)
    if (before !== undefined && before !== candidate)
      broken('one vote a term', `${from} votes for ${before} and ${candidate} in term ${term}`)
    this.#votes.set(key, candidate)
  }
}

export function broken(promise: string, how: string): never {
  throw new BrokenPromise(`${promise}: ${how}`)
}

function fold(digest: number, { term, payload }: Entry): number {
  let hash = Math.imul(digest ^ term, 0x9e3779b1)
  for (let i = 0; i < Math.min(payload.length, 16); i++) hash = Math.imul(hash ^ (payload[i] ?? 0), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
