// bench: runs the cells of the scale of a million znodes.

import type { Bench } from './bench.ts'
import { alternate } from './bench.ts'
import type { ScaleCell } from './cells.ts'
import { measureDiskBound } from './disk-run.ts'
import { firstRead } from './first-read.ts'
import type { ScaleSample } from './measure.ts'
import { measureMemory } from './measure.ts'
import { measureFlatLoad, ON_THE_TREE, runOnTree, treeSteps } from './million-run.ts'
import type { BenchOptions } from './options.ts'
import { FULL_ZNODES } from './options.ts'
import type { Peer } from './peers.ts'
import { openFileLimits } from './proc-stat.ts'
import type { CellResult } from './report.ts'
import { RunningServer } from './running-server.ts'

const IDLE_SESSIONS = 5000
const QUICK_IDLE_SESSIONS = 1000
/** Files that a server or a load process has open beside its sessions. */
const OTHER_FILES = 200
const EMPTY_STARTS = 10
const QUICK_EMPTY_STARTS = 3

function onTheTree(cells: readonly ScaleCell[]): ScaleCell[] {
  return cells.filter(({ id }) => ON_THE_TREE.includes(id))
}

function idleSessions(options: BenchOptions): number {
  return options.quick ? QUICK_IDLE_SESSIONS : IDLE_SESSIONS
}

function emptyStarts({ quick, rounds }: BenchOptions): number {
  return quick ? QUICK_EMPTY_STARTS : Math.max(EMPTY_STARTS, rounds)
}

/** Throws before anything has run when this process may not open what the idle sessions need; its children may open as much. */
export function checkOpenFiles(cells: readonly ScaleCell[], options: BenchOptions): void {
  if (!cells.some(({ id }) => id === 'idle-sessions')) return
  const needed = idleSessions(options) + OTHER_FILES
  // Node raises its own limit up to the hard one when it starts.
  const { hard } = openFileLimits('self')
  if (hard < needed) throw new Error(`idle-sessions: expected at least ${needed} open files allowed (ulimit -Hn), got ${hard}`)
}

async function measureEmptyStart(bench: Bench, peer: Peer): Promise<ScaleSample> {
  const { options, belongings } = bench
  const server = await RunningServer.launch(peer, belongings.makeFolder(options.dir, 'zoarium-bench'), belongings)
  const { sec, cpuSec } = await firstRead(server, { path: '/', data: null })
  await server.stop()
  return { kind: 'scale', figures: { scale: 1, sec, cpuSec } }
}

async function measureIdleSessions(bench: Bench, peer: Peer): Promise<ScaleSample> {
  const { options, belongings, load, progress } = bench
  const sessions = idleSessions(options)
  const server = await RunningServer.start(peer, options.dir, belongings)
  const { soft } = openFileLimits(server.pid)
  progress.say(`idle-sessions: ${sessions} of them; ${peer.name} may open ${soft} files, a load process ${openFileLimits('self').hard}`)
  if (soft < sessions + OTHER_FILES) throw new Error(`expected at least ${sessions + OTHER_FILES} open files allowed, got ${soft}`)
  const { count, beforeBytes, afterBytes, bytesEach } = await measureMemory('session', server, load, sessions)
  await server.stop()
  return { kind: 'scale', figures: { scale: sessions / IDLE_SESSIONS, count, beforeBytes, afterBytes, bytesEach } }
}

function runCell(bench: Bench, cell: ScaleCell): Promise<CellResult> {
  const { options } = bench
  switch (cell.id) {
    case 'start-empty':
      return alternate(bench, cell, emptyStarts(options), (peer) => measureEmptyStart(bench, peer))
    case 'load-flat':
      return alternate(bench, cell, options.scaleRounds, (peer) => measureFlatLoad(bench, peer))
    case 'idle-sessions':
      return alternate(bench, cell, options.scaleRounds, (peer) => measureIdleSessions(bench, peer))
    case 'disk-bound': {
      // ZooKeeper keeps every file unless told otherwise, and then looks once an hour: there is nothing to compare.
      const bounded = { ...bench, peers: bench.peers.filter(({ kind }) => kind === 'zoarium') }
      return alternate(bounded, cell, 1, (peer) => measureDiskBound(bench, peer))
    }
    case 'load-million':
    case 'memory-million':
    case 'start-million':
    case 'snapshot-under-load':
      throw new Error(`${cell.id} runs with the others on the tree`)
  }
}

function stepsOf(bench: Bench, { id }: ScaleCell): number {
  const { options, peers } = bench
  if (id === 'start-empty') return emptyStarts(options) * peers.length
  if (id === 'disk-bound') return peers.filter(({ kind }) => kind === 'zoarium').length
  return ON_THE_TREE.includes(id) ? 0 : options.scaleRounds * peers.length
}

/** How many steps of progress {@link runScaleCells} makes. */
export function scaleSteps(bench: Bench, cells: readonly ScaleCell[]): number {
  return treeSteps(bench, onTheTree(cells)) + cells.reduce((sum, cell) => sum + stepsOf(bench, cell), 0)
}

export async function runScaleCells(bench: Bench, cells: readonly ScaleCell[]): Promise<CellResult[]> {
  const tree = onTheTree(cells)
  const results: CellResult[] = []
  for (const cell of cells) {
    if (!tree.includes(cell)) results.push(await runCell(bench, cell))
    else if (cell === tree[0]) results.push(...(await runOnTree(bench, tree)))
  }
  return results
}

/** One line that says what the figures of these cells were measured with. */
export function scaleLine({ znodes, scaleRounds }: BenchOptions): string {
  const size = znodes === FULL_ZNODES ? '' : ' (fewer than the million that is asked about)'
  return `At scale: ${znodes} znodes${size}, medians of ${scaleRounds} rounds; MB = 1,000,000 bytes.`
}
