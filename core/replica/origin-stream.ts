// replica: the requests of this server's clients as one gap-free stream to whoever leads, from their arrival to their apply. PURE.
//
//              applied                sent in this term             not sent yet
//   numbers   1 ... 41 | 42 43 44 45 46 47 | 48 49 50 ---> push
//                        ^first pending     ^next to send
//
//   idle --term T's first entry is applied here--> asking --the leader of T states the last number it has of us--> sending
//    ^                                              ^ |                                                              |
//    |                                              +-+ the link to the leader is new: ask again                     |
//    +---------------------- another leader, or none ----------------------------------------------------------------+
//
// Nothing is sent to term T before its first entry was applied here. Then whatever is pending cannot be in the log: an entry of a lower term that is to
// be committed stands before that first entry, and was applied. So it is sent again with its old numbers in its old order, and becomes one entry.

import { assert } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'

/** A request in the stream. `T` is whoever waits for its outcome. */
export interface InStream<T> {
  readonly number: number
  readonly payload: Buffer
  readonly owner: T
}

/** A question to the leader of `term`: which number did you append last? `attempt` tells its answer from those to earlier questions. */
export interface StreamQuestion {
  readonly term: number
  readonly attempt: number
}

export interface StreamBatch {
  readonly term: number
  /** Number of the first payload; the others follow without a gap. */
  readonly first: number
  readonly payloads: Buffer[]
  /** Whether some of them were sent before: then others may still hold the same bytes, which must not change. */
  readonly again: boolean
}

/** With so many batches on their way, from the leader's log to the apply here, the next one gathers requests ... */
const PIPELINED_BATCHES = 2
/** ... until it has so many. */
const LARGE_BATCH = 256

export class OriginStream<T> {
  readonly #pending = new Deque<InStream<T>>(1024)
  #lastNumber = 0
  /** The term that the stream goes to, 0 while it waits for one. */
  #term = 0
  #state: 'idle' | 'asking' | 'sending' = 'idle'
  #attempt = 0
  #asked = false
  /** The last number that was handed to the leader of `#term`. */
  #sent = 0
  /** The highest number that was ever sent. */
  #everSent = 0
  /** The last numbers of the batches that were sent and not applied to their end. */
  readonly #underWay = new Deque<number>(16)

  /** Requests that were not applied yet. */
  get size(): number {
    return this.#pending.size
  }

  get lastNumber(): number {
    return this.#lastNumber
  }

  /** Whether {@link takeBatch} would give one. */
  get hasUnsent(): boolean {
    return this.#state === 'sending' && this.#sent < this.#lastNumber
  }

  push(payload: Buffer, owner: T): void {
    this.#lastNumber += 1
    this.#pending.push({ number: this.#lastNumber, payload, owner })
  }

  /** An entry of this stream was applied: whoever waits for it. */
  applied(number: number): T {
    const first = this.#pending.shift()
    assert(first !== undefined && first.number === number, 'entries come back in order, none missing and none twice')
    if (number === this.#underWay.peek()) this.#underWay.shift()
    return first.owner
  }

  /** This server has applied the first entry of `term`. */
  termApplied(term: number): void {
    assert(term > this.#term, 'terms that are applied rise')
    this.#term = term
    this.#ask()
  }

  /** The leader of the term is gone, or its link is: nothing is sent until it was asked again. */
  interrupted(): void {
    if (this.#state !== 'idle') this.#ask()
  }

  /** No answer came for long: on its way back it went over another link than the question, which may have been down. */
  askAgain(): void {
    if (this.#state === 'asking' && this.#asked) this.#ask()
  }

  /** What is to be asked of the leader of `term` now, once for each attempt. */
  takeQuestion(): StreamQuestion | null {
    if (this.#state !== 'asking' || this.#asked) return null
    this.#asked = true
    return { term: this.#term, attempt: this.#attempt }
  }

  /** The leader of `term` says which number of this stream it appended last in its term, 0 for none. */
  answered(term: number, attempt: number, last: number): void {
    // An answer to a question that was asked again since: what was sent on an earlier link may or may not have come.
    if (this.#state !== 'asking' || term !== this.#term || attempt !== this.#attempt) return
    const first = this.#firstPending()
    assert(last <= this.#lastNumber, 'a leader cannot have what was never sent')
    assert(last === 0 || last >= first - 1, 'what was applied in this term was appended in it')
    this.#sent = Math.max(last, first - 1)
    this.#underWay.clear()
    this.#state = 'sending'
  }

  /** Whether the next batch should wait for more requests: those before it are on their way, and this one would not come sooner if it left now. */
  get gathering(): boolean {
    return this.#underWay.size >= PIPELINED_BATCHES && this.#lastNumber - this.#sent < LARGE_BATCH
  }

  /** The next requests for the leader, at most about `maxBytes` of them; `null` when there is none. */
  takeBatch(maxBytes: number): StreamBatch | null {
    if (!this.hasUnsent) return null
    const payloads: Buffer[] = []
    const first = this.#sent + 1
    const offset = first - this.#firstPending()
    let bytes = 0
    for (let at = offset; at < this.#pending.size && (payloads.length === 0 || bytes < maxBytes); at++) {
      const { number, payload } = this.#pending.at(at) as InStream<T>
      assert(number === first + payloads.length, 'the stream has no gap')
      payloads.push(payload)
      bytes += payload.length
    }
    this.#sent += payloads.length
    this.#underWay.push(this.#sent)
    const again = first <= this.#everSent
    this.#everSent = Math.max(this.#everSent, this.#sent)
    return { term: this.#term, first, payloads, again }
  }

  /** What becomes of the pending requests cannot be known any more: tells whoever waits for them. The caller gives the stream another nonce. */
  abandon(forget: (owner: T) => void): void {
    for (const { owner } of this.#pending) forget(owner)
    this.#pending.clear()
    this.#lastNumber = 0
    this.#sent = 0
    this.#everSent = 0
    this.#underWay.clear()
    if (this.#state !== 'idle') this.#ask()
  }

  #ask(): void {
    this.#state = 'asking'
    this.#attempt += 1
    this.#asked = false
  }

  #firstPending(): number {
    return this.#lastNumber - this.#pending.size + 1
  }
}
