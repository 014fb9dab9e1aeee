// client: writes that know what became of them, also when the reply was lost. They look at the tree before anything is sent again.
//
// Once the session is attached again, its former connection's writes have taken effect or never will: the attachment goes through the
// leader, which refuses what comes later from the connection before (this package's servers by the attachment's generation, ZooKeeper by
// the session's owner). A `sync` in the same session then has this client's server catch up. If the session is gone by then, what
// its last connection sent may still be under way somewhere: then nothing is repeated.

import { customAlphabet } from 'nanoid'
import { ZoariumError } from '../errors.ts'
import { joinPath, parentPath } from '../wire/paths.ts'
import type { CallOptions, CreateOptions, Session, Stat, VersionOptions, ZnodeData } from './types.ts'

/** What it takes of a client. */
export interface OutcomeTarget {
  readonly session: Session
  create(path: string, data: ZnodeData, options: CreateOptions): Promise<{ path: string; stat: Stat }>
  exists(path: string, options: CallOptions): Promise<Stat | null>
  getChildren(path: string, options: CallOptions): Promise<{ children: string[]; stat: Stat }>
  getData(path: string, options: CallOptions): Promise<{ data: Buffer | null; stat: Stat }>
  setData(path: string, data: ZnodeData, options: VersionOptions): Promise<Stat>
  sync(path: string, options: CallOptions): Promise<void>
}

/** As many random bits as a UUID has, without `-` and `_`, at which names are taken apart. */
const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 24)

/**
 * Creates a znode whose name carries a fresh id, so that it can be found again: Curator's protected create.
 *
 *   create --reply--------------------------> done
 *      '---lost---> sync, list, look for id
 *                      found, ours ---------> done
 *                      not there, same session -> create again
 *                      otherwise -----------> ERR_UNKNOWN_OUTCOME
 */
export async function createProtected(
  target: OutcomeTarget,
  path: string,
  data: ZnodeData,
  options: CreateOptions,
): Promise<{ path: string; stat: Stat }> {
  const parent = parentPath(path)
  const mark = `_c_${newId()}-`
  const marked = joinPath(parent, mark + path.slice(path.lastIndexOf('/') + 1))
  const sessionId = target.session.id
  for (;;) {
    try {
      return await target.create(marked, data, options)
    } catch (error) {
      if (!ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME')) throw error
      const found = await findMarked(target, parent, mark, options)
      const sameSession = target.session.id === sessionId
      if (found !== null && (found.stat.ephemeralOwner === 0n || (sameSession && found.stat.ephemeralOwner === sessionId))) return found
      if (found !== null || !sameSession) throw error
    }
  }
}

async function findMarked(
  target: OutcomeTarget,
  parent: string,
  mark: string,
  options: CallOptions,
): Promise<{ path: string; stat: Stat } | null> {
  const call = callOptions(options)
  const [, { children }] = await Promise.all([target.sync(parent, call), target.getChildren(parent, call)])
  const name = children.find((child) => child.startsWith(mark))
  if (name === undefined) return null
  const path = joinPath(parent, name)
  const stat = await target.exists(path, call)
  return stat === null ? null : { path, stat }
}

/**
 * Replaces the data if it has `version`, and knows whether it did. Of all writers at most one takes a znode from a version to the next, so
 * what stands there afterwards tells:
 *
 *   version as before         not done: sent again, in the same session
 *   the next one, our bytes   done
 *   the next one, others      BAD_VERSION: somebody else was faster
 *   later                     ERR_UNKNOWN_OUTCOME: ours may have been one of them
 */
export async function compareAndSet(
  target: OutcomeTarget,
  path: string,
  data: ZnodeData,
  version: number,
  options: CallOptions,
): Promise<Stat> {
  const bytes = data === null ? null : Buffer.from(data)
  const sessionId = target.session.id
  for (;;) {
    try {
      return await target.setData(path, data, { ...options, version })
    } catch (error) {
      if (!ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME')) throw error
      const [, now] = await Promise.all([target.sync(path, options), target.getData(path, options)])
      if (now.stat.version === version + 1) {
        if (sameBytes(now.data, bytes)) return now.stat
        throw new ZoariumError('BAD_VERSION', `compareAndSet ${path}`, { path, cause: error })
      }
      if (now.stat.version !== version || target.session.id !== sessionId) throw error
    }
  }
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}

/** The options of a create that other calls take, too. */
function callOptions({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}
