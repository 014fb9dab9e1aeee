// tools: makes a data directory that holds one snapshot and nothing else, for restore and import. It appears whole or not at all.
//
//   <folder>.restoring-<random>/   log opened blank -> hard state -> snapshot installed -> closed
//                                  -> renamed to <folder>, the folder above synced
//
// Whatever ends the work before the rename, a crash too, leaves no <folder> that a server could start on.

import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import type { Done } from '../storage/disk.ts'
import type { OpenedLogStore } from '../storage/log-store.ts'
import { openLogStore } from '../storage/open-log-store.ts'
import { RealDisk } from '../storage/real-disk.ts'
import { assert } from '../support/assert.ts'
import { MAX_TERM } from '../support/int64.ts'

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
    throw ZoariumError.is(error) ? error : new ZoariumError('ERR_STORAGE', `making the data directory ${target}`, { cause: error })
  }
  await syncFolder(dirname(target))
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

async function fill(draft: string, { meta, hardStateTerm, chunks }: NewDirectoryContents): Promise<void> {
  await mkdir(dirname(draft), { recursive: true, mode: 0o700 })
  const { store, recovered } = await openStore(draft)
  assert(recovered.blank, 'the draft is new')
  try {
    // The commit index says what this log holds, and it holds nothing yet.
    const hardState = { term: hardStateTerm, votedFor: 0, commit: 0 }
    await settled((done) => store.append({ seq: 1, hardState, entries: [] }, done))
    await settled((done) => store.installSnapshot(meta, chunks, done))
  } finally {
    await settled((done) => store.close(done))
  }
}

function openStore(folder: string): Promise<OpenedLogStore> {
  return new Promise((resolve, reject) => {
    openLogStore(new RealDisk(folder), {}, (error: Error | null, opened?: OpenedLogStore) => {
      if (opened === undefined) reject(error ?? new ZoariumError('ERR_STORAGE', `open ${folder}`))
      else resolve(opened)
    })
  })
}

function settled(call: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => (error === null ? resolve() : reject(error))))
}

/** Makes the names in a folder durable. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  let handle: FileHandle | null = null
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', `making the names in ${folder} durable`, { cause: error })
  } finally {
    await handle?.close()
  }
}
