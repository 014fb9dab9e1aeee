// test support: what a client asks, and in how many round trips: whatever leaves before an answer came belongs to the same one.

import { tracingChannel } from 'node:diagnostics_channel'
import type { Client, RequestTrace } from '../../../core/index.ts'

const WRITES: ReadonlySet<string> = new Set(['create', 'create2', 'createContainer', 'delete', 'setData', 'multi'])

/** Follows the requests of one client from its making on. */
export class RoundTrips implements Disposable {
  /** By round trip: the operations in the order in which they left. */
  readonly rounds: string[][] = []
  readonly #session: string
  #roundOf = new WeakMap<object, number>()
  readonly #channel = tracingChannel<RequestTrace>('zoarium:request')
  readonly #handlers = {
    start: (message: unknown): void => this.#started(message as RequestTrace),
    asyncEnd: (message: unknown): void => this.#ended(message as RequestTrace),
    end: (): void => {},
    asyncStart: (): void => {},
    error: (): void => {},
  }
  /** The newest round trip of which something was answered. */
  #answered = -1

  constructor(client: Client) {
    this.#session = client.session.id.toString(16)
    this.#channel.subscribe(this.#handlers)
  }

  get writes(): number {
    return this.rounds.flat().filter((operation) => WRITES.has(operation)).length
  }

  /** Begins anew: an answer still on its way belongs to what was, and ends no round of what comes. */
  clear(): void {
    this.rounds.length = 0
    this.#roundOf = new WeakMap()
    this.#answered = -1
  }

  [Symbol.dispose](): void {
    this.#channel.unsubscribe(this.#handlers)
  }

  #started(trace: RequestTrace): void {
    if (trace.sessionId !== this.#session) return
    const round = this.#answered + 1
    this.#roundOf.set(trace, round)
    while (this.rounds.length <= round) this.rounds.push([])
    this.rounds[round]?.push(trace.operation)
  }

  #ended(trace: RequestTrace): void {
    const round = this.#roundOf.get(trace)
    if (round !== undefined && round > this.#answered) this.#answered = round
  }
}
