// replica: whether this server's state is that of the others: digests of states, compared where they are of the same index. PURE.
//
//   every 128 entries          a mark of this server's own is kept: index, zxid, digest
//   a server's word            its digest at its applied index and at its newest mark, and how many servers agree with it besides the one that is told
//     index still to come      its digest is compared when this server has applied that far
//     index that has a mark    it is compared now; any other is passed over: the next word comes in a second
//
// A busy ensemble meets at marks, one at rest at the applied index. Who is right is a matter of numbers:
//
//   a quorum agrees with this server                       agreed, whoever differs
//   one that differs says that a quorum agrees with it     astray: this server is wrong and must not serve
//   neither                                                undecided: somebody is wrong and nobody can tell who
//
// "Besides the one that is told" keeps two servers from each taking the other's earlier agreement with itself for a quorum.

import type { StateMachine } from '../tree/state-machine.ts'

/** As ZooKeeper: a digest every 128 transactions, 1,024 of them kept (DataTree.DIGEST_LOG_INTERVAL, DIGEST_LOG_LIMIT). */
export const MARK_ENTRIES = 128
export const MOST_MARKS = 1024
/** Words of one server that wait for an index to be applied here; the oldest stay. */
const MOST_AWAITED = 8

/** The state's digest after an entry. */
export interface StateMark {
  readonly index: number
  readonly zxid: number
  readonly digest: string
}

/** What another server says of its state. */
export interface StateWord {
  readonly from: number
  readonly index: number
  readonly digest: string
  /** How many servers have the same state as far as it knows, itself included, the one that is told left out. */
  readonly agreeing: number
}

export type StateVerdict =
  /** `differing`: servers that a quorum is against. */
  | { readonly type: 'agreed'; readonly differing: readonly number[] }
  | { readonly type: 'astray' | 'undecided'; readonly differing: readonly number[]; readonly index: number }

interface Comparison {
  readonly index: number
  readonly equal: boolean
  agreeing: number
}

const AGREED: StateVerdict = Object.freeze({ type: 'agreed', differing: [] })

export class StateDigests {
  readonly #quorum: number
  #marks: StateMark[] = []
  readonly #awaited = new Map<number, StateWord[]>()
  readonly #compared = new Map<number, Comparison>()
  /** {@link applied} is to be called once this index is. */
  nextIndex: number
  /** How often another server had another state. */
  mismatches = 0
  /** Another object whenever it changed. */
  verdict: StateVerdict = AGREED

  /** `servers`: how many have a vote. `appliedIndex`: of the state at the start. */
  constructor(servers: number, appliedIndex: number) {
    this.#quorum = Math.floor(servers / 2) + 1
    this.nextIndex = markAfter(appliedIndex)
  }

  /** The newest marks, oldest first. */
  get marks(): readonly StateMark[] {
    return this.#marks
  }

  /** How many servers have this state as far as is known, this one included, `besides` left out. */
  agreeing(besides: number): number {
    let count = 1
    for (const [peer, { equal }] of this.#compared) if (equal && peer !== besides) count++
    return count
  }

  /** Whether the other server had the same state when it was looked at last; `null` if it never was. */
  sameAs(peer: number): boolean | null {
    return this.#compared.get(peer)?.equal ?? null
  }

  /** The entry of {@link nextIndex} was applied. */
  applied(index: number, { lastZxid, runningDigest }: StateMachine): void {
    if (index % MARK_ENTRIES === 0) this.#marks.push({ index, zxid: lastZxid, digest: runningDigest })
    if (this.#marks.length > MOST_MARKS) this.#marks.shift()
    this.#compareAwaited(index, runningDigest)
    this.#lookAhead(index)
  }

  /** A snapshot took the state's place. What was found of the state before it says nothing of this one. */
  replaced(appliedIndex: number): void {
    this.#marks = []
    this.#compared.clear()
    for (const [from, words] of this.#awaited) {
      this.#awaited.set(
        from,
        words.filter(({ index }) => index > appliedIndex),
      )
    }
    this.#lookAhead(appliedIndex)
    this.#judge()
  }

  /** Another server has spoken, in the order in which it speaks. */
  heard(word: StateWord, appliedIndex: number, tree: StateMachine): void {
    const known = this.#compared.get(word.from)
    if (known !== undefined) known.agreeing = word.agreeing
    if (word.index > appliedIndex) this.#keep(word, appliedIndex)
    else if (word.index === appliedIndex) this.#compare(word, tree.runningDigest)
    else {
      const mark = this.#markOf(word.index)
      if (mark !== undefined) this.#compare(word, mark.digest)
    }
    this.#judge()
  }

  /** Its link is gone: who can tell what becomes of it. */
  lost(peer: number): void {
    this.#awaited.delete(peer)
    if (this.#compared.delete(peer)) this.#judge()
  }

  #keep(word: StateWord, appliedIndex: number): void {
    const words = this.#awaited.get(word.from) ?? []
    if (words.length >= MOST_AWAITED) return
    words.push(word)
    this.#awaited.set(word.from, words)
    this.#lookAhead(appliedIndex)
  }

  #compareAwaited(appliedIndex: number, digest: string): void {
    for (const [from, words] of this.#awaited) {
      if (!words.some(({ index }) => index <= appliedIndex)) continue
      for (const word of words) if (word.index === appliedIndex) this.#compare(word, digest)
      this.#awaited.set(
        from,
        words.filter(({ index }) => index > appliedIndex),
      )
      this.#judge()
    }
  }

  #lookAhead(appliedIndex: number): void {
    this.nextIndex = markAfter(appliedIndex)
    for (const words of this.#awaited.values()) for (const { index } of words) this.nextIndex = Math.min(this.nextIndex, index)
  }

  #markOf(index: number): StateMark | undefined {
    const first = this.#marks[0]
    // Marks have no gap between them.
    return first === undefined || index % MARK_ENTRIES !== 0 ? undefined : this.#marks[(index - first.index) / MARK_ENTRIES]
  }

  #compare({ from, index, digest, agreeing }: StateWord, own: string): void {
    const known = this.#compared.get(from)
    if (known !== undefined && known.index > index) return
    if (digest !== own) this.mismatches += 1
    this.#compared.set(from, { index, equal: digest === own, agreeing: known?.agreeing ?? agreeing })
  }

  #judge(): void {
    const differing = [...this.#compared].filter(([, { equal }]) => !equal)
    const ids = differing.map(([peer]) => peer).sort((a, b) => a - b)
    const type =
      this.agreeing(0) >= this.#quorum || differing.length === 0
        ? 'agreed'
        : differing.some(([, { agreeing }]) => agreeing >= this.#quorum)
          ? 'astray'
          : 'undecided'
    if (type === this.verdict.type && ids.join() === this.verdict.differing.join()) return
    const index = Math.max(0, ...differing.map(([, compared]) => compared.index))
    this.verdict = type === 'agreed' ? { type, differing: ids } : { type, differing: ids, index }
  }
}

function markAfter(index: number): number {
  return (Math.floor(index / MARK_ENTRIES) + 1) * MARK_ENTRIES
}
