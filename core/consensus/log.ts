// consensus: the log as one member knows it: terms of all indices since the snapshot, payloads of those that may still be needed. PURE.
//
//   snapshot ..| kept for peers that lag | committed, to be applied | not committed
//              first               handed^                   commit^          last^
//              [ #kept: bytes only     ] [ #ahead: entries                        ]
//
//   handed <= commit <= last; durable <= last. On a follower commit may run ahead of durable: a quorum without it has the entries.

import { assert } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'
import { KeptPayloads } from './kept-payloads.ts'
import { PersistQueue } from './persist-queue.ts'
import { TermSpans } from './term-spans.ts'
import type { Entry, SnapshotMeta } from './types.ts'

/** What an entry costs in memory beside its payload, roughly; makes empty ones count too. */
const ENTRY_OVERHEAD_BYTES = 64

export class RaftLog {
  readonly persist: PersistQueue
  #spans = new TermSpans()
  /** Those after `#handed`. */
  readonly #ahead = new Deque<Entry>(1024)
  /** Those from `#first` to `#handed`. */
  readonly #kept = new KeptPayloads()
  /** Index of the first entry in memory, `last + 1` if there is none. */
  #first: number
  #last: number
  #commit: number
  #handed: number
  #unappliedBytes = 0
  #keptBytes = 0
  #keepBytes = 0
  /** Entries from here on are kept for peers, up to `#keepPinnedBytes`. */
  #pinnedFrom = Number.POSITIVE_INFINITY
  #keepPinnedBytes = 0

  constructor(snapshot: SnapshotMeta | null, entries: readonly Entry[], commit: number) {
    const start = snapshot?.index ?? 0
    if (snapshot !== null && start > 0) this.#spans.seed(snapshot.term, snapshot.termStart)
    this.#first = start + 1
    this.#last = start
    this.#handed = start
    this.persist = new PersistQueue(start + entries.length)
    for (const entry of entries) this.#add(entry)
    // What was known committed may be applied before a leader exists; never less than the snapshot.
    this.#commit = Math.max(start, Math.min(commit, this.#last))
  }

  get firstIndex(): number {
    return this.#first
  }
  get lastIndex(): number {
    return this.#last
  }
  get lastTerm(): number {
    return this.#spans.termAt(this.#last)
  }
  get commitIndex(): number {
    return this.#commit
  }
  /** Index of the last entry that was handed out to be applied. */
  get handedIndex(): number {
    return this.#handed
  }
  get durableIndex(): number {
    return this.persist.durableIndex
  }
  /** What the entries weigh that were not handed out yet. */
  get unappliedBytes(): number {
    return this.#unappliedBytes
  }

  /** The term at `index`; 0 before the first entry and where it is not known any more. */
  termAt(index: number): number {
    return index > this.#last ? 0 : this.#spans.termAt(index)
  }

  /** Index of the first entry of the term at `index`. */
  termStartAt(index: number): number {
    return this.#spans.startAt(index)
  }

  /** Whether the log has an entry of `term` at `index`. Index 0 is in every log. */
  matches(index: number, term: number): boolean {
    return index === 0 ? term === 0 : index <= this.#last && this.#spans.termAt(index) === term
  }

