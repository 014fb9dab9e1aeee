// The public entry `zoarium/testing`: a server for other people's tests.

import type { ServerOptions } from '../server/options.ts'
import { type Server, startServer } from '../server/server.ts'

export type { ServerOptions } from '../server/options.ts'
export type { Server } from '../server/server.ts'

/** Ticks short enough that a test can watch a session expire. */
const TEST_TICK_MS = 50

/**
 * Starts a server in memory on a free port, made for tests: sessions may be as short as 100 ms, containers are looked for every 50 ms and
 * there is no limit on connections. Takes the options of `startServer`.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { startTestServer } from 'zoarium/testing'
 *
 * const server = await startTestServer()
 * const client = await connect(server.connectString, { sessionTimeoutMs: 500 })
 * await client.close()
 * await server.close()
 * ```
 */
export function startTestServer(options: ServerOptions = {}, call: { signal?: AbortSignal } = {}): Promise<Server> {
  return startServer(
    {
      tickTimeMs: TEST_TICK_MS,
      maxSessionTimeoutMs: 60_000,
      containerCheckIntervalMs: TEST_TICK_MS,
      maxConnectionsPerAddress: 0,
      fourLetterWords: ['*'],
      ...options,
    },
    call,
  )
}
