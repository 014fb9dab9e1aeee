// bench: writes many times what a server may keep, and looks at the size of its data directory all the time.

import { setTimeout as delay } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import type { SizeSample } from './directory-size.ts'
import { allocatedBytes, largestByHalf } from './directory-size.ts'
import type { ClosedLoopJob } from './job.ts'
import type { ScaleSample } from './measure.ts'
import type { Peer } from './peers.ts'
import { dataFolder } from './peers.ts'
import { diskWriteBytes } from './proc-stat.ts'
import { untilQuiet } from './quiet.ts'
import { RunningServer } from './running-server.ts'

const VALUE_BYTES = 4096
/** 64 znodes each: 256 in all. */
const CONNECTIONS = 4
const IN_FLIGHT = 64
const EVERY_ENTRIES = 2000
const SLICE_MS = 2000
const LOOK_EVERY_MS = 100
/** How many times its largest size is written, if the directory stays bounded. */
const TURNOVER = 50
const QUICK_TURNOVER = 5
/** If it does not, the run ends here: 50 times a size that no bounded directory reaches with these settings. */
const GIVE_UP_BYTES = TURNOVER * 400e6

async function watchSize<T>(folder: string, written: () => number, samples: SizeSample[], work: Promise<T>): Promise<T> {
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      samples.push({ written: written(), bytes: allocatedBytes(folder) })
      await delay(LOOK_EVERY_MS)
    }
  })()
  try {
    return await work
  } finally {
    isOver = true
    await watching
  }
}

function overwriteJob(server: RunningServer, run: string): ClosedLoopJob {
  return {
    type: 'closed',
    port: server.port,
    serverPid: server.pid,
    mix: 'write',
    connections: CONNECTIONS,
    firstConnection: 0,
    inFlight: IN_FLIGHT,
    dataBytes: VALUE_BYTES,
    run,
    warmMs: 0,
    measureMs: SLICE_MS,
    requestsPerConnection: null,
  }
}

/** Overwrites 256 values of 4 KiB until 50 times the largest size of the data directory was written. Only acknowledged values count. */
export async function measureDiskBound(bench: Bench, peer: Peer): Promise<ScaleSample> {
  const { options, belongings, load, progress } = bench
  const turnover = options.quick ? QUICK_TURNOVER : TURNOVER
  const folder = belongings.makeFolder(options.dir, 'zoarium-bench')
  const server = await RunningServer.launch(peer, folder, belongings, { tuning: { snapshotEveryEntries: EVERY_ENTRIES } })
  await server.becomeReady()
  const samples: SizeSample[] = []
  let written = 0
  let runs = 0
  const largest = (): number => samples.reduce((max, { bytes }) => Math.max(max, bytes), 0)
  const isWritten = (): boolean => written >= Math.min(GIVE_UP_BYTES, turnover * largest())
  const watched = <T>(work: Promise<T>): Promise<T> => watchSize(dataFolder(folder), () => written, samples, work)
  do {
    do {
      const { sentPerConnection } = await watched(load.run(overwriteJob(server, String(runs++))))
      written += VALUE_BYTES * sentPerConnection.reduce((sum, sent) => sum + sent, 0)
      progress.say(`${peer.name}: ${Math.round(written / 1e6)} MB written, directory ${Math.round(largest() / 1e6)} MB at its largest`)
    } while (!isWritten())
    // The last snapshot and the next segment still come, and may be more than there was.
    await watched(untilQuiet(server))
  } while (!isWritten())
  const finalBytes = allocatedBytes(dataFolder(folder))
  const diskBytes = diskWriteBytes(server.pid)
  await server.stop()
  const { first, second } = largestByHalf(samples)
  return {
    kind: 'scale',
    figures: {
      scale: turnover / TURNOVER,
      writtenBytes: written,
      largestBytes: Math.max(first, second),
      largestFirstHalfBytes: first,
      largestSecondHalfBytes: second,
      finalBytes,
      diskBytes,
      timesLargest: written / Math.max(first, second),
      growth: second / first,
    },
  }
}
