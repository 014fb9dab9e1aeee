// bench: a server of three is down for 100,000 writes and comes back: how long until it serves, and what do the others' clients notice?
//
//   load at the survivors:   calm ........ | the server starts ... serves |
//   p99 and longest silence: ^ before        ^ while it catches up

import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../../core/index.ts'
import { connect } from '../../core/index.ts'
import { Histogram } from './histogram.ts'
import type { RunningEnsemble } from './running-ensemble.ts'
import type { RunningServer } from './running-server.ts'

const MISSED_WRITES = 100_000
const MISSED_IN_FLIGHT = 128
/** Steady load while it catches up: so many writes under way for each of two clients. */
const STEADY_IN_FLIGHT = 2
const CALM_MS = 5_000
/** Goes on a while: a server that serves may still have something to do. */
const AFTER_MS = 1_000

export interface CatchUp {
  readonly servesAfterMs: number
  readonly calm: Waits
  readonly meanwhile: Waits
}

/** What writers waited. */
export interface Waits {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

interface Timed {
  readonly endedMs: number
  readonly tookMs: number
}

/** `down`: the server that is away meanwhile; it must not lead. */
export async function catchUp(ensemble: RunningEnsemble, down: RunningServer, path: string): Promise<CatchUp> {
  await down.kill()
  const survivors = ensemble.servers.filter((server) => server !== down)
  const clients = await Promise.all(survivors.map(({ port }) => connect(`127.0.0.1:${port}`)))
  try {
    await miss(clients, path)
    const writes: Timed[] = []
    let isOver = false
    const loads = clients.flatMap((client, i) =>
      Array.from({ length: STEADY_IN_FLIGHT }, (_, k) => steady(client, `${path}-steady-${i}-${k}`, writes, () => isOver)),
    )
    await delay(CALM_MS)
    const startedMs = performance.now()
    await ensemble.startAgain(down)
    const servesAfterMs = performance.now() - startedMs
    await delay(AFTER_MS)
    isOver = true
    await Promise.all(loads)
    const before = writes.filter(({ endedMs }) => endedMs < startedMs)
    return { servesAfterMs, calm: waits(before), meanwhile: waits(writes.slice(before.length)) }
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

async function miss(clients: readonly Client[], path: string): Promise<void> {
  let left = MISSED_WRITES
  const data = Buffer.alloc(100)
  await Promise.all(
    Array.from({ length: MISSED_IN_FLIGHT }, async (_, i) => {
      const client = clients[i % clients.length] as Client
      const node = (await client.create(`${path}-missed-${i}`, data)).path
      while (left > 0) {
        left -= 1
        await client.setData(node, data)
      }
    }),
  )
}

async function steady(client: Client, path: string, writes: Timed[], over: () => boolean): Promise<void> {
  const data = Buffer.alloc(100)
  const node = (await client.create(path, data)).path
  while (!over()) {
    const startedMs = performance.now()
    await client.setData(node, data)
    const endedMs = performance.now()
    writes.push({ endedMs, tookMs: endedMs - startedMs })
  }
}

function waits(writes: readonly Timed[]): Waits {
  const took = new Histogram()
  for (const { tookMs } of writes) took.record(tookMs * 1000)
  return { p50Ms: took.percentile(50) / 1000, p99Ms: took.percentile(99) / 1000, longestMs: took.maxUs / 1000 }
}
