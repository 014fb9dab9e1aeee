// bench: load made of sessions instead of requests: connect-and-close in a circle, and sessions that sit idle.

import { OpCode } from '../../core/wire/op-codes.ts'
import { BareSession } from './bare-session.ts'
import { type ConnectJob, type HoldSessionsJob, type JobResult, portFor, serverPids } from './job.ts'
import { Recorder } from './recorder.ts'

const LOOPBACK_ADDRESSES = 200
const OPEN_AT_ONCE = 32
const PING_EVERY_MS = 10_000

function loopbackAddress(number: number): string {
  return `127.0.0.${2 + (number % LOOPBACK_ADDRESSES)}`
}

/** Each lane opens a session, closes it and starts again. The source address goes round, since every closed connection keeps its port. */
export async function runConnectLoop(job: ConnectJob): Promise<JobResult> {
  const recorder = new Recorder(serverPids(job), 'reply')
  let running = true
  let opened = 0
  const lane = async (): Promise<void> => {
    while (running) {
      const startedMs = performance.now()
      const session = await BareSession.open({ port: portFor(job, opened), localAddress: loopbackAddress(opened++) })
      await session.close()
      recorder.record(startedMs, performance.now())
    }
  }
  const lanes = Promise.all(Array.from({ length: job.lanes }, lane))
  const orFailure = (ms: number): Promise<unknown> => Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), lanes])
  try {
    await orFailure(job.warmMs)
    recorder.begin()
    await orFailure(job.measureMs)
    recorder.end()
  } finally {
    running = false
  }
  await lanes
  return recorder.result(null, [opened])
}

/** Sessions that this process holds open. */
export class SessionHolder {
  #sessions: BareSession[] = []
  #pinger: NodeJS.Timeout | undefined

  /** Closes the sessions held so far and opens `count` new ones. */
  async run(job: HoldSessionsJob): Promise<JobResult> {
    const recorder = new Recorder(serverPids(job), 'reply')
    recorder.begin()
    clearInterval(this.#pinger)
    await this.#inSlices(this.#sessions.splice(0), (session) => session.close())
    const numbers = Array.from({ length: job.count }, (_, i) => i)
    await this.#inSlices(numbers, async (number) => {
      const startedMs = performance.now()
      this.#sessions.push(await BareSession.open({ port: portFor(job, number), localAddress: loopbackAddress(number) }))
      recorder.record(startedMs, performance.now())
    })
    if (job.count > 0) this.#pinger = setInterval(() => this.#ping(), PING_EVERY_MS)
    recorder.end()
    return recorder.result(null, [job.count])
  }

  #ping(): void {
    for (const session of this.#sessions) {
      session
        .request(OpCode.ping, () => {})
        .catch((error: unknown) => {
          process.nextTick(() => {
            throw error
          })
        })
    }
  }

  async #inSlices<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (let at = 0; at < items.length; at += OPEN_AT_ONCE) await Promise.all(items.slice(at, at + OPEN_AT_ONCE).map(work))
  }
}
