// cli: ports of the loopback address: free ones, and whether one is taken.

import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { ZoariumError } from '../errors.ts'

const HOST = '127.0.0.1'

/**
 * Where ports are looked for: below the range that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere). One from there,
 * written to a file, may be somebody's connection at the next start.
 */
const FIRST = 10_000
const LAST = 32_767
/** Processes that look at the same moment begin this far apart, so that they do not both find what neither listens on yet. */
const STRIDE = 16

/** `count` ports that nobody listens on, all different, none of them in `but`. Somebody may take one at any time. */
export async function freePorts(count: number, but: ReadonlySet<number> = new Set()): Promise<number[]> {
  const size = LAST - FIRST + 1
  const begin = (process.pid * STRIDE) % size
  const ports: number[] = []
  for (let i = 0; i < size && ports.length < count; i++) {
    const port = FIRST + ((begin + i) % size)
    if (!but.has(port) && (await portProblem(port)) === null) ports.push(port)
  }
  if (ports.length === count) return ports
  throw new ZoariumError('ERR_CONFIG', `ports: expected ${count} free ones from ${FIRST} to ${LAST}, got ${ports.length}`)
}

/** Why the port cannot be listened on, `null` when it can. */
export async function portProblem(port: number): Promise<string | null> {
  try {
    await closed(await listening(port))
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, HOST)
  await once(server, 'listening')
  return server
}

async function closed(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
