// bench: the program of a process with one client in it: client-process.js <client> <port>. Takes jobs over the process channel, one at a time.

import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import type {
  ClientEventsResult,
  ClientJob,
  ClientJobResult,
  ClientLoadJob,
  ClientLoadResult,
  ClientWatchJob,
  ClientWatchResult,
  FromClientProcess,
} from './client-job.ts'
import { ClientWork, type KnownNode } from './client-work.ts'
import type { DrivenClient } from './driven-client.ts'
import { createParent, DATA_BYTES, NODES, nodeData, nodePath, watchedPath } from './workload.ts'

const COLLECTIONS = 4
/** Watches that are being left at one time. */
const WATCH_LANES = 64
const LANES_OF_REMOVAL = 64
const LOOK_MS = 20
const EVENTS_LIMIT_MS = 60_000

function send(message: FromClientProcess): void {
  process.send?.(message)
}

/** Loaded here, so that no process has the code of both. */
async function openClient(name: string, address: string): Promise<DrivenClient> {
  if (name === 'zoarium') return (await import('./our-client.ts')).OurClient.open(address)
  return (await import('./npm-client.ts')).NpmClient.open(address)
}

async function knownNodes(client: DrivenClient): Promise<KnownNode[]> {
  const numbers = Array.from({ length: NODES }, (_, node) => node)
  return Promise.all(
    numbers.map(async (node) => {
      const path = nodePath(0, node)
      return { path, data: nodeData(0, node, DATA_BYTES), version: await client.version(path) }
    }),
  )
}

async function runLoad(client: DrivenClient, job: ClientLoadJob): Promise<ClientLoadResult> {
  const prefix = `${createParent(0)}/${job.run}-`
  const work = new ClientWork(await knownNodes(client), prefix)
  const running = client.run(job.kind, work, job.inFlight)
  const window = async (): Promise<ClientLoadResult> => {
    await delay(job.warmMs)
    const from = { replies: work.replies, ms: performance.now(), cpu: process.cpuUsage() }
    await delay(job.measureMs)
    while (work.replies < from.replies + job.leastReplies) await delay(LOOK_MS)
    const { user, system } = process.cpuUsage(from.cpu)
    const elapsedSec = (performance.now() - from.ms) / 1000
    return { type: 'load', operations: work.replies - from.replies, elapsedSec, cpuSec: (user + system) / 1e6 }
  }
  const result = await Promise.race([window(), running.then(endedEarly)])
  work.isOver = true
  await running
  if (job.kind === 'create') await client.run('delete', new ClientWork([], prefix, work.begun), Math.min(LANES_OF_REMOVAL, work.begun))
  return result
}

function endedEarly(): never {
  throw new Error('the requests ended before their time')
}

/** Heap and buffers that are reachable: after collections of everything, with turns between them for what is freed late. */
async function heldBytes(): Promise<{ readonly heap: number; readonly resident: number }> {
  if (globalThis.gc === undefined) throw new Error('expected node --expose-gc')
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc()
    await turn()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, resident: rss }
}

let events = 0
let watches = 0

function fired(): void {
  events += 1
}

async function runWatch(client: DrivenClient, { count }: ClientWatchJob): Promise<ClientWatchResult> {
  const leave = async (first: number, until: number): Promise<void> => {
    // The name is made where it is used: what a client keeps of it is the client's.
    for (let i = first; i < until; i += WATCH_LANES) await client.watch(watchedPath(i), fired)
  }
  const leaveAll = (from: number, until: number): Promise<unknown> =>
    Promise.all(Array.from({ length: WATCH_LANES }, (_, lane) => leave(from + lane, until)))
  // A few before, so that the code and the first buffers are not counted.
  const few = Math.floor(count / 10)
  await leaveAll(0, few)
  const before = await heldBytes()
  await leaveAll(few, few + count)
  const after = await heldBytes()
  watches = few + count
  return { type: 'watch', heapBytes: after.heap - before.heap, residentBytes: after.resident - before.resident }
}

async function awaitEvents(): Promise<ClientEventsResult> {
  const deadlineMs = performance.now() + EVENTS_LIMIT_MS
  while (events < watches && performance.now() < deadlineMs) await delay(LOOK_MS)
  return { type: 'events', events }
}

function run(client: DrivenClient, job: ClientJob): Promise<ClientJobResult> {
  switch (job.type) {
    case 'load':
      return runLoad(client, job)
    case 'watch':
      return runWatch(client, job)
    case 'events':
      return awaitEvents()
  }
}

const [name = '', port = ''] = process.argv.slice(2)
const client = await openClient(name, `127.0.0.1:${port}`)
process.on('message', (job: ClientJob) => {
  run(client, job).then(
    (result) => send({ type: 'result', result }),
    (error: unknown) => send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  )
})
// The parent has let go of this process, or is gone.
process.on('disconnect', () => {
  client.close().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
process.on('SIGINT', () => {})
send({ type: 'ready' })
