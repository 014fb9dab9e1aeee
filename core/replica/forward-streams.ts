// replica: what a leader has appended of the streams of all servers, its own among them, in its term. PURE.
//
//   origin 3 asks    (term, nonce, attempt)        -> last number appended of that stream in this term, 0 for none
//   origin 3 sends   (term, nonce, first, ...)     -> appended, if the term is this one and the number the next
//
// Empty at the beginning of every term: whatever an origin did not see applied when it applies the term's first entry is not in the log, and it begins
// there. Its first batch therefore may have any number, and after that there is no gap: an origin sends only after the answer, on the link of its question.

/** Who sends: server id and the nonce of its stream. */
export interface StreamName {
  readonly serverId: number
  readonly nonceHi: number
  readonly nonceLo: number
}

interface Received {
  readonly nonceHi: number
  readonly nonceLo: number
  last: number
}

export class ForwardStreams {
  readonly #streams = new Map<number, Received>()

  /** A term begins. */
  clear(): void {
    this.#streams.clear()
  }

  /** The last number appended of a stream, 0 for none. A new nonce begins a new stream, and the old one never comes back. */
  lastOf({ serverId, nonceHi, nonceLo }: StreamName): number {
    const stream = this.#streams.get(serverId)
    return stream !== undefined && stream.nonceHi === nonceHi && stream.nonceLo === nonceLo ? stream.last : 0
  }

  /**
   * Whether requests from number `first` on are to be appended, which they count as from then on. Not if they are not the next ones: then they were
   * sent on a link, or to a term, that is over.
   */
  accept(name: StreamName, first: number, count: number): boolean {
    const last = this.lastOf(name)
    if (last !== 0 && first !== last + 1) return false
    this.#streams.set(name.serverId, { nonceHi: name.nonceHi, nonceLo: name.nonceLo, last: first + count - 1 })
    return true
  }
}
