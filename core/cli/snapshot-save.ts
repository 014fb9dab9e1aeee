// cli: `zoarium snapshot save`.
//
//   admin.json there and its server answers -> the server's snapshot, streamed
//   else -> the data directory itself, under its lock

import { constants } from 'node:os'
import { resolve } from 'node:path'
import { requestSnapshot } from '../admin/admin-client.ts'
import { readAdminFile } from '../admin/admin-file.ts'
import { ZoariumError } from '../errors.ts'
import { hexZxid } from '../tools/describe-snapshot.ts'
import { readDataDirectory } from '../tools/read-data-directory.ts'
import { requireWritable, saveSnapshotFile, snapshotBytes } from '../tools/save-snapshot.ts'
import { zxidOf } from '../tools/snapshot-file.ts'
import { ExitCode } from './exit-codes.ts'
import { megabytes, ProgressLine } from './progress-line.ts'
import { type StopSignal, stopRequested } from './shutdown.ts'
import type { SaveFlags } from './snapshot-flags.ts'
import { toolEnd } from './tool-end.ts'

interface Source {
  readonly from: 'server' | 'data-directory'
  readonly parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  readonly nodes: number
  readonly sessions: number
  readonly approximateBytes: number
}

export function saveAction(file: string, flags: SaveFlags): Promise<number> {
  return toolEnd(async () => {
    // Before the work, not after it.
    requireWritable(file, flags.force ?? false)
    const stop = new AbortController()
    let signal: StopSignal | null = null
    void stopRequested().then((name) => {
      signal = name
      stop.abort(new ZoariumError('ERR_CLOSED', `${name}: nothing was saved`))
    })
    try {
      process.stdout.write(await save(file, flags, stop.signal))
      return ExitCode.ok
    } catch (error) {
      if (signal === null) throw error
      process.stderr.write(`${signal}: nothing was saved\n`)
      return 128 + constants.signals[signal as StopSignal]
    }
  })
}

/** Saves, and returns what is to be printed. */
async function save(file: string, { dataDir, force = false, json = false }: SaveFlags, signal: AbortSignal): Promise<string> {
  const progress = new ProgressLine()
  const startedMs = performance.now()
  try {
    progress.show(() => 'reading')
    const source = await sourceOf(dataDir, signal)
    const { from, nodes, sessions, approximateBytes } = source
    const onProgress = (bytes: number): void =>
      progress.show(() => `${megabytes(bytes)} of about ${megabytes(Math.max(bytes, approximateBytes))}`)
    const { path, bytes, sha256, meta } = await saveSnapshotFile(file, source.parts, { force, signal, onProgress })
    const tookMs = Math.round(performance.now() - startedMs)
    const result = {
      file: path,
      from,
      index: meta.index,
      term: meta.term,
      zxid: hexZxid(zxidOf(meta)),
      nodes,
      sessions,
      bytes,
      sha256,
      tookMs,
    }
    return json ? `${JSON.stringify(result)}\n` : inWords(result)
  } finally {
    progress.clear()
  }
}

function inWords(r: { file: string; index: number; zxid: string; nodes: number; sessions: number; bytes: number; sha256: string }): string {
  return `saved ${r.file}: entry ${r.index}, zxid ${r.zxid}, ${r.nodes} nodes, ${r.sessions} sessions, ${r.bytes} bytes\nsha256 ${r.sha256}\n`
}

async function sourceOf(dataDir: string, signal: AbortSignal): Promise<Source> {
  const endpoint = await readAdminFile(dataDir)
  if (endpoint !== null) {
    try {
      const { facts, parts } = await requestSnapshot(endpoint, signal)
      return { from: 'server', parts, nodes: facts.nodes, sessions: facts.sessions, approximateBytes: facts.approximateBytes }
    } catch (error) {
      // A server that was killed leaves its file behind; by now nobody, or somebody else, may be at that port. The lock says whether one runs.
      if (!ZoariumError.is(error, 'ERR_CONNECTION_LOSS') && !ZoariumError.is(error, 'AUTH_FAILED')) throw error
      return offline(dataDir, error.message)
    }
  }
  return offline(dataDir, 'it has no admin.json: a server there was started with --admin-port off, or its port could not be taken')
}

async function offline(dataDir: string, whyNotOnline: string): Promise<Source> {
  let state: Awaited<ReturnType<typeof readDataDirectory>>
  try {
    state = await readDataDirectory(dataDir)
  } catch (error) {
    if (!ZoariumError.is(error, 'ERR_STORAGE')) throw error
    process.stderr.write(`no running server could be asked for ${resolve(dataDir)} (${whyNotOnline})\n`)
    throw error
  }
  const { meta, tree, notes } = state
  for (const note of notes) process.stderr.write(`note: ${note}\n`)
  return {
    from: 'data-directory',
    parts: snapshotBytes(meta, tree),
    nodes: tree.nodeCount,
    sessions: tree.sessions.size,
    approximateBytes: tree.dataBytes + 80 * tree.nodeCount,
  }
}
