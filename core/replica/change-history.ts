// replica: the last changes of the tree, so that a client that comes back can be told what its persistent watches missed. PURE.
//
//   apply --record--> [ oldest ... newest ]      bounded in entries and in bytes; what falls out moves `floor`
//
//   zxid   .. 7 | 9  9  12  12  12  13           everything above `floor` (here 7 or 8) is here, in the order in which watches heard it
//
// A change keeps the list that READ is checked against as it was at that moment, so a replay shows nobody more than the live event would have.

import { Deque } from '../support/deque.ts'
import type { Change } from '../tree/state-machine.ts'

/** What a change takes beside its path, about: two objects and its slot. */
const RECORD_BYTES = 96

interface RecentChange {
  readonly zxid: number
  readonly change: Change
}

/** The last changes of one server's tree, oldest first. */
export class ChangeHistory {
  readonly #maxEntries: number
  readonly #maxBytes: number
  readonly #changes = new Deque<RecentChange>(64)
  #bytes = 0
  #floor: number

  /** `zxid`: of the state that the server begins with; nothing before it is known here. */
  constructor(maxEntries: number, maxBytes: number, zxid: number) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
    this.#floor = zxid
  }

  /** Every change above this zxid is here. */
  get floor(): number {
    return this.#floor
  }

  get size(): number {
    return this.#changes.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `change` happened at `zxid`, after everything recorded before. */
  record(zxid: number, change: Change): void {
    this.#changes.push({ zxid, change })
    this.#bytes += bytesOf(change)
    while (this.#changes.size > this.#maxEntries || this.#bytes > this.#maxBytes) this.#dropOldest()
  }

  /** Hands on every change above `zxid`, oldest first, until `receive` returns false. Returns whether it never did. */
  since(zxid: number, receive: (zxid: number, change: Change) => boolean): boolean {
    const changes = this.#changes
    for (let at = this.#firstAbove(zxid); at < changes.size; at++) {
      const recent = changes.at(at)
      if (recent !== undefined && !receive(recent.zxid, recent.change)) return false
    }
    return true
  }

  #dropOldest(): void {
    const oldest = this.#changes.shift()
    if (oldest === undefined) return
    this.#bytes -= bytesOf(oldest.change)
    // Whatever of the same entry is still here is of no use alone.
    this.#floor = oldest.zxid
  }

  #firstAbove(zxid: number): number {
    let low = 0
    let high = this.#changes.size
    while (low < high) {
      const middle = (low + high) >>> 1
      const recent = this.#changes.at(middle)
      if (recent !== undefined && recent.zxid <= zxid) low = middle + 1
      else high = middle
    }
    return low
  }
}

function bytesOf(change: Change): number {
  return RECORD_BYTES + 2 * change.path.length
}
