// bench: what the parent asks a load process to do and what comes back. Plain JSON: it crosses a process border.

import type { HistogramData } from './histogram.ts'

/** Which requests a connection sends, round and round. */
export type Mix = 'read' | 'write' | 'mixed' | 'multi' | 'create' | 'delete'

/** The other servers of an ensemble. */
export interface OtherServer {
  readonly port: number
  readonly pid: number
}

interface JobBase {
  readonly port: number
  /** The server's process, whose CPU time is read at both ends of the measured window. */
  readonly serverPid: number
  /** Of an ensemble: connections go round all servers, and the CPU times of all are added up. */
  readonly others?: readonly OtherServer[]
}

/** Where connection `number` goes. */
export function portFor({ port, others = [] }: JobBase, number: number): number {
  const turn = number % (others.length + 1)
  return turn === 0 ? port : (others[turn - 1]?.port ?? port)
}

export function serverPids({ serverPid, others = [] }: JobBase): readonly number[] {
  return [serverPid, ...others.map(({ pid }) => pid)]
}

/** `connections` connections with `inFlight` requests in flight on each, all the time. */
export interface ClosedLoopJob extends JobBase {
  readonly type: 'closed'
  readonly mix: Mix
  readonly connections: number
  /** The number of this process's first connection; names of znodes derive from it. */
  readonly firstConnection: number
  readonly inFlight: number
  readonly warmMs: number
  readonly measureMs: number
  /** Data of each znode. */
  readonly dataBytes: number
  /** Part of the names that `create` makes and `delete` removes. */
  readonly run: string
  /** Stop after so many requests on each connection (-1: by time alone); without a warm-up the window is then what it took. */
  readonly requestsPerConnection: readonly number[] | null
}

/** `ratePerSec` requests a second, each due at its own moment, whether or not earlier ones were answered. */
export interface OpenLoopJob extends JobBase {
  readonly type: 'open'
  readonly mix: Mix
  readonly connections: number
  readonly firstConnection: number
  readonly ratePerSec: number
  /** How often due requests are looked for; 0: all the time, which takes a core and makes latencies exact to a tenth of a millisecond. */
  readonly tickMs: number
  readonly warmMs: number
  readonly measureMs: number
}

/** Makes `znodes` znodes of the large tree (big-tree.ts), whose directories are there. `connections` connections share them out. */
export interface FillJob extends JobBase {
  readonly type: 'fill'
  readonly znodes: number
  readonly perDirectory: number
  readonly connections: number
  readonly firstConnection: number
  /** Of all load processes; a connection's share of the znodes depends on it. */
  readonly allConnections: number
  readonly inFlight: number
}

/** `lanes` clients that connect, close their session, and start again. */
export interface ConnectJob extends JobBase {
  readonly type: 'connect'
  readonly lanes: number
  readonly warmMs: number
  readonly measureMs: number
}

/** Opens `count` sessions and keeps them until the next job of this type (0 releases). */
export interface HoldSessionsJob extends JobBase {
  readonly type: 'hold'
  readonly count: number
}

export type Job = ClosedLoopJob | OpenLoopJob | FillJob | ConnectJob | HoldSessionsJob

/** What one load process saw in its window. */
export interface JobResult {
  /** Right replies (or whole connect-and-close cycles) in the window. */
  readonly operations: number
  readonly elapsedSec: number
  readonly serverCpuSec: number
  readonly generatorCpuSec: number
  readonly latency: HistogramData
  /** Open loop: how late requests left; this is the generator's fault, not the server's. */
  readonly sendDelay: HistogramData | null
  /** Requests sent on each connection over the whole job. */
  readonly sentPerConnection: readonly number[]
}

/** What must be undone if the parent dies without a chance to do it. */
export interface Estate {
  readonly pids: readonly number[]
  readonly folders: readonly string[]
}

export type ToLoadProcess = { readonly type: 'job'; readonly job: Job } | { readonly type: 'estate'; readonly estate: Estate }
export type FromLoadProcess =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: JobResult }
  | { readonly type: 'failed'; readonly reason: string }
