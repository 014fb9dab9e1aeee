// client: which calls have to be settled by when. Calls of equal patience come and settle in much the same order, so each patience has a
// queue of its own: the oldest stands first, and what was settled meanwhile leaves from the front.

import { Deque } from '../support/deque.ts'
import type { PendingCall } from './call.ts'

export class Deadlines {
  readonly #byPatience = new Map<number, Deque<PendingCall>>()

  /** Calls held, settled or not, so that tests can see that nothing is left. */
  get size(): number {
    let size = 0
    for (const calls of this.#byPatience.values()) size += calls.size
    return size
  }

  add(call: PendingCall, timeoutMs: number, nowMs: number): void {
    call.dueAtMs = nowMs + timeoutMs
    let calls = this.#byPatience.get(timeoutMs)
    if (calls === undefined) {
      calls = new Deque(16)
      this.#byPatience.set(timeoutMs, calls)
    } else dropSettled(calls)
    calls.push(call)
  }

  /** When the next call is due, Infinity for never. */
  get nextMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const [patience, calls] of this.#byPatience) {
      dropSettled(calls)
      const first = calls.peek()
      if (first === undefined) this.#byPatience.delete(patience)
      else if (first.dueAtMs < next) next = first.dueAtMs
    }
    return next
  }

  /** Hands out every call that is due and not settled. */
  expire(nowMs: number, late: (call: PendingCall) => void): void {
    for (const calls of this.#byPatience.values()) {
      for (let first = calls.peek(); first !== undefined && (first.settled || first.dueAtMs <= nowMs); first = calls.peek()) {
        calls.shift()
        if (!first.settled) late(first)
      }
    }
  }

  clear(): void {
    this.#byPatience.clear()
  }
}

function dropSettled(calls: Deque<PendingCall>): void {
  for (let first = calls.peek(); first?.settled === true; first = calls.peek()) calls.shift()
}
