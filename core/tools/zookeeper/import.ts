// tools: imports the data of an Apache ZooKeeper server into a new data directory. The old files are only read.
//
//   files -> tree as of the last record (load.ts) -> finish.ts -> checks -> snapshot of ours -> new data directory
//
// Zxids: the state's last one is term << 32 | counter, as it was, so our log goes on behind it: index = counter + 1 with a term that began at
// index 1. Terms start at 1 here, but the epoch of a standalone ZooKeeper is 0; and a removal of sessions must come after everything that a client
// has seen. In both cases the import itself takes a zxid: the first of the term in the hard state. The first server started on the directory
// campaigns for a term above that one, which is 1,000 above every epoch of the old ensemble (or above `afterZxid`).

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SnapshotMeta } from '../../consensus/types.ts'
import { ZoariumError } from '../../errors.ts'
import { MAX_TERM } from '../../support/int64.ts'
import { importedSnapshot } from '../../tree/imported-state.ts'
import { DEFAULT_SETTINGS } from '../../tree/settings.ts'
import { SnapshotFormatError } from '../../tree/snapshot-format.ts'
import { StateMachine } from '../../tree/state-machine.ts'
import { makeDataDirectory, requireVacant } from '../new-data-directory.ts'
import { importedNodes, importedSessions, inspectTree, type TreeCounts } from './convert.ts'
import { zxidText } from './damage.ts'
import { findDataFiles } from './data-files.ts'
import { endSessions, recountQuotas, removeDeadEphemerals } from './finish.ts'
import type { ImportTree } from './import-tree.ts'
import { type Loaded, loadTree, type Progress } from './load.ts'
import { treeDigests } from './tree-digest.ts'

const TWO_32 = 2 ** 32
/** Epochs that the old ensemble may have used without a trace in these files. */
const TERM_MARGIN = 1000

/** Options of {@link importZooKeeper}. */
export interface ImportOptions {
  /** `dataDir` of the old server's zoo.cfg. */
  readonly from: string
  /** `dataLogDir` of the old server's zoo.cfg, if it had one. */
  readonly logDir?: string | undefined
  /** The new data directory: a folder that does not exist or is empty. `null`: nothing is written. */
  readonly dataDir: string | null
  /** New zxids are above this one, if it is above those that the files give. */
  readonly afterZxid?: number | undefined
  /** Whether sessions end with the import, and their ephemerals go. */
  readonly dropSessions: boolean
  /** Whether owners below 0 that are no sessions are TTL nodes, as 3.5.3 wrote them. */
  readonly emulate353: boolean
  /** Whether to stop at damage of the log instead of refusing. */
  readonly acceptLoss: boolean
  /** Wall clock: no time of the new state begins later. */
  readonly nowMs: number
  readonly progress: Progress
}

/** What was imported. */
export interface ImportReport extends TreeCounts {
  /** The snapshot that was read, `null`: the log alone. */
  readonly snapshot: string | null
  readonly replayedRecords: number
  readonly lastZxid: string
  /** The latest epoch that the files know. */
  readonly epoch: number
  readonly quotas: number
  /** Whether ZooKeeper's digest of its tree is that of the tree that was read; `absent` if the files hold none for its zxid. */
  readonly digest: 'equal' | 'different' | 'absent'
  /** Every zxid that the new server gives is above this one. */
  readonly newZxidsAbove: string
  /** Whether records were given up, on request. */
  readonly lossy: boolean
  /** The new data directory, `null` if none was made. */
  readonly dataDir: string | null
  readonly notes: readonly string[]
}

/** A state that was read, and where the log of the new directory begins. */
export interface ReadState {
  readonly machine: StateMachine
  readonly meta: SnapshotMeta
  readonly hardStateTerm: number
  readonly report: ImportReport
}

/** Reads the old data and makes the new data directory. Rejects with `ERR_STORAGE` or `ERR_CONFIG`; then there is no new directory. */
export async function importZooKeeper(options: ImportOptions): Promise<ImportReport> {
  const { dataDir } = options
  if (dataDir !== null) await requireVacant(resolve(dataDir))
  const { machine, meta, hardStateTerm, report } = await readZooKeeper(options)
  if (dataDir === null) return report
  options.progress('writing', 0, 1)
  await makeDataDirectory(dataDir, { meta, hardStateTerm, chunks: machine.snapshot() })
  return { ...report, dataDir: resolve(dataDir) }
}

