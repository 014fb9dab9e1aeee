// tools: checks snapshot files, one by one or all of a data directory, and says which are whole.

import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ZoariumError } from '../errors.ts'
import { SNAPSHOT_FOLDER, snapshotIndex } from '../storage/snapshot-format.ts'
import { loadSnapshotFile, zxidOf } from './snapshot-file.ts'

/** What became of one file. */
export type Verdict =
  | {
      readonly file: string
      readonly whole: true
      readonly index: number
      readonly lastZxid: number
      readonly nodes: number
      readonly sessions: number
      readonly bytes: number
    }
  | { readonly file: string; readonly whole: false; readonly problem: string }

/** Reads a file to its end: every checksum, the digests, every record. */
export async function verifySnapshotFile(file: string): Promise<Verdict> {
  try {
    const { path, bytes, metadata, tree } = await loadSnapshotFile(file)
    const { meta } = metadata
    return {
      file: path,
      whole: true,
      index: meta.index,
      lastZxid: zxidOf(meta),
      nodes: tree.nodeCount,
      sessions: tree.sessions.size,
      bytes,
    }
  } catch (error) {
    if (!ZoariumError.is(error, 'ERR_STORAGE')) throw error
    return { file: resolve(file), whole: false, problem: error.message }
  }
}

/** The snapshots of a data directory, newest first. A server may run on it. Rejects with `ERR_STORAGE` if it is none. */
export async function snapshotsOf(dataDir: string): Promise<string[]> {
  const folder = join(dataDir, SNAPSHOT_FOLDER)
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', `${resolve(dataDir)} is not a data directory: ${SNAPSHOT_FOLDER} cannot be read in it`, {
      cause: error,
    })
  }
  return names
    .filter((name) => snapshotIndex(name) > 0)
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}
