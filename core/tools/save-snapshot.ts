// tools: writes a snapshot file somewhere: beside its final name, read back from there, and only then given it.
//
//   <file>.<random>.tmp <- bytes -> fsync -> every checksum read back -> rename -> fsync of the folder

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import { snapshotFile } from '../storage/snapshot-encoder.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { DraftFile } from './durable-file.ts'
import { checkSnapshotFile } from './snapshot-file.ts'

/** Options of {@link saveSnapshotFile}. */
export interface SaveOptions {
  /** Whether a file of that name is replaced. Default false. */
  readonly force?: boolean
  /** Hears how many bytes were written so far. */
  readonly onProgress?: (bytes: number) => void
  /** Gives up: the draft is removed. */
  readonly signal?: AbortSignal
}

/** A file that was saved. */
export interface SavedSnapshot {
  readonly path: string
  readonly bytes: number
  /** Of the file, as sha256sum prints it. */
  readonly sha256: string
  readonly meta: SnapshotMeta
}

/** Rejects with `ERR_CONFIG` if the file is there and may not be replaced. */
export function requireWritable(file: string, force: boolean): void {
  if (!force && existsSync(file)) throw new ZoariumError('ERR_CONFIG', `${resolve(file)} exists; --force replaces it`)
}

/**
 * Writes the bytes of a snapshot file to `file`. Rejects with `ERR_STORAGE` when they are not a whole snapshot or the disk fails, and with what the source
 * rejects with; then `file` is as it was.
 */
export async function saveSnapshotFile(
  file: string,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { force = false, onProgress = () => {}, signal }: SaveOptions = {},
): Promise<SavedSnapshot> {
  requireWritable(file, force)
  const draft = await creating(file)
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const part of parts) {
      signal?.throwIfAborted()
      await draft.write(part)
      hash.update(part)
      bytes += part.length
      onProgress(bytes)
    }
    await draft.finish()
    const { metadata } = await checkSnapshotFile(draft.path)
    signal?.throwIfAborted()
    requireWritable(file, force)
    await draft.publish()
    return { path: resolve(file), bytes, sha256: hash.digest('hex'), meta: metadata.meta }
  } catch (error) {
    await draft.discard()
    if (ZoariumError.is(error) || signal?.aborted === true) throw error
    throw new ZoariumError('ERR_STORAGE', `writing ${resolve(file)} (${messageOf(error)})`, { cause: error })
  }
}

/** The bytes of a snapshot file of a state at hand. */
export function snapshotBytes(meta: SnapshotMeta, tree: StateMachine): Iterable<Buffer> {
  return snapshotFile(meta, tree.snapshot(), { crc32, sha256: () => createHash('sha256') })
}

async function creating(file: string): Promise<DraftFile> {
  try {
    return await DraftFile.create(file)
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', `${resolve(file)} cannot be written (${messageOf(error)})`, { cause: error })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
