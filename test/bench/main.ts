// bench: runs the cells on our server and on Apache ZooKeeper in turn, and prints medians and ratios. See docs/benchmarks.md.

import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Bench } from './bench.ts'
import { alternate } from './bench.ts'
import type { Cell, ClientCell, ScaleCell, ServerCell } from './cells.ts'
import { chooseCells } from './cells.ts'
import { Belongings } from './cleanup.ts'
import { formatClientTable } from './client-report.ts'
import { clientLine, clientProfile, clientSteps, runClientCells } from './client-run.ts'
import { LoadFleet } from './load-fleet.ts'
import { describeMachine, machineLine } from './machine.ts'
import type { LoadTarget, MemorySample, Sample } from './measure.ts'
import { measureLoad, measureMemory, warmUp } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { readOptions, USAGE } from './options.ts'
import type { Peer } from './peers.ts'
import { commandPeer, hasZookeeper, ourPeer, zookeeperPeer } from './peers.ts'
import { formatHotFunctions, hottestFunctions } from './profile-summary.ts'
import { Progress } from './progress.ts'
import { untilAllRest } from './quiet.ts'
import type { CellResult } from './report.ts'
import { formatTables } from './report.ts'
import { RunningEnsemble } from './running-ensemble.ts'
import { RunningServer } from './running-server.ts'
import { formatScaleTable } from './scale-report.ts'
import { checkOpenFiles, runScaleCells, scaleLine, scaleSteps } from './scale-run.ts'
import type { TableStyle } from './table.ts'
import { COLOUR_STYLE, PLAIN_STYLE } from './table.ts'

const CELL_WARM_MS = 500
const SESSIONS = 2000
const ZNODES = 200_000
const QUICK_ZNODES = 50_000
const HOT_FUNCTIONS = 40

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

type LoadCell = Exclude<ServerCell, { type: 'memory' }>

/** All on servers alone, or all on ensembles. */
async function runLoadCells(bench: Bench, cells: readonly LoadCell[], onEnsembles: boolean): Promise<CellResult[]> {
  const { options, peers, belongings, load, progress } = bench
  const servers: (RunningServer | RunningEnsemble)[] = []
  for (const peer of peers) {
    progress.say(`starting ${peer.name}`)
    servers.push(
      onEnsembles ? await RunningEnsemble.start(peer, options.dir, belongings) : await RunningServer.start(peer, options.dir, belongings),
    )
  }
  if (options.warmUp) {
    for (const server of servers) {
      progress.say(`warming up ${server.peer.name} (${server.peer.warmUpSec} s)`)
      await warmUp(server, load, server.peer.warmUpSec)
    }
  }
  const durations = { warmMs: CELL_WARM_MS, measureMs: options.seconds * 1000 }
  const pids = servers.flatMap(({ pid, others }) => [pid, ...others.map((other) => other.pid)])
  const results: CellResult[] = []
  for (const cell of cells) {
    const measure = async (_: Peer, index: number): Promise<Sample> => {
      await untilAllRest(pids)
      return measureLoad(cell, servers[index] as LoadTarget, load, durations)
    }
    results.push(await alternate(bench, cell, options.rounds, measure))
  }
  for (const server of servers) await server.stop()
  return results
}

/** Each measurement on a server of its own: what a heap has grown to in earlier cells would hide what a session takes. */
async function runMemoryCells(bench: Bench, cells: readonly Extract<ServerCell, { type: 'memory' }>[]): Promise<CellResult[]> {
  const { options, belongings, load } = bench
  const results: CellResult[] = []
  for (const cell of cells) {
    const count = cell.what === 'session' ? SESSIONS : options.quick ? QUICK_ZNODES : ZNODES
    const measure = async (peer: Peer): Promise<MemorySample> => {
      const server = await RunningServer.start(peer, options.dir, belongings)
      const sample = await measureMemory(cell.what, server, load, count)
      await server.stop()
      return sample
    }
    results.push(await alternate(bench, cell, options.rounds, measure))
  }
  return results
}

function tableStyle(): TableStyle {
  const { NO_COLOR } = process.env
  const noColour = NO_COLOR !== undefined && NO_COLOR !== ''
  return process.stdout.isTTY === true && !noColour ? COLOUR_STYLE : PLAIN_STYLE
}

function isServerCell(cell: Cell): cell is ServerCell {
  return cell.type !== 'scale' && cell.type !== 'client'
}

function showHotFunctions(title: string, folder: string): void {
  process.stdout.write(`\n${title}:\n${formatHotFunctions(hottestFunctions(folder, HOT_FUNCTIONS))}\n`)
}

async function run(options: BenchOptions): Promise<void> {
  const cells = chooseCells(options.only, options.quick)
  const scaleCells = cells.filter((cell): cell is ScaleCell => cell.type === 'scale')
  const clientCells = cells.filter((cell): cell is ClientCell => cell.type === 'client')
  const serverCells = cells.filter(isServerCell)
  checkOpenFiles(scaleCells, options)
  const peers = choosePeers(options)
  const profile = options.profile === null ? null : resolve(options.profile)
  if (profile !== null) mkdirSync(profile, { recursive: true })
  const belongings = new Belongings()
  belongings.install()
  const load = await LoadFleet.start(options.generators, belongings)
  const loadCells = serverCells.filter((cell) => cell.type !== 'memory')
  const memoryCells = serverCells.filter((cell) => cell.type === 'memory')
  const progress = new Progress()
  const bench: Bench = { options, peers, belongings, load, progress }
  const serverSteps = serverCells.length * peers.length * options.rounds
  progress.expect(serverSteps + scaleSteps(bench, scaleCells) + clientSteps(bench, clientCells))
  const results: CellResult[] = []
  const alone = loadCells.filter(({ ensemble }) => ensemble !== true)
  const ensembles = loadCells.filter(({ ensemble }) => ensemble === true)
  if (alone.length > 0) results.push(...(await runLoadCells(bench, alone, false)))
  if (ensembles.length > 0) results.push(...(await runLoadCells(bench, ensembles, true)))
  if (memoryCells.length > 0) results.push(...(await runMemoryCells(bench, memoryCells)))
  if (scaleCells.length > 0) results.push(...(await runScaleCells(bench, scaleCells)))
  const clientResults = clientCells.length > 0 ? await runClientCells(bench, clientCells) : []
  progress.clear()

  const machine = describeMachine()
  process.stdout.write(`${machineLine(machine)}\n`)
  if (serverCells.length > 0) {
    const how = `Medians of ${options.rounds} rounds of ${options.seconds} s; M = million operations; load = the load generator.`
    process.stdout.write(`${how}\n\n${formatTables(results, tableStyle())}\n\n`)
  }
  if (scaleCells.length > 0) process.stdout.write(`${scaleLine(options)}\n\n${formatScaleTable(results, tableStyle())}\n`)
  if (clientCells.length > 0) process.stdout.write(`${clientLine(options)}\n\n${formatClientTable(clientResults, tableStyle())}\n`)
  if (profile !== null) {
    showHotFunctions('Hottest functions of our server', profile)
    if (clientCells.some(({ what }) => what === 'load'))
      showHotFunctions('Hottest functions of our client', clientProfile(profile, 'zoarium'))
  }
  if (options.json !== null)
    writeFileSync(options.json, `${JSON.stringify({ machine, options, results: [...results, ...clientResults] }, null, 2)}\n`)
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
