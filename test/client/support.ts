// test: waiting for conditions, and clients that are closed after each test.

import { afterEach } from 'vitest'
import type { Client, ClientStatus, ConnectOptions, ZoariumErrorCode } from '../../core/index.ts'
import { connect, ZoariumError } from '../../core/index.ts'
import { FakeServer } from './fake-server.ts'

const WAIT_MS = 10_000

/** Waits until the condition holds; fails with what was waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + WAIT_MS
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Resolves in the moment in which the client comes to that status: what the test does next happens before anything else. */
export function reaches(client: Client, type: ClientStatus['type']): Promise<void> {
  return new Promise((resolve) => {
    const listener = (status: ClientStatus): void => {
      if (status.type !== type) return
      client.off('status', listener)
      resolve()
    }
    client.on('status', listener)
  })
}

/** What a promise rejects with; fails if it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}

/** The code a promise rejects with. */
export async function code(promise: Promise<unknown>): Promise<ZoariumErrorCode> {
  const error = await rejection(promise)
  if (!ZoariumError.is(error)) throw error
  return error.code
}

/** Everything a test opened, closed after it in reverse order. */
export class Fixture {
  readonly #cleanups: (() => Promise<void>)[] = []

  constructor() {
    afterEach(async () => {
      for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup()
    })
  }

  cleanup(work: () => Promise<void>): void {
    this.#cleanups.push(work)
  }

  async server(): Promise<FakeServer> {
    const server = await FakeServer.start()
    this.cleanup(() => server.stop())
    return server
  }

  async client(servers: string | readonly string[], options: ConnectOptions = {}): Promise<Client> {
    const client = await connect(servers, { signal: AbortSignal.timeout(WAIT_MS), ...options })
    this.cleanup(() => client.close())
    return client
  }
}

/** Records the statuses of a client by their types, with what tells equal types apart. */
export function recordStatuses(client: Client): string[] {
  const seen: string[] = []
  client.on('status', (status) => seen.push(label(status)))
  return seen
}

function label(status: ClientStatus): string {
  switch (status.type) {
    case 'connected':
      return status.resumed ? 'resumed' : 'connected'
    case 'lost':
      return `lost:${status.reason}`
    default:
      return status.type
  }
}
