// peer: what waits to be written on one lane, in two ranks: chunks of snapshots go when nothing else waits.
//
//   urgent  [ f f f ]   first, in order
//   last    [ c c c ]   when urgent is empty
//
// The socket is given a frame only when it has handed its former ones to the kernel, so what is urgent waits for one frame at most.

import { Deque } from '../support/deque.ts'
import type { Frame } from './frame.ts'

export type Rank = 'urgent' | 'last'

export class OutQueue {
  readonly #urgent = new Deque<Frame>()
  readonly #last = new Deque<Frame>()
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  push(frame: Frame, rank: Rank): void {
    if (rank === 'urgent') this.#urgent.push(frame)
    else this.#last.push(frame)
    this.#bytes += frame.bytes
  }

  shift(): Frame | undefined {
    const frame = this.#urgent.shift() ?? this.#last.shift()
    if (frame !== undefined) this.#bytes -= frame.bytes
    return frame
  }

  clear(): void {
    this.#urgent.clear()
    this.#last.clear()
    this.#bytes = 0
  }
}
