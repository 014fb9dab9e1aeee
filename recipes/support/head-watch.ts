// recipes: following who is at the head of a queue, with two watches, however many contenders there are.

import type { CallOptions, Client, WatchEvent } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from './abort.ts'
import type { Contest, Contestant } from './contest.ts'
import { isTransient } from './outcome.ts'
import { nameOf } from './own-node.ts'

/**
 * The head of the queue, read with its data; `null` when nobody stands in it. When the first one is gone before it is read, the queue is listed again: it may have
 * taken its place anew, and then the second of the former list is no head, and a watch on it would never tell.
 */
export async function readHead(contest: Pick<Contest, 'names' | 'read'>, options: CallOptions): Promise<Contestant | null> {
  for (;;) {
    const [first] = await contest.names(options)
    if (first === undefined) return null
    const found = await contest.read(first, options)
    if (found !== null) return found
  }
}

/**
 * Yields the head of the queue now, and again whenever another one is there, its data changed, or nobody is left (`null`). What follows
 * each
 * other faster than the consumer asks is skipped. Ends only by the signal (rejects with its reason), by a refusal, or with the loop.
 */
export async function* watchHead(contest: Contest, signal: AbortSignal): AsyncGenerator<Contestant | null, undefined, undefined> {
  let last: Contestant | null | undefined
  for (let failures = 0; ; ) {
    try {
      const head = await readHead(contest, { signal })
      failures = 0
      if (last === undefined || !isSame(head, last)) {
        last = head
        yield head
      }
      await changed(contest, head, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isTransient(error)) throw error
      await sleep(backOffMs(failures++), signal)
    }
  }
}

function isSame(a: Contestant | null, b: Contestant | null): boolean {
  return a === null || b === null ? a === b : a.stat.czxid === b.stat.czxid && a.stat.mzxid === b.stat.mzxid
}

/** Resolves when `head` may be the truth no more. The watch leaves first and the second look behind it in the same packet: no gap. */
async function changed(contest: Contest, head: Contestant | null, outer: AbortSignal): Promise<void> {
  const { client, path } = contest
  const { controller, unlink } = linkAbort(outer)
  try {
    if (head !== null) await headChanged(contest, head, controller.signal)
    else if (!(await someoneCame(contest, controller.signal))) await created(client, path, controller.signal)
  } catch (error) {
    if (!ZoariumError.is(error, 'NO_NODE')) throw error
  } finally {
    controller.abort()
    unlink()
  }
}

/** Who goes ahead of the head leaves it as it is, but writes to the folder. */
async function headChanged(contest: Contest, head: Contestant, signal: AbortSignal): Promise<void> {
  const { client, path } = contest
  const events = [head.path, path].map((watched) => silent(client.nextEvent(watched, 'data', { signal })))
  const [stat, [first]] = await Promise.all([client.exists(head.path, { signal }), contest.names({ signal })])
  if (stat?.mzxid === head.stat.mzxid && first === nameOf(head.path)) await Promise.race(events)
}

/** False if there is no folder that could be watched. */
async function someoneCame(contest: Contest, signal: AbortSignal): Promise<boolean> {
  const event = silent(contest.client.nextEvent(contest.path, 'children', { signal }))
  try {
    if ((await contest.names({ signal })).length === 0) await event
    return true
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return false
    throw error
  }
}

async function created(client: Client, path: string, signal: AbortSignal): Promise<void> {
  const event = silent(client.nextEvent(path, 'exists', { signal }))
  if ((await client.exists(path, { signal })) === null) await event
}

/** A promise that may be left alone when it fails. */
function silent(event: Promise<WatchEvent>): Promise<WatchEvent> {
  event.catch(() => {})
  return event
}