/** Reads the old data. Rejects as {@link importZooKeeper} does. */
export async function readZooKeeper(options: Omit<ImportOptions, 'dataDir'>): Promise<ReadState> {
  await requireLogFolder(options.logDir)
  const files = await findDataFiles(options.from, options.logDir)
  const loaded = await loadTree(files, options)
  if (files.logs.length === 0 && loaded.lastZxid > 0 && options.logDir === undefined) throw logMissing(options.from)
  const { tree, lastZxid, lastTimeMs, notes, snapshot, replayed, lossy } = loaded
  const epoch = Math.max(files.epoch, Math.floor(lastZxid / TWO_32))
  const hardStateTerm = termAbove(epoch, options.afterZxid)
  const meta = metaOf(lastZxid, hardStateTerm, options.dropSessions)

  const digest = compareDigest(loaded)
  if (digest === 'different') notes.push(DIFFERENT_DIGEST)
  const dead = removeDeadEphemerals(tree, lastZxid)
  if (dead > 0) notes.push(`${dead} ephemeral nodes of sessions that had ended were removed, as ZooKeeper does at its start`)
  if (options.dropSessions) endSessions(tree, zxidOf(meta))
  tree.plantConfig()
  noteConfig(loaded)
  const quotas = recountQuotas(tree)
  const { counts, problems } = inspectTree(tree)
  refuse(problems, options.from)

  options.progress('checking', 0, 1)
  const machine = stateOf(tree, meta, Math.min(options.nowMs, Math.max(lastTimeMs, counts.latestTimeMs)))
  const report: ImportReport = {
    dataDir: null,
    snapshot: snapshot?.path ?? null,
    replayedRecords: replayed,
    lastZxid: zxidText(lastZxid),
    epoch,
    newZxidsAbove: zxidText(hardStateTerm * TWO_32 + (TWO_32 - 1)),
    ...counts,
    quotas,
    digest,
    lossy,
    notes,
  }
  return { machine, meta, hardStateTerm, report }
}

function logMissing(from: string): ZoariumError {
  return new ZoariumError(
    'ERR_STORAGE',
    `${from} holds a snapshot but no log, so the newest writes may be missing; name dataLogDir of zoo.cfg with --log-dir (the same folder, if that is all there is)`,
  )
}

const DIFFERENT_DIGEST =
  "ZooKeeper's digest of its tree differs from the tree that was read: this server's state had drifted from its leader's, or a record was read wrongly; compare with another member's data"

async function requireLogFolder(logDir: string | undefined): Promise<void> {
  if (logDir === undefined) return
  const isFolder = await stat(logDir).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new ZoariumError('ERR_CONFIG', `--log-dir: expected a folder, got ${logDir}`)
}

/** A term that leaves room below for every one that the old ensemble can have used, and one above for an election. */
function termAbove(epoch: number, afterZxid: number | undefined): number {
  const term = Math.max(epoch + TERM_MARGIN, afterZxid === undefined ? 0 : Math.floor(afterZxid / TWO_32) + 1)
  if (term >= MAX_TERM) {
    throw new ZoariumError(
      'ERR_STORAGE',
      `the zxids of the old ensemble are too high: a term of ${term} would be needed, expected less than ${MAX_TERM}`,
    )
  }
  return term
}

function metaOf(lastZxid: number, hardStateTerm: number, dropSessions: boolean): SnapshotMeta {
  const epoch = Math.floor(lastZxid / TWO_32)
  if (epoch === 0 || dropSessions) return { index: 1, term: hardStateTerm, termStart: 1 }
  return { index: (lastZxid % TWO_32) + 1, term: epoch, termStart: 1 }
}

function zxidOf({ index, term, termStart }: SnapshotMeta): number {
  return term * TWO_32 + (index - termStart)
}

/** Compares as long as the tree is as the last record left it. */
function compareDigest({ tree, expectedDigest }: Loaded): 'equal' | 'different' | 'absent' {
  if (expectedDigest === null) return 'absent'
  const { utf8, ascii } = treeDigests(tree)
  return expectedDigest === utf8 || expectedDigest === ascii ? 'equal' : 'different'
}

const SHOWN_PROBLEMS = 1000

function refuse(problems: readonly string[], from: string): void {
  if (problems.length === 0) return
  const shown = problems.slice(0, SHOWN_PROBLEMS)
  if (shown.length < problems.length) shown.push(`and ${problems.length - shown.length} more`)
  const nodes = problems.length === 1 ? 'one thing' : `${problems.length} things`
  throw new ZoariumError(
    'ERR_STORAGE',
    `${from} holds ${nodes} that cannot be imported; change them while ZooKeeper still runs:\n  ${shown.join('\n  ')}\n`,
  )
}

/** Curator's clients follow what this node says. */
function noteConfig({ tree, notes }: Loaded): void {
  const data = tree.get('/zookeeper/config')?.data ?? ''
  if (data.length === 0) return
  notes.push(
    '/zookeeper/config still names the servers of the old ensemble; clients that follow it (Curator with an ensemble tracker) go there: the super user can empty it',
  )
}

function stateOf(tree: ImportTree, meta: SnapshotMeta, timeMs: number): StateMachine {
  const facts = { lastZxid: zxidOf(meta), wallTimeMs: timeMs, clusterTimeMs: timeMs, clusterId: '', settings: DEFAULT_SETTINGS }
  try {
    return StateMachine.restore(importedSnapshot(facts, importedSessions(tree), importedNodes(tree, timeMs)))
  } catch (error) {
    if (error instanceof SnapshotFormatError)
      throw new ZoariumError('ERR_STORAGE', 'the state that was read is not a valid one', { cause: error })
    throw error
  }
}
