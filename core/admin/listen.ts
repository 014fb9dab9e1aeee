// admin: listening for HTTP and ending it.

import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'

/** Operators and their monitoring, not the public. */
const MAX_CONNECTIONS = 64
const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/

/** Resolves with the port. Rejects with the system's error. */
export async function listen(server: HttpServer, host: string, port: number): Promise<number> {
  server.maxConnections = MAX_CONNECTIONS
  server.listen({ host, port })
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** Also requests under way end: a snapshot on its way to a caller is cut short, which the caller notices. */
export function closed(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** Where this machine reaches it. */
export function urlOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

/**
 * The `Host` headers that are answered, `null` for any. A web page that gave its own name our loopback address (DNS rebinding) comes with that name;
 * beyond loopback a server is known by names that it does not know.
 */
export function hostsOf(host: string, port: number): ReadonlySet<string> | null {
  if (!isLoopback(host)) return null
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`, urlOf(host, port).slice('http://'.length)])
}
