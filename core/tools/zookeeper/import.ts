// tools: imports the data of an Apache ZooKeeper server into a new data directory. The old files are only read.
//
//   files -> tree as of the last record (load.ts) -> finish.ts -> checks (convert.ts) -> state of ours -> [sessions end] -> new data directory
//
// Zxids: the state's last one is term << 32 | counter, as it was, so our log goes on behind it: index = counter + 1 in a term that began at
// index 1. Terms start at 1 here, but the epoch of a standalone ZooKeeper is 0: then the import itself takes a zxid, the first of the term in
// the hard state. The server that starts on the directory campaigns for a term above that one, which is 1,000 above every epoch that the files
// know (restore-snapshot.ts), or that of `afterZxid`.

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SnapshotMeta } from '../../consensus/types.ts'
import { ZoariumError } from '../../errors.ts'
import { MAX_TERM } from '../../support/int64.ts'
import { importedSnapshot } from '../../tree/imported-state.ts'
import { DEFAULT_SETTINGS } from '../../tree/settings.ts'
import { SnapshotFormatError } from '../../tree/snapshot-format.ts'
import { StateMachine } from '../../tree/state-machine.ts'
import { dropSessions } from '../drop-sessions.ts'
import { makeDataDirectory, requireVacant } from '../new-data-directory.ts'
import { lastUsedTerm } from '../restore-snapshot.ts'
import { zxidOf } from '../snapshot-file.ts'
import { importedNodes, importedSessions, inspectTree, type TreeCounts } from './convert.ts'
import { FileDamage, zxidText } from './damage.ts'
import { findDataFiles } from './data-files.ts'
import { recountQuotas, removeDeadEphemerals } from './finish.ts'
import type { ImportTree } from './import-tree.ts'
import { type Loaded, loadTree, type Progress } from './load.ts'
import { treeDigests } from './tree-digest.ts'

const TWO_32 = 2 ** 32

/** Options of {@link importZooKeeper}. */
export interface ImportOptions {
  /** `dataDir` of the old server's zoo.cfg. */
  readonly from: string
  /** `dataLogDir` of the old server's zoo.cfg, if it had one. */
  readonly logDir?: string | undefined
  /** The new data directory: a folder that does not exist or is empty. `null`: nothing is written. */
  readonly dataDir: string | null
  /** The highest zxid that a client can have seen. Default: any of the 1,000 epochs after those that the files know. */
  readonly afterZxid?: bigint | null
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
  /** Characters of all paths and bytes of all data. */
  readonly dataBytes: number
  /** Whether ZooKeeper's digest of its tree is that of the tree that was read; `absent` if the files hold none for its zxid. */
  readonly digest: 'equal' | 'different' | 'absent'
  /** Where the zxids of the new server begin. */
  readonly firstZxid: string
  /** Sessions that were ended on request, and the ephemeral nodes that went with them. */
  readonly droppedSessions: number
  readonly droppedNodes: number
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
  try {
    return await read(options)
  } catch (error) {
    if (error instanceof FileDamage) throw new ZoariumError('ERR_STORAGE', error.message, { cause: error })
    // The message of a failed system call names the call and the file.
    if (error instanceof Error && 'syscall' in error) throw new ZoariumError('ERR_STORAGE', error.message, { cause: error })
    throw error
  }
}

async function read(options: Omit<ImportOptions, 'dataDir'>): Promise<ReadState> {
  await requireLogFolder(options.logDir)
  const files = await findDataFiles(options.from, options.logDir)
  const loaded = await loadTree(files, options)
  if (files.logs.length === 0 && loaded.lastZxid > 0 && options.logDir === undefined) throw logMissing(options.from)
  const { tree, lastZxid, lastTimeMs, notes, snapshot, replayed, lossy } = loaded
  const epoch = Math.max(files.epoch, Math.floor(lastZxid / TWO_32))
  const usedTerm = Math.max(1, lastUsedTerm(epoch, options.afterZxid ?? null))
  requireTerm(usedTerm + 1)
  const digest = compareDigest(loaded)
  if (digest === 'different') notes.push(DIFFERENT_DIGEST)
  const dead = removeDeadEphemerals(tree, lastZxid)
  if (dead > 0) notes.push(`${dead} ephemeral nodes of sessions that had ended were removed, as ZooKeeper does at its start`)
  tree.plantConfig()
  noteConfig(loaded)
  const quotas = recountQuotas(tree)
  const { counts, latestTimeMs, schemes, problems } = inspectTree(tree)
  refuse(problems, options.from)
  noteSchemes(schemes, notes)

  options.progress('checking', 0, 1)
  const imported = metaOf(lastZxid, usedTerm)
  const machine = stateOf(tree, imported, Math.min(options.nowMs, Math.max(lastTimeMs, latestTimeMs)))
  // Expiries are entries of the term after: it is used up then too.
  const dropping = options.dropSessions && machine.sessions.size > 0
  const hardStateTerm = dropping ? usedTerm + 1 : usedTerm
  const meta = dropping ? dropSessions(machine, imported, hardStateTerm) : imported
  const report: ImportReport = {
    dataDir: null,
    snapshot: snapshot?.path ?? null,
    replayedRecords: replayed,
    lastZxid: zxidText(lastZxid),
    epoch,
    firstZxid: zxidText((hardStateTerm + 1) * TWO_32),
    ...counts,
    nodes: machine.nodeCount,
    ephemerals: machine.ephemeralCount,
    sessions: machine.sessions.size,
    dataBytes: machine.dataBytes,
    droppedSessions: counts.sessions - machine.sessions.size,
    droppedNodes: counts.nodes - machine.nodeCount,
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

/** That the last term that may be used up here leaves one for an election. */
function requireTerm(term: number): void {
  if (term < MAX_TERM) return
  throw new ZoariumError(
    'ERR_STORAGE',
    `the epochs of the old ensemble are too high: term ${term} is needed, those of this program end at ${MAX_TERM}`,
  )
}

function metaOf(lastZxid: number, usedTerm: number): SnapshotMeta {
  const epoch = Math.floor(lastZxid / TWO_32)
  return epoch === 0 ? { index: 1, term: usedTerm, termStart: 1 } : { index: (lastZxid % TWO_32) + 1, term: epoch, termStart: 1 }
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

/** Identities that a client can prove here. */
const PROVABLE_SCHEMES: ReadonlySet<string> = new Set(['world', 'auth', 'digest', 'ip', 'super'])

function noteSchemes(schemes: ReadonlySet<string>, notes: string[]): void {
  const others = [...schemes].filter((scheme) => !PROVABLE_SCHEMES.has(scheme)).sort()
  if (others.length === 0) return
  notes.push(
    `access control lists name identities of ${others.join(', ')}, which no client can prove here: what only those may do, only the super user can`,
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
