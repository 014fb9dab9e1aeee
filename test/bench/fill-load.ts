// bench: makes the znodes of the large tree, so many in flight on each connection until all are there.

import { fillRequest, firstZnodeOf } from './big-tree.ts'
import { ConnectionFleet } from './connection-fleet.ts'
import { type FillJob, type JobResult, serverPids } from './job.ts'
import type { LoadConnection } from './load-connection.ts'
import { Recorder } from './recorder.ts'

export async function runFill(job: FillJob): Promise<JobResult> {
  const { znodes, allConnections, inFlight } = job
  const recorder = new Recorder(serverPids(job), 'reply')
  const firstOf = (connection: number): number => firstZnodeOf(connection, allConnections, znodes)
  const shares = new Map<LoadConnection, number>()
  const send = (connection: LoadConnection, wanted: number): void => {
    const count = Math.min(wanted, (shares.get(connection) ?? 0) - connection.ring.sent)
    const nowMs = performance.now()
    for (let i = 0; i < count; i++) connection.queue(nowMs)
    connection.flush()
  }
  const fleet = await ConnectionFleet.open({
    ...job,
    portFor: () => job.port,
    requestsOf: (connection) => ({ specs: new Array(inFlight).fill(fillRequest(job)), firstCounter: firstOf(connection) }),
    recorder,
    onReplies: send,
  })
  try {
    for (const [i, connection] of fleet.connections.entries()) {
      const number = job.firstConnection + i
      shares.set(connection, firstOf(number + 1) - firstOf(number))
    }
    recorder.begin()
    for (const connection of fleet.connections) send(connection, inFlight)
    await fleet.drained(Number.POSITIVE_INFINITY)
    recorder.end()
    await fleet.close()
    return recorder.result(null, fleet.sent())
  } finally {
    fleet.destroy()
  }
}
