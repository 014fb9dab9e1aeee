// test: this package's server, in memory, for what only a real one can show.

import type { Server, ServerOptions } from '../../core/server/index.ts'
import { startServer } from '../../core/server/index.ts'
import type { Fixture } from './support.ts'

export async function realServer(fixture: Fixture, options: ServerOptions = {}): Promise<Server> {
  const server = await startServer({ minSessionTimeoutMs: 100, ...options })
  fixture.cleanup(() => server.close())
  return server
}
