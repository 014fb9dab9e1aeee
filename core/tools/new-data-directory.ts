// tools: makes a data directory that holds one snapshot and nothing else, for restore and import. It appears whole or not at all.
//
//   <folder>.restoring-<random>/   log opened blank -> hard state -> snapshot installed -> closed
//                                  -> renamed to <folder>, the folder above synced
//
// Whatever ends the work before the rename, a crash too, leaves no <folder> that a server could start on.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import type { Done } from '../storage/disk.ts'
import { assert } from '../support/assert.ts'
import { MAX_TERM } from '../support/int64.ts'
import { syncFolder } from './durable-file.ts'
import { openDataDirectory } from './read-data-directory.ts'

/** What the new data directory holds. */
export interface NewDirectoryContents {
  /** Of the state in `chunks`. `index` is at least 1: the log goes on after it. */
  readonly meta: SnapshotMeta
  /**
   * The term in the hard state, at least `meta.term`: a server that starts here campaigns for the next one, so that every zxid it gives is
   * above (hardStateTerm << 32 | 0xffffffff).
   */
  readonly hardStateTerm: number
  /** A snapshot of the tree, as `StateMachine.snapshot` gives it. */
  readonly chunks: Iterable<Buffer>
}

/**
 * Makes the data directory `folder`, which must not exist or be empty. Rejects with `ERR_STORAGE`; then there is no new directory. Folders above it are made
 * if missing. A source of chunks that throws rejects with its error as the cause.
 */
export async function makeDataDirectory(folder: string, contents: NewDirectoryContents): Promise<void> {
  const { meta, hardStateTerm } = contents
  assert(meta.index > 0 && meta.term > 0 && meta.termStart > 0 && meta.termStart <= meta.index, 'a snapshot holds at least one entry')
  assert(hardStateTerm >= meta.term && hardStateTerm < MAX_TERM, `no election can follow term ${hardStateTerm}`)
  const target = resolve(folder)
  await requireVacant(target)
  const draft = `${target}.restoring-${randomBytes(4).toString('hex')}`
  try {
    await fill(draft, contents)
    await rename(draft, target)
  } catch (error) {
    // The first error is the one to tell; what is left of the draft bears a name that says what it is.
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    throw failureOf(target, error)
  }
  await syncFolder(dirname(target)).catch((error: unknown) => {
    throw failureOf(target, error)
  })
}

/** Rejects unless `folder` does not exist or is an empty folder. */
export async function requireVacant(folder: string): Promise<void> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw new ZoariumError('ERR_STORAGE', `${folder} is not an empty folder`, { cause: error })
  }
  if (names.length > 0) {
    throw new ZoariumError(
      'ERR_STORAGE',
      `${folder} is not empty (it holds ${names.slice(0, 3).join(', ')}); name a folder that does not exist`,
    )
  }
}

function failureOf(target: string, error: unknown): Error {
  if (ZoariumError.is(error)) return error
  const what = error instanceof Error ? error.message : String(error)
  // A folder that another file system is mounted on can neither be renamed nor be replaced.
  const hint = error instanceof Error && 'code' in error && error.code === 'EBUSY' ? '; name a folder inside it' : ''
  return new ZoariumError('ERR_STORAGE', `making the data directory ${target} (${what}${hint})`, { cause: error })
}

async function fill(draft: string, { meta, hardStateTerm, chunks }: NewDirectoryContents): Promise<void> {
  await mkdir(dirname(draft), { recursive: true, mode: 0o700 })
  const directory = await openDataDirectory(draft)
  const { store, recovered } = directory
  assert(recovered.blank, 'the draft is new')
  try {
    // The commit index says what this log holds, and it holds nothing yet.
    const hardState = { term: hardStateTerm, votedFor: 0, commit: 0 }
    await settled((done) => store.append({ seq: 1, hardState, entries: [] }, done))
    await settled((done) => store.installSnapshot(meta, chunks, done))
  } finally {
    await directory.close()
  }
}

function settled(call: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => (error === null ? resolve() : reject(error))))
}
