// tools: reads a snapshot file that lies anywhere: every checksum of it, and the state that it holds.

import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import type { SnapshotMetadata } from '../storage/messages.ts'
import { RealDisk } from '../storage/real-disk.ts'
import { readSnapshotAt } from '../storage/snapshot-reader.ts'
import { StateMachine } from '../tree/state-machine.ts'

/** A snapshot file that was read to its end and found whole. */
export interface CheckedSnapshot {
  readonly path: string
  readonly bytes: number
  readonly metadata: SnapshotMetadata
}

/** A snapshot file and the state in it. */
export interface LoadedSnapshot extends CheckedSnapshot {
  readonly tree: StateMachine
}

/** The zxid of the last entry in a snapshot: term << 32 | place in the term. */
export function zxidOf({ index, term, termStart }: SnapshotMeta): number {
  return term * 2 ** 32 + (index - termStart)
}

/** Reads every byte of the file and checks it. Rejects with `ERR_STORAGE` that says what is wrong. Needs little memory. */
export async function checkSnapshotFile(path: string, onChunk: (chunk: Buffer) => void = () => {}): Promise<CheckedSnapshot> {
  const whole = resolve(path)
  const bytes = await sizeOf(whole)
  const disk = new RealDisk(dirname(whole))
  const metadata = await new Promise<SnapshotMetadata>((done, fail) => {
    readSnapshotAt(disk, { path: basename(whole), bytes, index: null }, onChunk, (error, value) => {
      if (value === undefined) fail(error ?? new ZoariumError('ERR_STORAGE', `${whole} cannot be read`))
      else done(value)
    })
  })
  return { path: whole, bytes, metadata }
}

/** {@link checkSnapshotFile}, and every record in it is decoded and the tree's own digest compared. Needs memory for the whole state. */
export async function loadSnapshotFile(path: string): Promise<LoadedSnapshot> {
  const chunks: Buffer[] = []
  const checked = await checkSnapshotFile(path, (chunk) => chunks.push(chunk))
  const { meta } = checked.metadata
  let tree: StateMachine
  try {
    tree = StateMachine.restore(chunks)
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new ZoariumError('ERR_STORAGE', `${checked.path}: the state in it cannot be read (${what})`, { cause: error })
  }
  if (tree.lastZxid !== zxidOf(meta)) {
    const found = `0x${tree.lastZxid.toString(16)}, its metadata stands for 0x${zxidOf(meta).toString(16)}`
    throw new ZoariumError('ERR_STORAGE', `${checked.path}: the last zxid of the state is ${found}`)
  }
  return { ...checked, tree }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const stats = await stat(path)
    if (stats.isFile()) return stats.size
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', `${path} cannot be read`, { cause: error })
  }
  throw new ZoariumError('ERR_STORAGE', `${path} is not a file`)
}
