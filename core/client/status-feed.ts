// client: where the client stands, for listeners and iterators. The statuses are a checked automaton: see ClientStatus.

import { assert } from '../support/assert.ts'
import { AsyncQueue } from './async-queue.ts'
import { allowManyWaits } from './many-waits.ts'
import type { ClientStatus } from './types.ts'
import { callUser } from './user-code.ts'

type StatusType = ClientStatus['type']

/** What may follow what. */
const NEXT: Readonly<Record<StatusType, readonly StatusType[]>> = Object.freeze({
  connecting: ['connected', 'readOnly', 'lost', 'authFailed', 'closed'],
  connected: ['suspended', 'lost', 'authFailed', 'closed'],
  suspended: ['connected', 'readOnly', 'lost', 'authFailed', 'closed'],
  lost: ['connected', 'readOnly', 'lost', 'authFailed', 'closed'],
  readOnly: ['connected', 'suspended', 'connecting', 'lost', 'authFailed', 'closed'],
  authFailed: [],
  closed: [],
})

/** Statuses kept for an iterator that lags behind; the oldest go first. */
const MAX_BUFFERED = 1_024

export class StatusFeed {
  #current: ClientStatus = { type: 'connecting' }
  readonly #listeners = new Set<(status: ClientStatus) => void>()
  readonly #queues = new Set<AsyncQueue<ClientStatus>>()

  get current(): ClientStatus {
    return this.#current
  }

  /** Listeners and iterators, so that tests can see that nothing is left. */
  get size(): number {
    return this.#listeners.size + this.#queues.size
  }

  set(status: ClientStatus): void {
    assert(NEXT[this.#current.type].includes(status.type), `client status goes from ${this.#current.type} to ${status.type}`)
    this.#current = status
    for (const queue of [...this.#queues]) push(queue, status)
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) callUser(listener, status)
    }
    if (isFinal(status)) this.#end()
  }

  on(listener: (status: ClientStatus) => void): void {
    this.#listeners.add(listener)
  }

  off(listener: (status: ClientStatus) => void): void {
    this.#listeners.delete(listener)
  }

  /** Begins with the present status; ends after a final one. */
  iterate(signal: AbortSignal | undefined): AsyncIterableIterator<ClientStatus> {
    const queue = new AsyncQueue<ClientStatus>(MAX_BUFFERED)
    const onAbort = (): void => {
      this.#queues.delete(queue)
      queue.fail(signal?.reason)
    }
    const leave = (): void => {
      signal?.removeEventListener('abort', onAbort)
      this.#queues.delete(queue)
    }
    queue.push(this.#current)
    if (signal?.aborted === true) queue.fail(signal.reason)
    else if (isFinal(this.#current)) queue.end()
    else {
      this.#queues.add(queue)
      if (signal !== undefined) allowManyWaits(signal)
      signal?.addEventListener('abort', onAbort, { once: true })
    }
    return {
      async next() {
        const result = await queue.next()
        if (result.done === true) leave()
        return result
      },
      async return() {
        leave()
        queue.clear()
        queue.end()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  #end(): void {
    for (const queue of this.#queues) queue.end()
    this.#queues.clear()
    this.#listeners.clear()
  }
}

function isFinal(status: ClientStatus): boolean {
  return NEXT[status.type].length === 0
}

function push(queue: AsyncQueue<ClientStatus>, status: ClientStatus): void {
  if (queue.push(status)) return
  queue.clear()
  queue.push(status)
}
