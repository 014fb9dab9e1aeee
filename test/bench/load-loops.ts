// bench: the two ways of offering load: closed (so many requests in flight) and open (so many requests a second, come what may).

import { ConnectionFleet } from './connection-fleet.ts'
import { Histogram } from './histogram.ts'
import { type ClosedLoopJob, type JobResult, type OpenLoopJob, portFor, serverPids } from './job.ts'
import type { LoadConnection } from './load-connection.ts'
import { Recorder } from './recorder.ts'
import { DATA_BYTES, prepareZnodes, requestsOf, syncServer } from './workload.ts'

/** Requests of one connection that an open loop can have in flight before they wait, with their due time kept, for a free slot. */
const OPEN_LOOP_SLOTS = 1280
/** How long replies may take after the end of the load. */
const DRAIN_TIMEOUT_MS = 20_000

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function runClosedLoop(job: ClosedLoopJob): Promise<JobResult> {
  const { dataBytes } = job
  await prepareZnodes(job.port, job.firstConnection, job.connections, dataBytes)
  for (const { port } of job.others ?? []) await syncServer(port)
  const recorder = new Recorder(serverPids(job), 'reply')
  const limits = new Map<LoadConnection, number>()
  let running = true
  const send = (connection: LoadConnection, wanted: number): void => {
    const count = Math.min(wanted, (limits.get(connection) ?? Number.POSITIVE_INFINITY) - connection.ring.sent)
    const nowMs = performance.now()
    for (let i = 0; i < count; i++) connection.queue(nowMs)
    connection.flush()
  }
  const fleet = await ConnectionFleet.open({
    ...job,
    portFor: (number) => portFor(job, number),
    requestsOf: (connection) => ({ specs: requestsOf(job.mix, connection, job.inFlight, job.run, dataBytes), firstCounter: 0 }),
    recorder,
    onReplies: (connection, replies) => {
      if (running) send(connection, replies)
    },
  })
  try {
    for (const [i, connection] of fleet.connections.entries()) {
      const limit = job.requestsPerConnection?.[i]
      if (limit !== undefined) limits.set(connection, limit)
    }
    if (job.requestsPerConnection !== null) recorder.begin()
    for (const connection of fleet.connections) send(connection, job.inFlight)
    if (job.requestsPerConnection === null) {
      await fleet.orFailure(delay(job.warmMs))
      recorder.begin()
      await fleet.orFailure(delay(job.measureMs))
      recorder.end()
      running = false
      await fleet.drained(DRAIN_TIMEOUT_MS)
    } else {
      await fleet.drained(Number.POSITIVE_INFINITY)
      recorder.end()
    }
    await fleet.close()
    return recorder.result(null, fleet.sent())
  } finally {
    fleet.destroy()
  }
}

/**
 * Request number j of connection q is due at start + (j * connections + q) / rate. Due requests leave as soon as the event loop comes
 * round; the loop never sleeps, because Node's timers are a millisecond coarse.
 */
export async function runOpenLoop(job: OpenLoopJob): Promise<JobResult> {
  await prepareZnodes(job.port, job.firstConnection, job.connections, DATA_BYTES)
  for (const { port } of job.others ?? []) await syncServer(port)
  const recorder = new Recorder(serverPids(job), 'start')
  const sendDelay = new Histogram()
  const fleet = await ConnectionFleet.open({
    ...job,
    portFor: (number) => portFor(job, number),
    requestsOf: (connection) => ({ specs: requestsOf(job.mix, connection, OPEN_LOOP_SLOTS, 'open', DATA_BYTES), firstCounter: 0 }),
    recorder,
    onReplies: () => {},
  })
  const intervalMs = 1000 / job.ratePerSec
  const startMs = performance.now()
  let running = true
  const sendDue = (): void => {
    if (!running) return
    const nowMs = performance.now()
    for (let q = 0; q < fleet.connections.length; q++) {
      const connection = fleet.connections[q] as LoadConnection
      while (connection.ring.free > 0) {
        const dueMs = startMs + (connection.ring.sent * job.connections + q) * intervalMs
        if (dueMs > nowMs) break
        connection.queue(dueMs)
        if (recorder.isInWindow(dueMs)) sendDelay.record((nowMs - dueMs) * 1000)
      }
      connection.flush()
    }
    if (job.tickMs === 0) setImmediate(sendDue)
    else setTimeout(sendDue, job.tickMs)
  }
  try {
    sendDue()
    await fleet.orFailure(delay(job.warmMs))
    recorder.begin()
    await fleet.orFailure(delay(job.measureMs))
    recorder.end()
    running = false
    await fleet.drained(DRAIN_TIMEOUT_MS)
    await fleet.close()
    return recorder.result(sendDelay, fleet.sent())
  } finally {
    running = false
    fleet.destroy()
  }
}
