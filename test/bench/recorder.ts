// bench: the measured window of a job: which replies count, what the server and the generator used meanwhile.

import { Histogram } from './histogram.ts'
import type { JobResult } from './job.ts'
import { cpuSeconds } from './proc-stat.ts'

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * Which moment decides whether a request belongs to the window: its reply (closed loop: what was completed), or its start (open loop:
 * everything that was due, however late it was answered).
 */
export type CountBy = 'reply' | 'start'

export class Recorder {
  readonly latency: Histogram = new Histogram()
  readonly #serverPids: readonly number[]
  readonly #byStart: boolean
  #fromMs = Number.POSITIVE_INFINITY
  #untilMs = Number.POSITIVE_INFINITY
  #operations = 0
  #serverCpuSec = 0
  #generatorCpuSec = 0

  constructor(serverPids: readonly number[], countBy: CountBy) {
    this.#serverPids = serverPids
    this.#byStart = countBy === 'start'
  }

  begin(): void {
    this.#serverCpuSec = -this.#serversCpuSeconds()
    this.#generatorCpuSec = -ownCpuSeconds()
    this.#fromMs = performance.now()
  }

  end(): void {
    this.#untilMs = performance.now()
    this.#serverCpuSec += this.#serversCpuSeconds()
    this.#generatorCpuSec += ownCpuSeconds()
  }

  #serversCpuSeconds(): number {
    return this.#serverPids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  }

  isInWindow(atMs: number): boolean {
    return atMs >= this.#fromMs && atMs < this.#untilMs
  }

  record(startedMs: number, repliedMs: number): void {
    if (!this.isInWindow(this.#byStart ? startedMs : repliedMs)) return
    this.#operations += 1
    this.latency.record((repliedMs - startedMs) * 1000)
  }

  result(sendDelay: Histogram | null, sentPerConnection: readonly number[]): JobResult {
    return {
      operations: this.#operations,
      elapsedSec: (this.#untilMs - this.#fromMs) / 1000,
      serverCpuSec: this.#serverCpuSec,
      generatorCpuSec: this.#generatorCpuSec,
      latency: this.latency.toData(),
      sendDelay: sendDelay === null ? null : sendDelay.toData(),
      sentPerConnection,
    }
  }
}
