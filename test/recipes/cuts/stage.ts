// test support: where scenarios of recipes play, and the words they are written in.

import type { Client } from '../../../core/index.ts'
import { ZoariumError } from '../../../core/index.ts'
import type { Grant } from '../../../recipes/support/grant.ts'
import type { Fate } from './cells.ts'

/** Where a scenario plays. */
export interface Stage {
  /** The client whose messages are cut. */
  readonly client: Client
  /** Another process, which nothing disturbs. */
  readonly other: Client
  /** A path that nobody else uses. */
  readonly path: string
  /** What befalls the client in this run; `null` in the first one, in which nothing does. */
  readonly fate: Fate | null
  /** Whether a fault may happen in this run. */
  readonly disturbed: boolean
  /** Given to every call of the client that takes one: the run may end by it. */
  readonly signal: AbortSignal
  /** Names below a path, as the servers know them. */
  children(path?: string): Promise<string[]>
  /** Notes that a grant came: no other may be held at the same time, and tokens only grow. Writes under its guard, and tells if that failed. */
  enter(grant: Grant): Promise<void>
  /** The same for grants that may be held together with others. */
  share(grant: Grant): Promise<void>
  /** Waits until it is so; rejects once the run is to end. */
  until(condition: () => boolean | Promise<boolean>, what: string): Promise<void>
}

/** What a recipe does, with its own expectations; it closes what it opens, except for the clients. */
export interface Scenario {
  readonly name: string
  run(stage: Stage): Promise<void>
  /** Folders below which nothing may be left. Default: the stage's path. */
  folders?(path: string): readonly string[]
  /** Fates under which nothing is promised. */
  readonly without?: readonly Fate[]
  /** The most messages that an undisturbed run may take. Default 80. */
  readonly mostMessages?: number
}

/** What a disturbed call may fail with: nobody can promise more without a connection or a session. */
const TOLERATED = new Set(['ERR_LOST', 'ERR_NOT_HELD', 'ERR_UNKNOWN_OUTCOME', 'ERR_CONNECTION_LOSS', 'SESSION_EXPIRED', 'SESSION_MOVED'])

/** Whether a fault may end a call like this in a disturbed run. */
export function isTolerated(stage: Stage, error: unknown): boolean {
  return stage.disturbed && ZoariumError.is(error) && TOLERATED.has(error.code)
}

/** Settles like `promise`, or with `undefined` for what a fault may cause in a disturbed run. */
export async function tolerate<T>(stage: Stage, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (isTolerated(stage, error)) return undefined
    throw error
  }
}

/** A promise that is awaited later, or not at all when the run ends before. */
export function background<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** Waits until a folder has `count` contenders, or `promise` has settled. */
export async function queuedOr(stage: Stage, promise: Promise<unknown>, count: number, folder: string = stage.path): Promise<void> {
  let settled = false
  const done = (): void => void (settled = true)
  promise.then(done, done)
  await stage.until(async () => settled || (await stage.children(folder)).length >= count, `${count} contenders in ${folder}`)
}
