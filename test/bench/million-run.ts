// bench: a million znodes on each server in turn, and everything that is measured on them.
//
//   fresh server -> warm-up -> load -> memory -> stop -> start, first read -> memory -> kill -9 -> start, first read -> stop
//                                                              in the last round: writes with and without snapshots (snapshot-run.ts)

import type { Bench } from './bench.ts'
import { onPeer } from './bench.ts'
import type { TreeShape } from './big-tree.ts'
import { makeDirectories, PER_DIRECTORY, znodeData, znodePath } from './big-tree.ts'
import type { ScaleCell, ScaleCellId } from './cells.ts'
import { allocatedBytes } from './directory-size.ts'
import type { FirstRead, ReadTarget } from './first-read.ts'
import { firstRead } from './first-read.ts'
import type { ScaleSample } from './measure.ts'
import { warmUp } from './measure.ts'
import { FULL_ZNODES } from './options.ts'
import type { Peer } from './peers.ts'
import { dataFolder } from './peers.ts'
import { peakResidentBytes, residentBytes } from './proc-stat.ts'
import { untilQuiet } from './quiet.ts'
import type { CellResult } from './report.ts'
import { RunningServer } from './running-server.ts'
import { measureSnapshots } from './snapshot-run.ts'

const CONNECTIONS = 16
const IN_FLIGHT = 16

/** The cells that share one load, so that a million znodes are not made for each of them. */
export const ON_THE_TREE: readonly ScaleCellId[] = ['load-million', 'memory-million', 'start-million', 'snapshot-under-load']

type Samples = Map<ScaleCellId, ScaleSample[][]>

/** Starts a server on an empty folder and brings it to its speed. */
async function freshServer(bench: Bench, peer: Peer): Promise<RunningServer> {
  const { options, belongings, load, progress } = bench
  const server = await RunningServer.start(peer, options.dir, belongings)
  if (options.warmUp) {
    progress.say(`warming up ${peer.name} (${peer.warmUpSec} s)`)
    await warmUp(server, load, peer.warmUpSec)
  }
  return server
}

/** Makes all znodes of the tree, as fast as the server takes them. The directories are made before the clock starts. */
async function loadTree(bench: Bench, server: RunningServer, shape: TreeShape): Promise<ScaleSample> {
  await makeDirectories(server.port, shape)
  const result = await bench.load.run({
    type: 'fill',
    port: server.port,
    serverPid: server.pid,
    ...shape,
    connections: CONNECTIONS,
    firstConnection: 0,
    allConnections: CONNECTIONS,
    inFlight: IN_FLIGHT,
  })
  if (result.operations !== shape.znodes) throw new Error(`${result.operations} znodes were made, not ${shape.znodes}`)
  const figures = {
    scale: shape.znodes / FULL_ZNODES,
    znodes: result.operations,
    elapsedSec: result.elapsedSec,
    znodesPerSec: result.operations / result.elapsedSec,
    cpuSec: result.serverCpuSec,
    generatorCpuSec: result.generatorCpuSec,
  }
  return { kind: 'scale', figures }
}

interface Restart {
  readonly server: RunningServer
  readonly read: FirstRead
}

async function restart(bench: Bench, peer: Peer, folder: string, target: ReadTarget): Promise<Restart> {
  const server = await RunningServer.launch(peer, folder, bench.belongings)
  return { server, read: await firstRead(server, target) }
}

async function oneRound(bench: Bench, peer: Peer, isLast: boolean, keep: (id: ScaleCellId, sample: ScaleSample) => void): Promise<void> {
  const { progress } = bench
  const shape: TreeShape = { znodes: bench.options.znodes, perDirectory: PER_DIRECTORY }
  // The znode that was made last.
  const target: ReadTarget = { path: znodePath(shape.znodes - 1, shape), data: znodeData(shape.znodes - 1) }
  const loaded = await freshServer(bench, peer)
  const { folder } = loaded
  progress.say(`loading ${shape.znodes} znodes into ${peer.name}`)
  const load = await loadTree(bench, loaded, shape)
  keep('load-million', load)
  await untilQuiet(loaded)
  const loadedBytes = residentBytes(loaded.pid)
  const loadedPeakBytes = peakResidentBytes(loaded.pid)

  progress.say(`starting ${peer.name} on ${shape.znodes} znodes, after a stop`)
  await loaded.stopKeepingData()
  const dataBytes = allocatedBytes(dataFolder(folder))
  const stopped = await restart(bench, peer, folder, target)
  await untilQuiet(stopped.server)
  const { scale = null } = load.figures
  keep('memory-million', {
    kind: 'scale',
    figures: {
      scale,
      loadedBytes,
      loadedPeakBytes,
      restartedBytes: residentBytes(stopped.server.pid),
      restartedPeakBytes: peakResidentBytes(stopped.server.pid),
    },
  })

  progress.say(`starting ${peer.name} on ${shape.znodes} znodes, after kill -9`)
  await stopped.server.kill()
  const killed = await restart(bench, peer, folder, target)
  keep('start-million', {
    kind: 'scale',
    figures: {
      scale,
      dataBytes,
      stoppedSec: stopped.read.sec,
      stoppedCpuSec: stopped.read.cpuSec,
      killedSec: killed.read.sec,
      killedCpuSec: killed.read.cpuSec,
    },
  })
  if (!isLast) {
    await killed.server.kill()
    bench.belongings.removeFolder(folder)
    return
  }
  await untilQuiet(killed.server)
  await killed.server.stopKeepingData()
  for (const sample of await measureSnapshots(bench, peer, folder)) keep('snapshot-under-load', sample)
  bench.belongings.removeFolder(folder)
}

/** Rounds of the shared load: the snapshots alone need no more than one. */
function roundsOf(bench: Bench, cells: readonly ScaleCell[]): number {
  return cells.some(({ id }) => id !== 'snapshot-under-load') ? bench.options.scaleRounds : 1
}

export function treeSteps(bench: Bench, cells: readonly ScaleCell[]): number {
  return cells.length === 0 ? 0 : bench.peers.length * roundsOf(bench, cells)
}

/** Measures those of `ON_THE_TREE` that are in `cells`. */
export async function runOnTree(bench: Bench, cells: readonly ScaleCell[]): Promise<CellResult[]> {
  const { peers, progress } = bench
  const samples: Samples = new Map(cells.map(({ id }) => [id, peers.map(() => [])]))
  const rounds = roundsOf(bench, cells)
  const names = cells.map(({ id }) => id).join(', ')
  for (let round = 1; round <= rounds; round++) {
    const isLast = round === rounds && samples.has('snapshot-under-load')
    for (const [index, peer] of peers.entries()) {
      progress.step(`${names}, round ${round}, ${peer.name}`)
      await onPeer(names, peer, () => oneRound(bench, peer, isLast, (id, sample) => samples.get(id)?.[index]?.push(sample)))
    }
  }
  return cells.map((cell) => ({
    cell,
    peers: peers.map(({ name }, index) => ({ peer: name, samples: samples.get(cell.id)?.[index] ?? [] })),
  }))
}

/** The same number of znodes in one directory. */
export async function measureFlatLoad(bench: Bench, peer: Peer): Promise<ScaleSample> {
  const { znodes } = bench.options
  const server = await freshServer(bench, peer)
  const sample = await loadTree(bench, server, { znodes, perDirectory: znodes })
  await server.stop()
  return sample
}
