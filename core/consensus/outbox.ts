// consensus: messages on their way out: those that may leave now, and those that wait until what they state is durable. PURE.
//
//   post(message, 0)   --> [now]  --take-->
//   post(message, seq) --> [held] --release(seq)--> [now]

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
  #held = new Deque<Held>()

  get hasMessages(): boolean {
    return this.#now.length > 0
  }

  post(message: Message, seq: number): void {
    if (seq === 0) this.#now.push(message)
    else if (!this.#merged(message, seq)) {
      assert((this.#held.at(this.#held.size - 1)?.seq ?? 0) <= seq, 'messages are held in the order of the batches')
      this.#held.push({ message, seq })
    }
  }

  /** The batch `seq` is durable. */
  release(seq: number): void {
    for (let held = this.#held.peek(); held !== undefined && held.seq <= seq; held = this.#held.peek()) {
      this.#now.push(held.message)
      this.#held.shift()
    }
  }

  /** Forgets acknowledgements that wait: their term is over, or a snapshot took the place of the entries. */
  dropAcknowledgements(): void {
    const kept = new Deque<Held>()
    for (const held of this.#held) if (held.message.type !== 'appendResponse') kept.push(held)
    this.#held = kept
  }

  take(): readonly Message[] {
    if (this.#now.length === 0) return NONE
    const out = this.#now
    this.#now = []
    return out
  }

  // Of acknowledgements that wait for one batch the last says it all.
  #merged(message: Message, seq: number): boolean {
    const last = this.#held.at(this.#held.size - 1)
    if (message.type !== 'appendResponse' || !message.accepted || last === undefined || last.seq !== seq) return false
    const waiting = last.message
    if (waiting.type !== 'appendResponse' || !waiting.accepted || waiting.to !== message.to || waiting.term !== message.term) return false
    this.#held.pop()
    this.#held.push({ message: farther(waiting, message), seq })
    return true
  }
}

function farther(a: AppendResponse, b: AppendResponse): AppendResponse {
  return b.index >= a.index ? b : a
}
