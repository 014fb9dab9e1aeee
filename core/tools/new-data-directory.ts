// tools: makes a data directory that holds one snapshot and nothing else, for restore and import. It appears whole or not at all.
//
//   draft: log opened blank -> hard state -> snapshot installed -> closed
//
//   <folder> does not exist    draft = <folder>.restoring-<random>     renamed to <folder>, the folder above synced
//   <folder> is empty          draft = <folder>/restoring-<random>     under the folder's lock: snapshots/ moved out of it, then log/; each synced
//
// The second way needs no rights above the folder, and works where another file system is mounted on it. Whatever ends the work, a crash too, leaves
// nothing that a server could start on: before the first move there is no data, and snapshots without a log are refused.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import type { Done } from '../storage/disk.ts'
import { LOG_FOLDER } from '../storage/log-format.ts'
import { RealDisk } from '../storage/real-disk.ts'
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
  try {
    if (await requireVacant(target)) await makeInside(target, contents)
    else await makeBeside(target, contents)
  } catch (error) {
    if (ZoariumError.is(error)) throw error
    const what = error instanceof Error ? error.message : String(error)
    throw new ZoariumError('ERR_STORAGE', `making the data directory ${target} (${what})`, { cause: error })
  }
}

function draftName(): string {
  return `restoring-${randomBytes(4).toString('hex')}`
}

async function makeBeside(target: string, contents: NewDirectoryContents): Promise<void> {
  const draft = `${target}.${draftName()}`
  try {
    await fill(draft, contents)
    await rename(draft, target)
  } catch (error) {
    await removeDraft(draft)
    throw error
  }
  await syncFolder(dirname(target))
}

/** Under the lock, so that no server starts on the folder meanwhile. */
async function makeInside(target: string, contents: NewDirectoryContents): Promise<void> {
  const disk = new RealDisk(target)
  await settled((done) => disk.lock(done))
  const draft = join(target, draftName())
  const moved: string[] = []
  try {
    await fill(draft, contents)
    for (const name of logLast(await readdir(draft))) {
      await rename(join(draft, name), join(target, name))
      moved.push(name)
      await syncFolder(target)
    }
    await removeDraft(draft)
  } catch (error) {
    // What cannot be taken back stays refused: there is no log.
    for (const name of moved.reverse()) await rename(join(target, name), join(draft, name)).catch(() => {})
    await removeDraft(draft)
    throw error
  } finally {
    await settled((done) => disk.unlock(done))
  }
}

function logLast(names: readonly string[]): string[] {
  return [...names.filter((name) => name !== LOG_FOLDER), ...names.filter((name) => name === LOG_FOLDER)]
}

/** What cannot be removed bears a name that says what it is. */
async function removeDraft(draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true }).catch(() => {})
}

/** Of the file system itself, at the top of many a volume. */
const NOT_COUNTED = 'lost+found'

/** Rejects unless `folder` does not exist (false) or is an empty folder (true). */
export async function requireVacant(folder: string): Promise<boolean> {
  let names: string[]
  try {
    names = (await readdir(folder)).filter((name) => name !== NOT_COUNTED)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw new ZoariumError('ERR_STORAGE', `${folder} is not an empty folder`, { cause: error })
  }
  if (names.length > 0) {
    throw new ZoariumError(
      'ERR_STORAGE',
      `${folder} is not empty (it holds ${names.slice(0, 3).join(', ')}); name a folder that does not exist, or an empty one`,
    )
  }
  return true
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
