// tools: the state that a data directory holds while no server runs on it: newest whole snapshot, and every entry of the log after it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TermSpans } from '../consensus/term-spans.ts'
import type { SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import { LOG_FOLDER } from '../storage/log-format.ts'
import type { OpenedLogStore, Recovered } from '../storage/log-store.ts'
import { openLogStore } from '../storage/open-log-store.ts'
import { RealDisk } from '../storage/real-disk.ts'
import { envelopeSemantics, SEMANTICS_VERSION } from '../tree/envelope.ts'
import { StateMachine } from '../tree/state-machine.ts'

/** What a data directory comes to. */
export interface DirectoryState {
  readonly meta: SnapshotMeta
  readonly tree: StateMachine
  /** What the operator should know, as at a server's start. */
  readonly notes: readonly string[]
}

/** Opens the log of `folder` as a server would, which mends what a crash left, and takes its lock until `close`. */
export async function openDataDirectory(folder: string): Promise<OpenedLogStore & { close(): Promise<void> }> {
  const opened = await new Promise<OpenedLogStore>((resolve, reject) => {
    openLogStore(new RealDisk(folder), {}, (error: Error | null, value?: OpenedLogStore) => {
      if (value === undefined) reject(error ?? new ZoariumError('ERR_STORAGE', `open ${folder}`))
      else resolve(value)
    })
  })
  const close = (): Promise<void> =>
    new Promise((resolve, reject) => opened.store.close((error) => (error === null ? resolve() : reject(error))))
  return { ...opened, close }
}

/**
 * Reads the directory of a standalone server, under its lock. Every entry that is durable is committed: the only voter has it. Rejects with `ERR_STORAGE`
 * when another process holds the directory, when it is damaged, and when nothing was ever written to it.
 */
export async function readDataDirectory(folder: string): Promise<DirectoryState> {
  // Opening would make what is missing.
  if (!existsSync(join(folder, LOG_FOLDER)))
    throw new ZoariumError('ERR_STORAGE', `${folder} is not a data directory: it has no folder ${LOG_FOLDER}`)
  const directory = await openDataDirectory(folder)
  try {
    const { recovered } = directory
    return { ...replay(folder, recovered), notes: recovered.notes }
  } finally {
    await directory.close()
  }
}

function replay(folder: string, { snapshot, entries }: Recovered): { readonly meta: SnapshotMeta; readonly tree: StateMachine } {
  const tree = snapshot === null ? new StateMachine() : StateMachine.restore(snapshot.chunks)
  const spans = new TermSpans()
  if (snapshot !== null) spans.seed(snapshot.meta.term, snapshot.meta.termStart)
  let index = snapshot?.meta.index ?? 0
  for (const entry of entries) {
    index = entry.index
    spans.append(entry.term, index)
    if (envelopeSemantics(entry.payload) > SEMANTICS_VERSION) {
      throw new ZoariumError('ERR_STORAGE', `${folder}: entry ${index} was written by a later version of this program; use that one`)
    }
    tree.apply(entry.payload, entry.term * 2 ** 32 + (index - spans.startAt(index)))
  }
  if (index === 0) throw new ZoariumError('ERR_STORAGE', `${folder}: nothing was ever written to it`)
  return { meta: { index, term: spans.termAt(index), termStart: spans.startAt(index) }, tree }
}
