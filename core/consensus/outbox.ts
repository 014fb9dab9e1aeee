// consensus: messages on their way out: those that may leave now, and those that wait until what they state is durable. PURE.
//
//   post(message, 0)        --> [now]  --take-->
//   post(message, seq)      --> [held: a term or vote] --release(seq)--> [now]
//   acknowledge(..., seq)   --> [held: entries]        --release(seq)--> [now]
//
// Two queues, since a heartbeat's answer waits for the term alone and may overtake an acknowledgement that waits for entries.

import { assert } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'
import type { AppendResponse, Message } from './messages.ts'

interface Held {
  readonly message: Message
  /** The batch that must be durable first. */
  readonly seq: number
}

const NONE: readonly Message[] = []

export class Outbox {
  #now: Message[] = []
  readonly #forTerm = new Deque<Held>()
  readonly #forEntries = new Deque<Held>()

  get hasMessages(): boolean {
    return this.#now.length > 0
  }

  post(message: Message, seq: number): void {
    if (seq === 0) this.#now.push(message)
    else hold(this.#forTerm, message, seq)
  }

  /** Of acknowledgements that wait for one batch the last says it all. */
  acknowledge(message: AppendResponse, seq: number): void {
    if (seq === 0) {
      this.#now.push(message)
      return
    }
    const last = this.#forEntries.at(this.#forEntries.size - 1)
    const waiting = last?.message
    if (last?.seq === seq && waiting?.type === 'appendResponse' && waiting.to === message.to) {
      this.#forEntries.pop()
      hold(this.#forEntries, waiting.index > message.index ? waiting : message, seq)
    } else hold(this.#forEntries, message, seq)
  }

  /** The batch `seq` is durable. */
  release(seq: number): void {
    this.#release(this.#forTerm, seq)
    this.#release(this.#forEntries, seq)
  }

  /** Forgets acknowledgements that wait: their term is over, or a snapshot took the place of the entries. */
  dropAcknowledgements(): void {
    this.#forEntries.clear()
  }

  take(): readonly Message[] {
    if (this.#now.length === 0) return NONE
    const out = this.#now
    this.#now = []
    return out
  }

  #release(queue: Deque<Held>, seq: number): void {
    for (let held = queue.peek(); held !== undefined && held.seq <= seq; held = queue.peek()) {
      this.#now.push(held.message)
      queue.shift()
    }
  }
}

function hold(queue: Deque<Held>, message: Message, seq: number): void {
  assert((queue.at(queue.size - 1)?.seq ?? 0) <= seq, 'messages are held in the order of the batches')
  queue.push({ message, seq })
}
