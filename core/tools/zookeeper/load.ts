// tools: puts a ZooKeeper server's tree together as that server would at its start (FileTxnSnapLog.restore), but refuses what it would pass over.
//
//   newest snapshot that is whole -> every record after its zxid, over all log files -> the tree as of the last record
//
// Zxids of one epoch have no gaps, and an epoch begins at 1: so a log file that is missing, or cut where records follow, is noticed.

import { createReadStream, type ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { WindowedFile } from './byte-file.ts'
import { damaged, FileDamage, zxidText } from './damage.ts'
import type { DataFiles, LogFile, SnapshotFile } from './data-files.ts'
import { ImportTree } from './import-tree.ts'
import { type SnapshotDigest, SnapshotFileReader } from './snapshot-file-reader.ts'
import { applyTxn } from './txn-apply.ts'
import { type LogEnd, type LogRecord, readTxnLog } from './txn-log-reader.ts'
import { readTxnRecord, TxnFormatError, type TxnRecord } from './txn-records.ts'

const TWO_32 = 2 ** 32
const READ_BYTES = 1024 * 1024
const WAYS_ON =
  "import another member's data if there is one; else --accept-loss imports what comes before, and everything after it is lost"

/** How far the work is. `done` and `total` are bytes of files. */
export type Progress = (step: string, done: number, total: number) => void

export interface LoadOptions {
  /** Whether owners below 0 are TTL nodes of release 3.5.3. */
  readonly emulate353: boolean
  /** Whether to stop at damage of the log instead of refusing. */
  readonly acceptLoss: boolean
  readonly progress: Progress
}

/** The tree, and how it came about. */
export interface Loaded {
  readonly tree: ImportTree
  /** The snapshot it began with, `null`: an empty tree. */
  readonly snapshot: SnapshotFile | null
  /** Of the last record, or of the snapshot. */
  lastZxid: number
  /** Wall time of the last record, 0 without one. */
  lastTimeMs: number
  /** What the tree's digest must be at `lastZxid`; `null` if the files do not say. */
  expectedDigest: bigint | null
  /** Records applied. */
  replayed: number
  /** Operations of them that found nothing to change, as after a fuzzy snapshot. */
  unchanged: number
  /** Whether records were given up, on request. */
  lossy: boolean
  readonly notes: string[]
}

/** Loads the newest state that `files` hold. */
export async function loadTree(files: DataFiles, options: LoadOptions): Promise<Loaded> {
  const { loaded, digest } = await loadSnapshot(files, options)
  try {
    replay(files, loaded, options)
    requireExact(loaded, digest)
  } catch (error) {
    if (!(error instanceof FileDamage)) throw error
    if (!options.acceptLoss) throw new FileDamage(`${error.message}; ${WAYS_ON}`)
    loaded.lossy = true
    loaded.notes.push(`records were given up: ${error.message}`)
  }
  if (loaded.snapshot === null && loaded.replayed === 0) {
    const why = ['there is no whole snapshot, and the log does not begin with the first record', ...loaded.notes].join('\n')
    throw new FileDamage(`nothing to import: ${why}`)
  }
  return loaded
}

interface FromSnapshot {
  readonly loaded: Loaded
  readonly digest: SnapshotDigest | null
}

async function loadSnapshot(files: DataFiles, options: LoadOptions): Promise<FromSnapshot> {
  const notes: string[] = []
  for (const file of files.snapshots) {
    const tree = new ImportTree(options.emulate353)
    try {
      const digest = await readSnapshot(file, tree, options.progress)
      if (tree.root === null) throw damaged(file.path, 0, 'the snapshot has no root')
      const expectedDigest = digest !== null && digest.zxid === file.zxid ? digest.digest : null
      const counts = { lastZxid: file.zxid, lastTimeMs: 0, expectedDigest, replayed: 0, unchanged: 0, lossy: false }
      return { loaded: { tree, snapshot: file, notes, ...counts }, digest }
    } catch (error) {
      if (!(error instanceof FileDamage)) throw error
      notes.push(`snapshot passed over: ${error.message}`)
    }
  }
  if (files.logs.length === 0) {
    const why = notes.length > 0 ? notes.join('\n') : 'there is neither a snapshot nor a log'
    throw new FileDamage(`nothing to import: ${why}`)
  }
  const tree = ImportTree.fresh(options.emulate353)
  const counts = { lastZxid: 0, lastTimeMs: 0, expectedDigest: null, replayed: 0, unchanged: 0, lossy: false }
  return { loaded: { tree, snapshot: null, notes, ...counts }, digest: null }
}

async function readSnapshot(file: SnapshotFile, tree: ImportTree, progress: Progress): Promise<SnapshotDigest | null> {
  if (file.compression === 'snappy') {
    throw damaged(
      file.path,
      0,
      'compressed with snappy, which this program does not read; let ZooKeeper write one with snapshot.compression.method=gz',
    )
  }
  const { size } = await stat(file.path)
  const reader = new SnapshotFileReader(file.path, tree)
  const source = createReadStream(file.path, { highWaterMark: READ_BYTES })
  const consume = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) {
      reader.push(piece)
      progress('reading the snapshot', source.bytesRead, size)
    }
  }
  if (file.compression === 'gzip') await gunzip(file, source, consume)
  else await consume(source)
  return reader.finish()
}

