// bench: runs the cells of the clients: this package's and node-zookeeper-client in turn, against the same server, each in a process of its own.

import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { takeTurns } from './bench.ts'
import type { ClientCell } from './cells.ts'
import type { ClientLoadJob, ClientName, ClientWorkKind } from './client-job.ts'
import { CLIENT_NAMES } from './client-job.ts'
import { ClientProgram } from './client-program.ts'
import type { ClientResult } from './client-report.ts'
import type { ClientSample } from './measure.ts'
import { warmUp } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { RunningServer } from './running-server.ts'
import { DATA_BYTES, prepareZnodes, putWatched } from './workload.ts'

const CELL_WARM_MS = 500
/** What each client does before anything is measured, so that its code has been compiled. */
const CLIENT_WARM_UP: readonly (readonly [ClientWorkKind, inFlight: number])[] = [
  ['read', 64],
  ['read', 1],
  ['write', 64],
  ['create', 64],
]
const CLIENT_WARM_UP_MS = 2000
const CLIENT_WARM_UP_REPLIES = 20_000
/** Of a measured window. */
const LEAST_REPLIES = 2000
const WATCHES = 20_000
const QUICK_WATCHES = 10_000

let runs = 0

type LoadSize = Pick<ClientLoadJob, 'warmMs' | 'measureMs' | 'leastReplies'>

const WARM_UP_SIZE: LoadSize = { warmMs: 0, measureMs: CLIENT_WARM_UP_MS, leastReplies: CLIENT_WARM_UP_REPLIES }

function loadJob(kind: ClientWorkKind, inFlight: number, size: LoadSize): ClientLoadJob {
  return { type: 'load', kind, inFlight, run: `client-${runs++}`, ...size }
}

/** Where the profiles of a client go below the folder of `--profile`. */
export function clientProfile(profile: string, name: ClientName): string {
  return join(profile, 'client', name)
}

function start(bench: Bench, name: ClientName, server: RunningServer): Promise<ClientProgram> {
  const { profile } = bench.options
  const options = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${clientProfile(profile, name)}`]
  return ClientProgram.start(name, server.port, bench.belongings, options)
}

async function measureClientLoad(program: ClientProgram, job: ClientLoadJob): Promise<ClientSample> {
  const { operations, elapsedSec, cpuSec } = await program.run(job)
  return { kind: 'client', figures: { operations, opsPerCpuSec: operations / cpuSec, opsPerSec: operations / elapsedSec } }
}

/** Leaves watches, looks at the memory, and then has all of them fire: what was measured were watches that work. */
async function measureWatches(bench: Bench, name: ClientName, server: RunningServer, count: number): Promise<ClientSample> {
  const program = await ClientProgram.start(name, server.port, bench.belongings, [])
  const { heapBytes, residentBytes } = await program.run({ type: 'watch', count })
  const watches = count + Math.floor(count / 10)
  const waiting = program.run({ type: 'events' })
  await putWatched(server.port, watches)
  const { events } = await waiting
  if (events !== watches) throw new Error(`${name}: ${events} events of ${watches} watches`)
  await program.stop()
  const thousands = count / 1000
  return { kind: 'client', figures: { heapPerThousand: heapBytes / thousands, residentPerThousand: residentBytes / thousands } }
}

async function runOnServer(bench: Bench, cells: readonly ClientCell[], server: RunningServer): Promise<ClientResult[]> {
  const { options, progress, load } = bench
  if (options.warmUp) {
    progress.say(`warming up ${server.peer.name} (${server.peer.warmUpSec} s)`)
    await warmUp(server, load, server.peer.warmUpSec)
  }
  await prepareZnodes(server.port, 0, 1, DATA_BYTES)
  const programs: ClientProgram[] = []
  if (cells.some(({ what }) => what === 'load')) {
    for (const name of CLIENT_NAMES) programs.push(await start(bench, name, server))
  }
  for (const program of options.warmUp ? programs : []) {
    progress.say(`warming up ${program.name}`)
    for (const [kind, inFlight] of CLIENT_WARM_UP) await program.run(loadJob(kind, inFlight, WARM_UP_SIZE))
  }
  const results: ClientResult[] = []
  for (const cell of cells) results.push({ ...(await runCell(bench, cell, server, programs)), server: server.peer.name })
  for (const program of programs) await program.stop()
  return results
}

async function runCell(
  bench: Bench,
  cell: ClientCell,
  server: RunningServer,
  programs: readonly ClientProgram[],
): Promise<Omit<ClientResult, 'server'>> {
  const { clientRounds, seconds, quick } = bench.options
  if (cell.what === 'load') {
    const size = { warmMs: CELL_WARM_MS, measureMs: seconds * 1000, leastReplies: LEAST_REPLIES }
    return takeTurns(bench, cell, clientRounds, programs, (program) => measureClientLoad(program, loadJob(cell.kind, cell.inFlight, size)))
  }
  const count = quick ? QUICK_WATCHES : WATCHES
  await putWatched(server.port, count + Math.floor(count / 10))
  const clients = CLIENT_NAMES.map((name) => ({ name }))
  return takeTurns(bench, cell, clientRounds, clients, ({ name }) => measureWatches(bench, name, server, count))
}

/** How many steps of progress {@link runClientCells} makes. */
export function clientSteps({ options, peers }: Bench, cells: readonly ClientCell[]): number {
  return cells.length * peers.length * CLIENT_NAMES.length * options.clientRounds
}

/** On one server after the other. */
export async function runClientCells(bench: Bench, cells: readonly ClientCell[]): Promise<ClientResult[]> {
  const results: ClientResult[] = []
  for (const peer of bench.peers) {
    bench.progress.say(`starting ${peer.name}`)
    const server = await RunningServer.start(peer, bench.options.dir, bench.belongings)
    results.push(...(await runOnServer(bench, cells, server)))
    await server.stop()
  }
  return results
}

/** One line that says what the figures of these cells were measured with. */
export function clientLine({ clientRounds, seconds, quick }: BenchOptions): string {
  const watches = quick ? QUICK_WATCHES : WATCHES
  return `Clients: medians of ${clientRounds} rounds of ${seconds} s, ${watches} watches; CPU s of the client's process; KB = 1,000 bytes.`
}
