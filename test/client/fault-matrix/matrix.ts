// fault matrix: every fault at every message of a client's life, one cell after the other, against a server of any make.
//
//   for each message of an undisturbed life, for each fault:  live, look at the tree, look for what was left behind

import { createConnection } from 'node:net'
import type { Client } from '../../../core/index.ts'
import { connect } from '../../../core/index.ts'
import { FAULTS, type Fault, FaultyNetwork } from '../../../core/testing/index.ts'
import { resourcesOf } from '../resources.ts'
import { contradictions, furnish, type Life, live } from './scenario.ts'

/** A life must end within this time, whatever the network does; calls and handshakes have limits of their own below it. */
const CELL_MS = 15_000
/** What the server still has to notice after a client has gone: its session's end, which takes the session's timeout at most. */
const SETTLE_MS = 10_000

export interface MatrixTarget {
  readonly host: string
  readonly port: number
}

export interface Cell {
  readonly fault: Fault
  readonly message: number
}

export interface CellResult extends Cell {
  /** Empty if all is well. */
  readonly problems: readonly string[]
  /** Whether the fault met its message. */
  readonly happened: boolean
  readonly unknown: number
  readonly tookMs: number
}

export class FaultMatrix implements AsyncDisposable {
  readonly #target: MatrixTarget
  readonly #eye: Client
  #runs = 0

  private constructor(target: MatrixTarget, eye: Client) {
    this.#target = target
    this.#eye = eye
  }

  static async open(target: MatrixTarget): Promise<FaultMatrix> {
    return new FaultMatrix(target, await connect(`${target.host}:${target.port}`, { signal: AbortSignal.timeout(30_000) }))
  }

  /** The messages of an undisturbed life: handshake, identity, requests, end. */
  async messages(): Promise<number> {
    await using network = await FaultyNetwork.start(this.#target)
    // A fault for a message that never comes counts those that do.
    let last = 0
    for (let message = 1; ; message++) {
      const injected = network.inject('delayRequest', { nth: message, delayMs: 1 })
      void injected.begun.then(() => (last = Math.max(last, message)))
      if (message === 64) break
    }
    const home = await this.#home()
    await live(network.connectString, home)
    await this.#eye.deleteRecursive(home)
    return last
  }

  async run({ fault, message }: Cell): Promise<CellResult> {
    const startedMs = performance.now()
    const home = await this.#home()
    const network = await FaultyNetwork.start(this.#target)
    const problems: string[] = []
    let life: Life | null = null
    const injected = network.inject(fault, { nth: message, delayMs: fault === 'dripReply' ? 1 : 30 })
    let held = (): string[] => []
    try {
      let ended = (): void => undefined
      const over = new Promise<void>((resolve) => (ended = resolve))
      held = await resourcesOf(async () => {
        life = await withinTime(live(network.connectString, home), CELL_MS)
        ended()
      })
      await over
    } catch (error) {
      problems.push(`the life did not end well: ${error instanceof Error ? error.stack : String(error)}`)
    }
    await network.close()
    if (life !== null) problems.push(...(await contradictions(life, this.#eye)))
    problems.push(...(await this.#leftovers(home, held)))
    await this.#eye.deleteRecursive(home)
    const unknown = (life as Life | null)?.writes.filter(({ outcome }) => outcome === 'unknown').length ?? 0
    return { fault, message, problems, happened: injected.happened, unknown, tookMs: performance.now() - startedMs }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#eye.close()
  }

  async #home(): Promise<string> {
    this.#runs += 1
    const home = `/matrix-${process.pid}-${this.#runs}`
    await furnish(this.#eye, home)
    return home
  }

  /** Ephemeral znodes and watches at the server, timers and sockets here. */
  async #leftovers(home: string, held: () => string[]): Promise<string[]> {
    const problems: string[] = []
    const gone = await until(async () => (await this.#eye.exists(`${home}/e`)) === null)
    if (!gone) problems.push('an ephemeral znode was left behind')
    const unwatched = await until(async () => (await watchCount(this.#target)) === 0)
    if (!unwatched) problems.push(`${await watchCount(this.#target)} watches were left behind`)
    const released = await until(async () => held().length === 0)
    if (!released) problems.push(`left behind in this process: ${held().join(', ')}`)
    return problems
  }
}

/** Every cell, or every `step`-th from `first` on. */
export function cells(messages: number, step = 1, first = 0): Cell[] {
  const all: Cell[] = []
  for (let message = 1; message <= messages; message++) for (const fault of FAULTS) all.push({ fault, message })
  return all.filter((_, i) => i % step === first % step)
}

async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: nothing for ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

async function until(condition: () => Promise<boolean>): Promise<boolean> {
  const giveUpAt = performance.now() + SETTLE_MS
  while (!(await condition())) {
    if (performance.now() > giveUpAt) return false
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return true
}

/** By `mntr`, which servers of both makes answer. The eye leaves no watches. */
export function watchCount({ host, port }: MatrixTarget): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = createConnection({ host, port }, () => socket.write('mntr'))
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => (text += part))
    socket.on('error', reject)
    socket.on('close', () => {
      const match = /^zk_watch_count\s+(\d+)$/m.exec(text)
      if (match === null) reject(new Error(`mntr was not answered with zk_watch_count: ${text.slice(0, 200)}`))
      else resolve(Number(match[1]))
    })
  })
}
