// tools: a new data directory from a snapshot file. The server that starts on it is an ensemble of its own, in a term above every one that a client can
// have seen, so that neither zxids nor fencing tokens go backwards.
//
//   term of the hard state = max(source's term, term of --after-zxid), by default the source's + 1,000; the next election takes the one after it
//   cluster id             = none: the first entry of the new server makes one
//   sessions               = kept, and given a full timeout by the new server; or expired here with their ephemeral nodes

import { resolve } from 'node:path'
import { ZoariumError } from '../errors.ts'
import { MAX_TERM } from '../support/int64.ts'
import { dropSessions } from './drop-sessions.ts'
import { makeDataDirectory, requireVacant } from './new-data-directory.ts'
import { loadSnapshotFile, zxidOf } from './snapshot-file.ts'

/** Terms that are skipped by default: the source may have lived on for so many elections after the snapshot was taken. */
export const DEFAULT_TERM_GAP = 1000

/** Options of {@link restoreSnapshot}. */
export interface RestoreOptions {
  /** The highest zxid that a client of the source can have seen. Default: any of the next 1,000 terms. */
  readonly afterZxid?: bigint | null
  /** Whether sessions end, and their ephemeral nodes with them. Default false. */
  readonly dropSessions?: boolean
}

/** What was restored. */
export interface RestoredSnapshot {
  readonly dataDir: string
  /** Of the last entry in the new directory. */
  readonly index: number
  readonly lastZxid: number
  /** The new server's first election takes this term: its zxids begin at `nextTerm << 32`. */
  readonly nextTerm: number
  readonly nodes: number
  readonly sessions: number
  readonly droppedSessions: number
  /** Ephemeral nodes that went with the dropped sessions. */
  readonly droppedNodes: number
}

/**
 * Makes the data directory `folder`, which must not exist or be empty, from the snapshot in `file`. Rejects with `ERR_STORAGE` when the file is
 * damaged or the folder is not vacant, with `ERR_CONFIG` for an `afterZxid` that no later term can follow.
 */
export async function restoreSnapshot(file: string, folder: string, options: RestoreOptions = {}): Promise<RestoredSnapshot> {
  const dropping = options.dropSessions ?? false
  await requireVacant(folder)
  const { tree, metadata } = await loadSnapshotFile(file)
  const usedTerm = lastUsedTerm(metadata.meta.term, options.afterZxid ?? null)
  // Expiries are entries of the term after: it is used up then too.
  const hardStateTerm = dropping && tree.sessions.size > 0 ? usedTerm + 1 : usedTerm
  if (hardStateTerm >= MAX_TERM) {
    throw new ZoariumError(
      'ERR_CONFIG',
      `term ${hardStateTerm}: no later one fits into a zxid of this program, whose terms end at ${MAX_TERM}`,
    )
  }
  const before = { sessions: tree.sessions.size, nodes: tree.nodeCount }
  const meta = dropping ? dropSessions(tree, metadata.meta, hardStateTerm) : metadata.meta
  tree.forgetClusterId()
  await makeDataDirectory(folder, { meta, hardStateTerm, chunks: tree.snapshot() })
  return {
    dataDir: resolve(folder),
    index: meta.index,
    lastZxid: zxidOf(meta),
    nextTerm: hardStateTerm + 1,
    nodes: tree.nodeCount,
    sessions: tree.sessions.size,
    droppedSessions: before.sessions - tree.sessions.size,
    droppedNodes: before.nodes - tree.nodeCount,
  }
}

/** The highest term that the source can have used, as far as is known. */
export function lastUsedTerm(term: number, afterZxid: bigint | null): number {
  if (afterZxid === null) return term + DEFAULT_TERM_GAP
  const seen = afterZxid >> 32n
  if (afterZxid < 0n || seen >= BigInt(MAX_TERM)) {
    const highest = `0x${((BigInt(MAX_TERM) << 32n) - 1n).toString(16)}`
    throw new ZoariumError('ERR_CONFIG', `after-zxid: expected 0 to ${highest}, got 0x${afterZxid.toString(16)}`)
  }
  return Math.max(term, Number(seen))
}
