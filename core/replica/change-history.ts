// replica: the last changes of the tree, so that a client that comes back can be told what its persistent watches missed. PURE.
//
//   apply --record--> [ oldest ... newest ]      bounded in entries and in bytes; what falls out moves `floor`
//
//   zxid   .. 7 | 9  9  12  12  12  13           everything above `floor` (here 7 or 8) is here, in the order in which watches heard it
//
// A change keeps the list that READ is checked against as it was at that moment, so a replay shows nobody more than the live event would have.

import type { Change } from '../tree/state-machine.ts'
import type { Acl } from '../wire/records.ts'

const NO_ACL: readonly Acl[] = []

/** What a change takes beside its path, about: its places in the ring. */
const RECORD_BYTES = 96
const FIRST_CAPACITY = 64

/** The last changes of one server's tree, oldest first. A ring of columns: no object is kept for a change but its path and its list. */
export class ChangeHistory {
  readonly #maxEntries: number
  readonly #maxBytes: number
  #zxids = new Float64Array(FIRST_CAPACITY)
  #types = new Int8Array(FIRST_CAPACITY)
  #paths: string[] = new Array<string>(FIRST_CAPACITY).fill('')
  #acls: (readonly Acl[])[] = new Array<readonly Acl[]>(FIRST_CAPACITY).fill(NO_ACL)
  #first = 0
  #size = 0
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
    return this.#size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `change` happened at `zxid`, after everything recorded before. */
  record(zxid: number, change: Change): void {
    if (this.#size === this.#zxids.length) this.#grow()
    const at = this.#slot(this.#size)
    this.#zxids[at] = zxid
    this.#types[at] = change.type
    this.#paths[at] = change.path
    this.#acls[at] = change.acl
    this.#size++
    this.#bytes += bytesOf(change.path)
    while (this.#size > this.#maxEntries || this.#bytes > this.#maxBytes) this.#dropOldest()
  }

  /** Hands on every change above `zxid`, oldest first, until `receive` returns false. Returns whether it never did. */
  since(zxid: number, receive: (zxid: number, change: Change) => boolean): boolean {
    for (let position = this.#firstAbove(zxid); position < this.#size; position++) {
      const at = this.#slot(position)
      const change: Change = {
        type: this.#types[at] as Change['type'],
        path: this.#paths[at] as string,
        acl: this.#acls[at] as readonly Acl[],
      }
      if (!receive(this.#zxids[at] as number, change)) return false
    }
    return true
  }

  #dropOldest(): void {
    const at = this.#first
    this.#bytes -= bytesOf(this.#paths[at] as string)
    // Whatever of the same entry is still here is of no use alone.
    this.#floor = this.#zxids[at] as number
    this.#paths[at] = ''
    this.#acls[at] = NO_ACL
    this.#first = this.#slot(1)
    this.#size--
  }

  #firstAbove(zxid: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#zxids[this.#slot(middle)] as number) <= zxid) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Where the change at `position` from the oldest one lies. The capacity is a power of two. */
  #slot(position: number): number {
    return (this.#first + position) & (this.#zxids.length - 1)
  }

  /** The ring is full: it is turned so that the oldest change comes first, in one of twice the size. */
  #grow(): void {
    const capacity = 2 * this.#size
    const first = this.#first
    const turned = <T>(column: T[], filler: T): T[] => [
      ...column.slice(first),
      ...column.slice(0, first),
      ...new Array<T>(capacity / 2).fill(filler),
    ]
    const zxids = new Float64Array(capacity)
    const types = new Int8Array(capacity)
    for (let i = 0; i < this.#size; i++) {
      zxids[i] = this.#zxids[this.#slot(i)] as number
      types[i] = this.#types[this.#slot(i)] as number
    }
    this.#paths = turned(this.#paths, '')
    this.#acls = turned(this.#acls, NO_ACL)
    this.#zxids = zxids
    this.#types = types
    this.#first = 0
  }
}

function bytesOf(path: string): number {
  return RECORD_BYTES + 2 * path.length
}
