// cli: ports of the loopback address: free ones, and whether one is taken.

import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

const HOST = '127.0.0.1'

/** `count` ports that nobody listens on, all different. Somebody may take one at any time. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(0)))
  const ports = servers.map((server) => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a listening server has a port')
    return address.port
  })
  await Promise.all(servers.map(closed))
  return ports
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
