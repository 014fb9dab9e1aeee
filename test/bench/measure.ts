// bench: one measurement of one cell on one server.

import type { ServerCell } from './cells.ts'
import { Histogram } from './histogram.ts'
import type { JobResult, Mix, OtherServer } from './job.ts'
import type { LoadFleet } from './load-fleet.ts'
import { residentBytes } from './proc-stat.ts'
import { DATA_BYTES } from './workload.ts'

/** Figures of a cell that is load. */
export interface LoadSample {
  readonly kind: 'load'
  readonly operations: number
  readonly opsPerSec: number
  readonly opsPerCpuSec: number
  /** Server CPU seconds per million operations. */
  readonly cpuSecPerMillion: number
  readonly generatorCpuSecPerMillion: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
  /** Open loop only: how late the generator sent, 99th percentile. */
  readonly sendDelayP99Us: number | null
}

/** Figures of a cell that is memory. */
export interface MemorySample {
  readonly kind: 'memory'
  readonly count: number
  readonly beforeBytes: number
  readonly afterBytes: number
  readonly bytesEach: number
}

/** Figures of a cell at the scale of a million znodes, by name; null: this server cannot tell. */
export interface ScaleSample {
  readonly kind: 'scale'
  readonly figures: Readonly<Record<string, number | null>>
}

/** Figures of a client, by name. */
export interface ClientSample {
  readonly kind: 'client'
  readonly figures: Readonly<Record<string, number>>
}

export type Sample = LoadSample | MemorySample | ScaleSample | ClientSample

export interface Durations {
  /** Load before the window opens; the server is warm already, the connections are not. */
  readonly warmMs: number
  readonly measureMs: number
}

const CREATE_IN_FLIGHT = 16
const CREATE_CONNECTIONS = 16

/** A server under load, or an ensemble of them. */
export interface LoadTarget {
  readonly port: number
  readonly pid: number
  readonly others: readonly OtherServer[]
}

let runs = 0

/** Names that no earlier run in this process has used. */
function nextRun(): string {
  return String(runs++).padStart(5, '0')
}

function loadSample(result: JobResult): LoadSample {
  const latency = Histogram.from(result.latency)
  const millions = result.operations / 1e6
  return {
    kind: 'load',
    operations: result.operations,
    opsPerSec: result.operations / result.elapsedSec,
    opsPerCpuSec: result.serverCpuSec > 0 ? result.operations / result.serverCpuSec : Number.NaN,
    cpuSecPerMillion: result.serverCpuSec / millions,
    generatorCpuSecPerMillion: result.generatorCpuSec / millions,
    p50Us: latency.percentile(50),
    p99Us: latency.percentile(99),
    maxUs: latency.maxUs,
    sendDelayP99Us: result.sendDelay === null ? null : Histogram.from(result.sendDelay).percentile(99),
  }
}

async function runMix(
  load: LoadFleet,
  server: LoadTarget,
  mix: Mix,
  connections: number,
  inFlight: number,
  durations: Durations,
): Promise<JobResult> {
  const run = nextRun()
  const base = {
    type: 'closed',
    port: server.port,
    serverPid: server.pid,
    others: server.others,
    connections,
    firstConnection: 0,
    inFlight,
    dataBytes: DATA_BYTES,
    run,
  } as const
  const result = await load.run({ ...base, ...durations, mix, requestsPerConnection: null })
  // What a cell has made goes again, so that the next one finds a tree as small as before.
  if (mix === 'create') {
    await load.run({ ...base, ...durations, inFlight: 16, mix: 'delete', requestsPerConnection: result.sentPerConnection })
  }
  return result
}

/** Measures a cell that is load. */
export async function measureLoad(
  cell: Exclude<ServerCell, { type: 'memory' }>,
  server: LoadTarget,
  load: LoadFleet,
  durations: Durations,
): Promise<LoadSample> {
  const base = { port: server.port, serverPid: server.pid, others: server.others, ...durations }
  switch (cell.type) {
    case 'closed':
      return loadSample(await runMix(load, server, cell.mix, cell.connections, cell.inFlight, durations))
    case 'open': {
      const { mix, connections, ratePerSec } = cell
      // Three servers need every core: there no core is spent on looking at the clock.
      const tickMs = cell.ensemble === true ? 1 : 0
      return loadSample(await load.run({ ...base, type: 'open', mix, connections, firstConnection: 0, ratePerSec, tickMs }))
    }
    case 'connect':
      return loadSample(await load.run({ ...base, type: 'connect', lanes: cell.lanes }))
  }
}

/** Load of every kind, so that what is measured later has been compiled. */
export async function warmUp(server: LoadTarget, load: LoadFleet, seconds: number): Promise<void> {
  const shares: readonly (readonly [Mix, number, number, number])[] = [
    ['read', 16, 16, 0.25],
    ['write', 16, 16, 0.25],
    ['mixed', 16, 1, 0.15],
    ['multi', 16, 16, 0.1],
    ['create', 16, 16, 0.1],
    ['write', 1, 1, 0.15],
  ]
  for (const [mix, connections, inFlight, share] of shares) {
    await runMix(load, server, mix, connections, inFlight, { warmMs: 0, measureMs: seconds * 1000 * share })
  }
}

const SETTLE_MS = 2000
const FIRST_SESSIONS = 100
const FIRST_ZNODES = 2000

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

/** Resident memory per idle session or znode, on a server that was started for this: growth over `count` of them. */
export async function measureMemory(what: 'session' | 'znode', server: LoadTarget, load: LoadFleet, count: number): Promise<MemorySample> {
  const base = { port: server.port, serverPid: server.pid }
  const grow = async (n: number): Promise<void> => {
    if (what === 'session') {
      await load.run({ ...base, type: 'hold', count: n })
      return
    }
    const perConnection = Math.ceil(n / CREATE_CONNECTIONS)
    await load.run({
      ...base,
      type: 'closed',
      mix: 'create',
      connections: CREATE_CONNECTIONS,
      firstConnection: 0,
      inFlight: CREATE_IN_FLIGHT,
      dataBytes: DATA_BYTES,
      warmMs: 0,
      measureMs: 0,
      run: nextRun(),
      requestsPerConnection: new Array<number>(CREATE_CONNECTIONS).fill(perConnection),
    })
  }
  // The first few load code and grow buffers; they are no measure of the later ones.
  await grow(what === 'session' ? FIRST_SESSIONS : FIRST_ZNODES)
  await settle()
  const beforeBytes = residentBytes(server.pid)
  await grow(count)
  await settle()
  const afterBytes = residentBytes(server.pid)
  if (what === 'session') await load.run({ ...base, type: 'hold', count: 0 })
  // The first sessions were closed for the many; the first znodes are still there.
  const grown = what === 'session' ? count - FIRST_SESSIONS : count
  return { kind: 'memory', count: grown, beforeBytes, afterBytes, bytesEach: (afterBytes - beforeBytes) / grown }
}
