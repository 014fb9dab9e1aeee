// bench: the parent's side of the load processes: splits a job between them and joins what they saw.

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Belongings } from './cleanup.ts'
import { Histogram } from './histogram.ts'
import type { ClosedLoopJob, FromLoadProcess, Job, JobResult, OpenLoopJob, ToLoadProcess } from './job.ts'
import { bindToLastCore } from './last-core.ts'

// Compiled beside this file.
const PROGRAM = fileURLToPath(new URL('./load-process.js', import.meta.url))

class LoadProcess {
  readonly #child: ChildProcess
  #settle: ((message: FromLoadProcess) => void) | null = null

  private constructor(child: ChildProcess, onDeath: (error: Error) => void) {
    this.#child = child
    child.on('message', (message: FromLoadProcess) => this.#settle?.(message))
    child.on('exit', (code, signal) => onDeath(new Error(`a load process ended (${signal ?? code})`)))
  }

  static async start(onDeath: (error: Error) => void): Promise<LoadProcess> {
    const child = fork(PROGRAM, { execArgv: ['--max-semi-space-size=32'] })
    const load = new LoadProcess(child, onDeath)
    bindToLastCore(child.pid ?? 0)
    await load.#next()
    return load
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  post(message: ToLoadProcess): void {
    if (this.#child.connected) this.#child.send(message)
  }

  async run(job: Job): Promise<JobResult> {
    const answer = this.#next()
    this.post({ type: 'job', job })
    const message = await answer
    if (message.type === 'result') return message.result
    throw new Error(message.type === 'failed' ? message.reason : 'a load process started twice')
  }

  #next(): Promise<FromLoadProcess> {
    return new Promise((resolve) => {
      this.#settle = resolve
    })
  }
}

/** How many of `total` fall to process `index` of `processes`. */
export function shareOf(total: number, index: number, processes: number): number {
  return Math.floor(((index + 1) * total) / processes) - Math.floor((index * total) / processes)
}

function splitJob(job: Job, index: number, processes: number): Job {
  switch (job.type) {
    case 'closed':
    case 'open':
    case 'fill': {
      const connections = shareOf(job.connections, index, processes)
      const before = Math.floor((index * job.connections) / processes)
      const part = { connections, firstConnection: job.firstConnection + before }
      if (job.type === 'fill') return { ...job, ...part }
      if (job.type === 'open')
        return { ...job, ...part, ratePerSec: (job.ratePerSec * connections) / job.connections } satisfies OpenLoopJob
      const requestsPerConnection = job.requestsPerConnection?.slice(before, before + connections) ?? null
      return { ...job, ...part, requestsPerConnection } satisfies ClosedLoopJob
    }
    case 'connect':
      return { ...job, lanes: shareOf(job.lanes, index, processes) }
    case 'hold':
      return { ...job, count: shareOf(job.count, index, processes) }
  }
}

function mergeHistograms(parts: readonly (JobResult['latency'] | null)[]): JobResult['sendDelay'] {
  const merged = new Histogram()
  for (const part of parts) {
    if (part !== null) merged.merge(Histogram.from(part))
  }
  return merged.count === 0 ? null : merged.toData()
}

/** The windows of the processes are as long as each other and start within a millisecond or so; the first one's server CPU counts. */
export function joinResults(results: readonly JobResult[]): JobResult {
  const [first] = results
  if (first === undefined) throw new Error('no results to join')
  return {
    operations: results.reduce((sum, r) => sum + r.operations, 0),
    elapsedSec: results.reduce((sum, r) => sum + r.elapsedSec, 0) / results.length,
    serverCpuSec: first.serverCpuSec,
    generatorCpuSec: results.reduce((sum, r) => sum + r.generatorCpuSec, 0),
    latency: mergeHistograms(results.map((r) => r.latency)) ?? first.latency,
    sendDelay: mergeHistograms(results.map((r) => r.sendDelay)),
    sentPerConnection: results.flatMap((r) => r.sentPerConnection),
  }
}

export class LoadFleet {
  readonly #processes: readonly LoadProcess[]
  readonly #death: Promise<never>

  private constructor(processes: readonly LoadProcess[], death: Promise<never>) {
    this.#processes = processes
    this.#death = death
  }

  static async start(count: number, belongings: Belongings): Promise<LoadFleet> {
    let die: (error: Error) => void = () => {}
    const death = new Promise<never>((_, reject) => {
      die = reject
    })
    death.catch(() => {})
    const processes = await Promise.race([Promise.all(Array.from({ length: count }, () => LoadProcess.start(die))), death])
    for (const { pid } of processes) belongings.addProcess(pid)
    belongings.onChange((estate) => {
      const own = new Set(processes.map(({ pid }) => pid))
      processes[0]?.post({ type: 'estate', estate: { ...estate, pids: estate.pids.filter((pid) => !own.has(pid)) } })
    })
    return new LoadFleet(processes, death)
  }

  async run(job: Job): Promise<JobResult> {
    // A process without a share (fewer connections than processes) has nothing to say.
    const width = 'connections' in job ? Math.min(job.connections, this.#processes.length) : this.#processes.length
    const working = this.#processes.slice(0, width)
    const parts = working.map((load, index) => load.run(splitJob(job, index, width)))
    return joinResults(await Promise.race([Promise.all(parts), this.#death]))
  }
}