async function gunzip(file: SnapshotFile, source: ReadStream, consume: (pieces: AsyncIterable<Buffer>) => Promise<void>): Promise<void> {
  try {
    await pipeline(source, createGunzip({ chunkSize: READ_BYTES }), consume)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('Z_')) throw error
    throw damaged(file.path, source.bytesRead, `the compressed file is damaged (${error.message})`)
  }
}

/** Applies every record after the snapshot. */
function replay(files: DataFiles, loaded: Loaded, options: LoadOptions): void {
  const logs = logsFrom(files.logs, loaded.lastZxid)
  let total = 0
  let before = 0
  const open = logs.map((log) => ({ log, file: new WindowedFile(log.path) }))
  try {
    for (const { file } of open) total += file.size
    for (const { file } of open) {
      replayFile(file, loaded, (offset) => options.progress('replaying the log', before + offset, total))
      before += file.size
    }
  } finally {
    for (const { file } of open) file.close()
  }
}

/** The files that can hold records after `zxid`: from the last one that begins at the next or before. */
function logsFrom(logs: readonly LogFile[], zxid: number): readonly LogFile[] {
  const first = logs.findLastIndex((log) => log.zxid <= zxid + 1)
  return logs.slice(Math.max(0, first))
}

function replayFile(file: WindowedFile, loaded: Loaded, progress: (offset: number) => void): void {
  if (file.size === 0) {
    loaded.notes.push(`${file.path} is empty: a crash came before its first record`)
    return
  }
  const records = readTxnLog(file)
  for (let step = records.next(); ; step = records.next()) {
    if (step.done === true) {
      noteEnd(file, step.value, loaded)
      return
    }
    const record = step.value
    if (record.zxid > loaded.lastZxid) applyRecord(file, record, loaded)
    if (loaded.replayed % 1024 === 0) progress(record.offset)
  }
}

function applyRecord(file: WindowedFile, record: LogRecord, loaded: Loaded): void {
  if (!follows(record.zxid, loaded)) {
    const last = loaded.lastZxid === 0 ? 'nothing (there is no snapshot)' : zxidText(loaded.lastZxid)
    throw damaged(file.path, record.offset, `zxid ${zxidText(record.zxid)} follows ${last}: records between them are missing`)
  }
  const { header, txn, digest } = decode(file, record)
  loaded.unchanged += applyTxn(loaded.tree, header, txn)
  loaded.lastZxid = header.zxid
  loaded.lastTimeMs = header.timeMs
  // What failed has no digest and leaves the tree as it was.
  if (digest !== null || txn.kind !== 'nothing') loaded.expectedDigest = digest
  loaded.replayed++
}

function decode(file: WindowedFile, record: LogRecord): TxnRecord {
  try {
    return readTxnRecord(record.bytes)
  } catch (error) {
    if (error instanceof TxnFormatError) throw damaged(file.path, record.offset, error.message)
    throw error
  }
}

/** The next of the epoch, or the first of a later one. Without a snapshot the log has to begin with the first epoch's first. */
function follows(zxid: number, { lastZxid, snapshot }: Loaded): boolean {
  if (zxid === lastZxid + 1) return true
  if (zxid % TWO_32 !== 1) return false
  return lastZxid > 0 || snapshot !== null || zxid < 2 * TWO_32
}

function noteEnd(file: WindowedFile, end: LogEnd, loaded: Loaded): void {
  if (!end.torn) return
  loaded.notes.push(`${file.path}: a write that a crash had interrupted at offset ${end.offset} was left out; it was never acknowledged`)
}

/** A fuzzy snapshot is exact only when the log covers the time in which it was written. */
function requireExact(loaded: Loaded, digest: SnapshotDigest | null): void {
  if (digest === null || digest.zxid <= loaded.lastZxid) return
  throw new FileDamage(
    `${loaded.snapshot?.path}: it was written while records up to zxid ${zxidText(digest.zxid)} were applied, but the log ends at ${zxidText(loaded.lastZxid)}; is dataLogDir named, is another server's data more complete?`,
  )
}
