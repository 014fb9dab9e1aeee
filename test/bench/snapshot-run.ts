// bench: writes at a steady rate on the large tree, without a snapshot and with one after the other, in turn.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import type { EventLoopReport } from './event-loop-delay.ts'
import { askEventLoop, probeEnvironment } from './event-loop-delay.ts'
import { firstRead } from './first-read.ts'
import { Histogram } from './histogram.ts'
import type { OpenLoopJob } from './job.ts'
import type { ScaleSample } from './measure.ts'
import { warmUp } from './measure.ts'
import { FULL_ZNODES } from './options.ts'
import type { Peer } from './peers.ts'
import { dataFolder } from './peers.ts'
import { untilQuiet } from './quiet.ts'
import { RunningServer } from './running-server.ts'
import { snapshotsIn } from './snapshot-log.ts'

/** A generator that looks all the time would leave the server and its disk threads one core of two, and be measured with them. */
const TICK_MS = 5
const RATE_PER_SEC = 2000
const CONNECTIONS = 16
const WARM_MS = 2000
const NEVER = 1_000_000_000
/** How long, and how many entries lie between two snapshots: about four of them fall into a run. */
const FULL = { measureMs: 40_000, everyEntries: 20_000 }
const QUICK = { measureMs: 10_000, everyEntries: 5000 }
const ZOOKEEPER_SNAPSHOT = /^snapshot\./

interface Snapshots {
  readonly count: number
  readonly longestSliceMs: number | null
  /** Time from the beginning of a snapshot to its end, all of them together. */
  readonly tookMs: number | null
}

/** The snapshots that a server has made since `before`. ZooKeeper, which has no logger here, tells by its files; it removes none. */
class SnapshotWatch {
  readonly #server: RunningServer
  readonly #before: number

  constructor(server: RunningServer) {
    this.#server = server
    this.#before = server.peer.kind === 'zookeeper' ? this.#files() : server.log().length
  }

  seen(): Snapshots {
    if (this.#server.peer.kind === 'zookeeper') return { count: this.#files() - this.#before, longestSliceMs: null, tookMs: null }
    const snapshots = snapshotsIn(this.#server.log().slice(this.#before))
    const slices = snapshots.flatMap(({ longestSliceMs }) => (longestSliceMs === null ? [] : [longestSliceMs]))
    return {
      count: snapshots.length,
      longestSliceMs: slices.length === 0 ? null : Math.max(...slices),
      tookMs: snapshots.reduce((sum, { tookMs }) => sum + tookMs, 0),
    }
  }

  #files(): number {
    return readdirSync(join(dataFolder(this.#server.folder), 'version-2')).filter((name) => ZOOKEEPER_SNAPSHOT.test(name)).length
  }
}

interface Run {
  readonly writes: Histogram
  readonly eventLoop: EventLoopReport | null
  readonly snapshots: Snapshots
}

async function oneRun(bench: Bench, peer: Peer, folder: string, everyEntries: number, measureMs: number): Promise<Run> {
  const { options, belongings, load, progress } = bench
  const server = await RunningServer.launch(peer, folder, belongings, {
    tuning: { snapshotEveryEntries: everyEntries },
    env: peer.kind === 'zoarium' ? probeEnvironment(folder) : {},
  })
  await firstRead(server, { path: '/', data: null })
  if (options.warmUp) await warmUp(server, load, peer.warmUpSec)
  await untilQuiet(server)
  const what = everyEntries === NEVER ? 'no snapshots' : `a snapshot every ${everyEntries} entries`
  progress.say(`${peer.name}: ${RATE_PER_SEC} writes/s, ${what}, ${measureMs / 1000} s`)
  const job: Omit<OpenLoopJob, 'warmMs' | 'measureMs'> = {
    type: 'open',
    port: server.port,
    serverPid: server.pid,
    mix: 'write',
    connections: CONNECTIONS,
    firstConnection: 0,
    ratePerSec: RATE_PER_SEC,
    tickMs: TICK_MS,
  }
  await load.run({ ...job, warmMs: 0, measureMs: WARM_MS })
  if (peer.kind === 'zoarium') await askEventLoop(server)
  const watch = new SnapshotWatch(server)
  const result = await load.run({ ...job, warmMs: 0, measureMs })
  const eventLoop = peer.kind === 'zoarium' ? await askEventLoop(server) : null
  const snapshots = watch.seen()
  await untilQuiet(server)
  await server.stopKeepingData()
  return { writes: Histogram.from(result.latency), eventLoop, snapshots }
}

function figuresOf(prefix: 'quiet' | 'snapshot', { writes, eventLoop, snapshots }: Run): Record<string, number | null> {
  return {
    [`${prefix}DelayP99Ms`]: eventLoop?.p99Ms ?? null,
    [`${prefix}DelayP999Ms`]: eventLoop?.p999Ms ?? null,
    [`${prefix}DelayMaxMs`]: eventLoop?.maxMs ?? null,
    [`${prefix}LongestGcMs`]: eventLoop?.longestGcMs ?? null,
    [`${prefix}GcMs`]: eventLoop?.gcMs ?? null,
    [`${prefix}WriteP50Ms`]: writes.percentile(50) / 1000,
    [`${prefix}WriteP99Ms`]: writes.percentile(99) / 1000,
    [`${prefix}WriteP999Ms`]: writes.percentile(99.9) / 1000,
    [`${prefix}WriteMaxMs`]: writes.maxUs / 1000,
    [`${prefix}Count`]: snapshots.count,
  }
}

/** Runs on the data in `folder`, each on a server of its own: without snapshots, with snapshots, and again. A sample is one such pair. */
export async function measureSnapshots(bench: Bench, peer: Peer, folder: string): Promise<ScaleSample[]> {
  const { quick, scaleRounds, znodes } = bench.options
  const { measureMs, everyEntries } = quick ? QUICK : FULL
  const samples: ScaleSample[] = []
  for (let round = 0; round < scaleRounds; round++) {
    const quiet = await oneRun(bench, peer, folder, NEVER, measureMs)
    const busy = await oneRun(bench, peer, folder, everyEntries, measureMs)
    const delays = { quiet: quiet.eventLoop?.p999Ms ?? null, busy: busy.eventLoop?.p999Ms ?? null }
    samples.push({
      kind: 'scale',
      figures: {
        scale: (znodes / FULL_ZNODES) * (measureMs / FULL.measureMs),
        ...figuresOf('quiet', quiet),
        ...figuresOf('snapshot', busy),
        longestSliceMs: busy.snapshots.longestSliceMs,
        snapshotShare: busy.snapshots.tookMs === null ? null : busy.snapshots.tookMs / measureMs,
        delayRatio: delays.quiet === null || delays.busy === null || delays.quiet === 0 ? null : delays.busy / delays.quiet,
      },
    })
  }
  return samples
}
