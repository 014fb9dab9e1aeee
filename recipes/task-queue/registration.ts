// recipes: a worker's registration in the tree: made at once, taken back at once, nothing left behind.

import type { PersistentWatch, Session, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import { newId } from '../support/ids.ts'
import { isTransient } from '../support/outcome.ts'
import { delay, untilDone } from '../support/retry.ts'
import type { ResolvedWorkerOptions } from './options.ts'
import type { QueueContext } from './queue-context.ts'
import { encodeWorker } from './records.ts'

/** How often missing folders are made anew before the error is passed on. */
const MAX_REPAIRS = 3

/** A registered worker: its ephemeral znode, its folder, and the watch on the folder. */
export interface Registration {
  /** Unique: never used by another session, so that nothing late can concern a later worker. */
  readonly id: string
  readonly session: Session
  readonly watch: PersistentWatch
}

/** A worker's record. */
export function workerData(options: ResolvedWorkerOptions, draining: boolean): string {
  return encodeWorker({ name: options.name, slots: options.concurrency + options.prefetch, draining })
}

/**
 * Registers a worker for the client's present session. The watch is there before the folder, so nothing in it is missed. After a lost
 * reply the next try uses another id, and what the first one may have made is taken back in the background.
 */
export async function register(context: QueueContext, options: ResolvedWorkerOptions, signal: AbortSignal): Promise<Registration> {
  let repairs = 0
  for (let round = 0; ; round++) {
    const id = `${options.name}-${newId().slice(0, 12)}`
    await untilDone(() => context.ensureLayout(), signal)
    const watch = await untilDone(() => context.client.watch(context.paths.folder(id), { recursive: true }), signal)
    let session: Session | null = null
    try {
      session = await createWorker(context, id, workerData(options, false), signal)
      if (session !== null) return { id, session, watch }
    } catch (error) {
      signal.throwIfAborted()
      if (ZoariumError.is(error, 'NO_NODE') && repairs++ < MAX_REPAIRS) context.forgetLayout()
      else if (!isTransient(error)) throw error
    } finally {
      if (session === null) {
        context.cleanUp.track(watch.close())
        context.cleanUp.track(deregister(context, id))
      }
    }
    await sleep(backOffMs(round), signal)
  }
}

/** The session that owns the new worker's znode; `null` if that session is not the present one any more. */
async function createWorker(context: QueueContext, id: string, data: string, signal: AbortSignal): Promise<Session | null> {
  const { client, paths } = context
  const { session } = client
  const ops = [context.create(paths.worker(id), data, 'ephemeral'), context.create(paths.folder(id), null)]
  await client.multi(ops, { signal })
  const stat = await untilDone(() => client.exists(paths.worker(id)), signal)
  return stat?.ephemeralOwner === session.id && client.session === session && !session.signal.aborted ? session : null
}

/**
 * Takes a registration back and hands back all that is in its folder, without using up attempts: in one transaction that happens only
 * while the worker's znode is there. When it is not, the worker has died for the master, which does the same and counts a crash.
 */
export async function deregister(context: QueueContext, id: string): Promise<void> {
  const { client, paths } = context
  for (let round = 0; ; round++) {
    try {
      const attempts = await childrenOf(context, paths.folder(id))
      const folder: TransactionOp[] = attempts === null ? [] : [{ type: 'delete', path: paths.folder(id) }]
      const handedBack = (attempts ?? []).map((attempt): TransactionOp => ({ type: 'delete', path: paths.attempt(id, attempt) }))
      const check: TransactionOp = { type: 'check', path: paths.worker(id) }
      await client.multi([check, ...handedBack, ...folder, { type: 'delete', path: paths.worker(id) }])
      return
    } catch (error) {
      if (ZoariumError.is(error, 'ERR_CLOSED')) return
      if (ZoariumError.is(error, 'NO_NODE') && error.index === 0) return
      // An attempt came or went meanwhile.
      const outOfDate = ZoariumError.is(error, 'NO_NODE') || ZoariumError.is(error, 'NOT_EMPTY')
      if (!outOfDate && !isTransient(error)) throw error
    }
    await delay(backOffMs(round))
  }
}

async function childrenOf(context: QueueContext, path: string): Promise<string[] | null> {
  try {
    return (await context.client.getChildren(path)).children
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}
