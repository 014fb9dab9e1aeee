// bench: runs the cells on our server and on Apache ZooKeeper in turn, and prints medians and ratios. See docs/benchmarks.md.

import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Cell } from './cells.ts'
import { chooseCells } from './cells.ts'
import { Belongings } from './cleanup.ts'
import { LoadFleet } from './load-fleet.ts'
import { describeMachine, machineLine } from './machine.ts'
import type { Sample } from './measure.ts'
import { measureLoad, measureMemory, warmUp } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { readOptions, USAGE } from './options.ts'
import type { Peer } from './peers.ts'
import { commandPeer, hasZookeeper, ourPeer, RunningServer, zookeeperPeer } from './peers.ts'
import { formatHotFunctions, hottestFunctions } from './profile-summary.ts'
import { Progress } from './progress.ts'
import type { CellResult, TableStyle } from './report.ts'
import { COLOUR_STYLE, formatTables, PLAIN_STYLE } from './report.ts'

const CELL_WARM_MS = 500
const SESSIONS = 2000
const ZNODES = 200_000
const QUICK_ZNODES = 50_000
const HOT_FUNCTIONS = 40

interface Bench {
  readonly options: BenchOptions
  readonly peers: readonly Peer[]
  readonly belongings: Belongings
  readonly load: LoadFleet
  readonly progress: Progress
}

function choosePeers(options: BenchOptions): Peer[] {
  const peers: Peer[] = []
  const profiling = options.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  if (options.withOurs) peers.push(ourPeer(options.serverCommand, [...options.nodeOptions, ...profiling]))
  if (options.peer === 'zookeeper') {
    if (!hasZookeeper()) throw new Error('Apache ZooKeeper is not installed (Debian package: zookeeper); run with --peer none')
    peers.push(zookeeperPeer)
  } else if (options.peer !== 'none') {
    peers.push(commandPeer('peer', options.peer))
  }
  if (peers.length === 0) throw new Error('--no-ours with --peer none leaves nothing to measure')
  return peers
}

/** Runs `measure` on every peer in turn, `rounds` times: A B A B. */
async function alternate(bench: Bench, cell: Cell, measure: (index: number) => Promise<Sample>): Promise<CellResult> {
  const samples: Sample[][] = bench.peers.map(() => [])
  for (let round = 1; round <= bench.options.rounds; round++) {
    for (const [index, peer] of bench.peers.entries()) {
      bench.progress.step(`${cell.id}, round ${round}, ${peer.name}`)
      try {
        samples[index]?.push(await measure(index))
      } catch (error) {
        throw new Error(`${cell.id} on ${peer.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
    }
  }
  return { cell, peers: bench.peers.map(({ name }, index) => ({ peer: name, samples: samples[index] ?? [] })) }
}

async function runLoadCells(bench: Bench, cells: readonly Exclude<Cell, { type: 'memory' }>[]): Promise<CellResult[]> {
  const { options, peers, belongings, load, progress } = bench
  const servers: RunningServer[] = []
  for (const peer of peers) {
    progress.say(`starting ${peer.name}`)
    servers.push(await RunningServer.start(peer, options.dir, belongings))
  }
  if (options.warmUp) {
    for (const server of servers) {
      progress.say(`warming up ${server.peer.name} (${server.peer.warmUpSec} s)`)
      await warmUp(server, load, server.peer.warmUpSec)
    }
  }
  const durations = { warmMs: CELL_WARM_MS, measureMs: options.seconds * 1000 }
  const results: CellResult[] = []
  for (const cell of cells) {
    results.push(await alternate(bench, cell, (index) => measureLoad(cell, servers[index] as RunningServer, load, durations)))
  }
  for (const server of servers) await server.stop()
  return results
}

/** Each measurement on a server of its own: what a heap has grown to in earlier cells would hide what a session takes. */
async function runMemoryCells(bench: Bench, cells: readonly Extract<Cell, { type: 'memory' }>[]): Promise<CellResult[]> {
  const { options, peers, belongings, load } = bench
  const results: CellResult[] = []
  for (const cell of cells) {
    const count = cell.what === 'session' ? SESSIONS : options.quick ? QUICK_ZNODES : ZNODES
    const measure = async (index: number): Promise<Sample> => {
      const server = await RunningServer.start(peers[index] as Peer, options.dir, belongings)
      const sample = await measureMemory(cell.what, server, load, count)
      await server.stop()
      return sample
    }
    results.push(await alternate(bench, cell, measure))
  }
  return results
}

function tableStyle(): TableStyle {
  const { NO_COLOR } = process.env
  const noColour = NO_COLOR !== undefined && NO_COLOR !== ''
  return process.stdout.isTTY === true && !noColour ? COLOUR_STYLE : PLAIN_STYLE
}

async function run(options: BenchOptions): Promise<void> {
  const cells = chooseCells(options.only, options.quick)
  const peers = choosePeers(options)
  const profile = options.profile === null ? null : resolve(options.profile)
  if (profile !== null) mkdirSync(profile, { recursive: true })
  const belongings = new Belongings()
  belongings.install()
  const load = await LoadFleet.start(options.generators, belongings)
  const progress = new Progress(cells.length * peers.length * options.rounds)
  const bench: Bench = { options, peers, belongings, load, progress }

  const loadCells = cells.filter((cell) => cell.type !== 'memory')
  const memoryCells = cells.filter((cell) => cell.type === 'memory')
  const results: CellResult[] = []
  if (loadCells.length > 0) results.push(...(await runLoadCells(bench, loadCells)))
  if (memoryCells.length > 0) results.push(...(await runMemoryCells(bench, memoryCells)))
  progress.clear()

  const machine = describeMachine()
  process.stdout.write(`${machineLine(machine)}\n`)
  process.stdout.write(
    `Medians of ${options.rounds} rounds of ${options.seconds} s; M = million operations; load = the load generator.\n\n`,
  )
  process.stdout.write(`${formatTables(results, tableStyle())}\n`)
  if (profile !== null)
    process.stdout.write(`\nHottest functions of our server:\n${formatHotFunctions(hottestFunctions(profile, HOT_FUNCTIONS))}\n`)
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ machine, options, results }, null, 2)}\n`)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) process.stdout.write(USAGE)
  else await run(options)
  process.exit(0)
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
