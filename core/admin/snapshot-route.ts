// admin: `POST /snapshot`: takes a snapshot of this moment and sends it, a slice at a time, as fast as the caller reads it.
//
//   200 application/octet-stream   the file of core/storage/snapshot-format.ts, in chunked encoding; cut short = not a snapshot
//       Zoarium-Snapshot: {"index":..,"zxid":"0x..","nodes":..,"sessions":..,"approximateBytes":..}
//   409 another one is under way   503 there is no state yet

import { setImmediate } from 'node:timers/promises'
import { Hono } from 'hono'
import type { ServerView, SnapshotDownload } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import type { SnapshotFacts } from './snapshot-facts.ts'
import { SNAPSHOT_FACTS_HEADER } from './snapshot-facts.ts'

/** A caller that takes nothing for so long is cut off: what the tree keeps for the snapshot must not grow for ever. */
const STALL_MS = 30_000

/** The routes below `/snapshot`. */
export function snapshotRoutes(view: ServerView, logger: Logger, stallMs: number = STALL_MS): Hono {
  let running = false
  const routes = new Hono()
  routes.post('/', (c) => {
    if (running) return c.json({ error: 'another snapshot is under way; one at a time' }, 409)
    const snapshot = view.takeSnapshot()
    if (snapshot === null) return c.json({ error: 'the server has no state yet' }, 503)
    running = true
    const body = new SnapshotBody(snapshot, logger, stallMs, () => {
      running = false
    })
    return c.body(body.stream, 200, {
      'Content-Type': 'application/octet-stream',
      // Said here so that the adapter sends each part as it comes instead of collecting the first ones for a length.
      'Transfer-Encoding': 'chunked',
      'Cache-Control': 'no-store',
      [SNAPSHOT_FACTS_HEADER]: JSON.stringify(factsOf(snapshot)),
    })
  })
  return routes
}

function factsOf({ index, lastZxid, nodeCount, sessionCount, approximateBytes }: SnapshotDownload): SnapshotFacts {
  return { index, zxid: `0x${lastZxid.toString(16)}`, nodes: nodeCount, sessions: sessionCount, approximateBytes }
}

/** A response's body that pulls the snapshot, and lets it go when the caller does. */
class SnapshotBody {
  readonly stream: ReadableStream<Uint8Array>
  readonly #snapshot: SnapshotDownload
  readonly #logger: Logger
  readonly #onEnd: () => void
  readonly #startedMs = performance.now()
  readonly #stalled: NodeJS.Timeout
  #bytes = 0
  #ended = false

  constructor(snapshot: SnapshotDownload, logger: Logger, stallMs: number, onEnd: () => void) {
    this.#snapshot = snapshot
    this.#logger = logger
    this.#onEnd = onEnd
    let controller: ReadableStreamDefaultController<Uint8Array>
    this.stream = new ReadableStream(
      {
        start: (given) => {
          controller = given
        },
        pull: () => this.#pull(controller),
        cancel: () => this.#end('the caller went away'),
      },
      // Nothing is read ahead of the socket.
      { highWaterMark: 0 },
    )
    this.#stalled = setTimeout(() => {
      this.#end('the caller does not read')
      controller.error(new Error('the caller does not read'))
    }, stallMs).unref()
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#stalled.refresh()
    for (;;) {
      // Between two slices everybody else has their turn.
      await setImmediate()
      if (this.#ended) return
      const step = this.#slice()
      if (step.done === true) {
        this.#end(null)
        controller.close()
        return
      }
      if (step.value.length === 0) continue
      this.#bytes += step.value.length
      controller.enqueue(step.value)
      return
    }
  }

  #slice(): IteratorResult<Buffer> {
    try {
      return this.#snapshot.parts.next()
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  #end(problem: string | null): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#stalled)
    if (problem !== null) this.#snapshot.parts.return?.()
    this.#onEnd()
    const fields = { index: this.#snapshot.index, bytes: this.#bytes, tookMs: Math.round(performance.now() - this.#startedMs) }
    if (problem === null) this.#logger.info(fields, 'snapshot sent')
    else this.#logger.warn({ ...fields, problem }, 'snapshot not sent')
  }
}