  /** Whether a log that ends with (`lastTerm`, `lastIndex`) is as new as this one: the last term decides, then the length (Raft 5.4.1). */
  isUpToDate(lastTerm: number, lastIndex: number): boolean {
    const own = this.lastTerm
    return lastTerm > own || (lastTerm === own && lastIndex >= this.#last)
  }

  /** Where a log with `term` at `index` may still agree with this one. */
  lastAtMost(index: number, term: number): number {
    return this.#spans.lastAtMost(Math.min(index, this.#last), term)
  }

  /** Appends and queues for the disk. */
  append(entry: Entry): void {
    this.#add(entry)
    this.persist.push(entry)
  }

  /** Cuts off everything from `index` on. */
  truncateFrom(index: number): void {
    assert(index > this.#commit, 'the log is not cut where it is committed')
    while (this.#last >= index) {
      const entry = this.#ahead.pop()
      assert(entry !== undefined && entry.index === this.#last, 'what is not committed is in memory')
      this.#unappliedBytes -= weight(entry.payload.length)
      this.#last -= 1
    }
    this.#spans.truncateFrom(index)
    this.persist.truncateFrom(index)
  }

  /** Never goes back. */
  commitTo(index: number): boolean {
    if (index <= this.#commit) return false
    assert(index <= this.#last, 'nothing is committed beyond the end of the log')
    this.#commit = index
    return true
  }

  get hasCommitted(): boolean {
    return this.#handed < this.#commit
  }

  /** The next committed entry in log order that was not yet handed out. */
  nextCommitted(): Entry | undefined {
    const index = this.#handed + 1
    if (index > this.#commit) return undefined
    const entry = this.#ahead.shift()
    assert(entry !== undefined && entry.index === index, 'entries are handed out without a gap')
    this.#handed = index
    const bytes = weight(entry.payload.length)
    this.#unappliedBytes -= bytes
    if (this.#keepPinnedBytes === 0) this.#first = index + 1
    else {
      this.#kept.push(entry.payload)
      this.#keptBytes += bytes
      if (this.#keptBytes > this.#keepBytes) this.#trim()
    }
    return entry
  }

  /** Entries from `from` on, up to `maxBytes` of payload but at least one. They must be in memory. */
  slice(from: number, maxBytes: number): Entry[] {
    assert(from >= this.#first, 'the entries are in memory')
    const out: Entry[] = []
    let bytes = 0
    for (let index = from; ; index++) {
      const entry = this.#at(index)
      if (entry === undefined) return out
      bytes += entry.payload.length
      if (out.length > 0 && bytes > maxBytes) return out
      out.push(entry)
    }
  }

  /** Whether the payloads from `from` on, which must be in memory, weigh less than `bytes`. */
  weighsLess(from: number, bytes: number): boolean {
    let sum = 0
    for (let index = from; index <= this.#last && sum < bytes; index++) sum += this.#lengthAt(index)
    return sum < bytes
  }

  /** How much of what was applied stays in memory. */
  keep(bytes: number, pinnedBytes: number): void {
    this.#keepBytes = bytes
    this.#keepPinnedBytes = pinnedBytes
    this.#trim()
  }

  /** Entries from `index` on are needed by peers; `Infinity`: none are. */
  pin(index: number): void {
    this.#pinnedFrom = index
    this.#trim()
  }

  /** A snapshot took the place of everything, durably. */
  restart(meta: SnapshotMeta): void {
    assert(meta.index > this.#commit, 'a snapshot that takes the place of the log is ahead of what is committed')
    this.#ahead.clear()
    this.#kept.clear()
    this.#spans = new TermSpans()
    this.#spans.seed(meta.term, meta.termStart)
    this.#first = meta.index + 1
    this.#last = meta.index
    this.#commit = meta.index
    this.#handed = meta.index
    this.#unappliedBytes = 0
    this.#keptBytes = 0
    this.persist.restart(meta.index)
  }

  #add(entry: Entry): void {
    assert(entry.index === this.#last + 1, 'the log has no hole')
    this.#spans.append(entry.term, entry.index)
    this.#ahead.push(entry)
    this.#last = entry.index
    this.#unappliedBytes += weight(entry.payload.length)
  }

  #trim(): void {
    while (this.#keptBytes > this.#keepBytes && this.#first <= this.#handed) {
      if (this.#first >= this.#pinnedFrom && this.#keptBytes <= this.#keepPinnedBytes) return
      this.#keptBytes -= weight(this.#kept.shift())
      this.#first += 1
    }
  }

  #lengthAt(index: number): number {
    if (index <= this.#handed) return this.#kept.lengthAt(index - this.#first)
    return this.#ahead.at(index - this.#handed - 1)?.payload.length ?? 0
  }

  /** The entry at an index that is in memory, `undefined` beyond the end. */
  #at(index: number): Entry | undefined {
    if (index > this.#handed) return this.#ahead.at(index - this.#handed - 1)
    return { term: this.#spans.termAt(index), index, payload: this.#kept.at(index - this.#first) }
  }
}

function weight(payloadBytes: number): number {
  return payloadBytes + ENTRY_OVERHEAD_BYTES
}
