// client: operations on whole paths and subtrees, made of single ones; they meet other clients doing the same at the same time.

import { ZoariumError } from '../errors.ts'
import { joinPath, parentPath } from '../wire/paths.ts'
import type { CallOptions, CreateOptions, Stat, VersionOptions } from './types.ts'

/** Requests under way at once. */
const CONCURRENCY = 64
/** How often a subtree that others keep changing is tried again. */
const MAX_ROUNDS = 32

/** What it takes of a client. */
export interface SubtreeTarget {
  create(path: string, data: null, options: CreateOptions): Promise<{ path: string; stat: Stat }>
  delete(path: string, options: VersionOptions): Promise<void>
  exists(path: string, options: CallOptions): Promise<Stat | null>
  getChildren(path: string, options: CallOptions): Promise<{ children: string[]; stat: Stat }>
}

/**
 * Creates what is missing. Looks from the bottom up, because ancestors that exist may not be ours to create in. `ensureRoot` is called when
 * not even the root is there, which happens under a chroot.
 */
export async function ensurePath(
  target: SubtreeTarget,
  path: string,
  mode: 'persistent' | 'container',
  options: CallOptions,
  ensureRoot: (() => Promise<void>) | null,
): Promise<void> {
  for (let round = 1; ; round++) {
    const missing = await missingPaths(target, path, options)
    if (missing[0] === '/' && ensureRoot !== null) {
      await ensureRoot()
      missing.shift()
    }
    try {
      for (const one of missing) await createOne(target, one, mode, options)
      return
    } catch (error) {
      // A parent vanished: deleted, or a container that was reaped.
      if (!ZoariumError.is(error, 'NO_NODE') || round === MAX_ROUNDS) throw error
    }
  }
}

/** Top down. */
async function missingPaths(target: SubtreeTarget, path: string, options: CallOptions): Promise<string[]> {
  const missing: string[] = []
  for (let at = path; ; at = parentPath(at)) {
    if ((await target.exists(at, options)) !== null) return missing
    missing.unshift(at)
    if (at === '/') return missing
  }
}

async function createOne(target: SubtreeTarget, path: string, mode: CreateOptions['mode'] & string, options: CallOptions): Promise<void> {
  for (;;) {
    try {
      await target.create(path, null, { ...options, mode })
      return
    } catch (error) {
      if (ZoariumError.is(error, 'NODE_EXISTS')) return
      if (!isUndecided(error)) throw error
    }
  }
}

/** Deletes the znode and everything below it. Missing znodes are fine, new ones are deleted, too, as long as that comes to an end. */
export async function deleteRecursive(target: SubtreeTarget, path: string, options: CallOptions): Promise<void> {
  for (let round = 1; ; round++) {
    const levels = await subtreeLevels(target, path, options)
    let notEmpty: unknown = null
    for (const level of levels.reverse()) {
      await forEachConcurrently(level, async (one) => {
        const error = await deleteOne(target, one, options)
        notEmpty ??= error
      })
    }
    if (notEmpty === null) return
    if (round === MAX_ROUNDS) throw notEmpty
  }
}

/** Returns the NOT_EMPTY error of a znode that got children meanwhile, else null. */
async function deleteOne(target: SubtreeTarget, path: string, options: CallOptions): Promise<ZoariumError | null> {
  for (;;) {
    try {
      await target.delete(path, options)
      return null
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return null
      if (ZoariumError.is(error, 'NOT_EMPTY')) return error
      if (!isUndecided(error)) throw error
    }
  }
}

/** The subtree's paths by depth. */
async function subtreeLevels(target: SubtreeTarget, path: string, options: CallOptions): Promise<string[][]> {
  const levels: string[][] = []
  let level = [path]
  while (level.length > 0) {
    levels.push(level)
    const next: string[] = []
    await forEachConcurrently(level, async (one) => {
      for (const name of await childrenOf(target, one, options)) next.push(joinPath(one, name))
    })
    level = next
  }
  return levels
}

async function childrenOf(target: SubtreeTarget, path: string, options: CallOptions): Promise<readonly string[]> {
  try {
    return (await target.getChildren(path, options)).children
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return []
    throw error
  }
}

/** Creating and deleting by name may be repeated until it is known that it is done. */
function isUndecided(error: unknown): boolean {
  return ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME') || ZoariumError.is(error, 'SESSION_MOVED')
}

async function forEachConcurrently<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next]
      next += 1
      try {
        if (item !== undefined) await work(item)
      } catch (error) {
        // The others finish what they have begun and take nothing more.
        next = items.length
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker))
}
